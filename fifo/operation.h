/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Put and get. Each engine compiles its own copy, in which @engine is a constant: the
 * compiler inlines the engine's functions, and omits the calls of operations that are NULL. So an
 * operation is one indirect call. transfer.c has what happens if the queue is full or
 * empty.
 *
 * Where a put goes: fifo_put() of transfer.c calls the engine's put_items or put_one,
 * which FIFO_OPERATIONS() defines: fifo_put_by() for that engine. This calls the engine's
 * @put, and then fifo_complete_put() of attempt.h. If the queue is full it calls
 * fifo_put_into_full() of transfer.c, which drops something or calls fifo_wait() of wait.c.
 */
#ifndef _FIFO_OPERATION_H
#define _FIFO_OPERATION_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include "attempt.h"
#include "engine.h"
#include "port.h"
#include "transfer.h"

/* Are the lengths of @n items valid? There is at least one. */
static __always_inline bool fifo_items_valid(const struct fifo_item *items,
					     unsigned int n)
{
	const struct fifo_item *last = items + n;

#pragma GCC unroll 4
	do {
		if (unlikely(items->len > FIFO_DATA_LEN))
			return false;
	} while (++items != last);
	return true;
}

/*
 * How many of @n items were moved, which is not 0. For a constant @n of 1 it is the
 * constant 1, and what follows needs no loop.
 */
static __always_inline unsigned int fifo_known(unsigned int moved,
					       unsigned int n)
{
	return __builtin_constant_p(n) && n == 1 ? 1 : moved;
}

/* An engine whose operations take a mutex need not say so: the mutex does. */
static __always_inline void fifo_may_sleep(const struct fifo_engine *engine,
					   enum fifo_patience patience)
{
	if (engine->atomic && patience != FIFO_NEVER_SLEEPS)
		might_sleep();
}

/* @put_items of an engine. */
static __always_inline int fifo_put_by(const struct fifo_engine *engine,
				       struct fifo_port *port,
				       const struct fifo_item *items,
				       unsigned int n,
				       enum fifo_patience patience)
{
	bool nowait = patience == FIFO_NEVER_SLEEPS;
	int moved;

	fifo_may_sleep(engine, patience);
	if (unlikely(port->role != FIFO_PRODUCER))
		return -EBADF;
	if (unlikely(!fifo_items_valid(items, n)))
		return -EINVAL;
	if (unlikely(fifo_port_cancelled(port)))
		return -ECANCELED;
	port->dropped = false;
	moved = engine->prepare ? engine->prepare(port, n, nowait) : 0;
	if (unlikely(moved))
		return moved;
	moved = fifo_try_to_put(engine, port, items, n);
	if (unlikely(!moved))
		return fifo_put_into_full(port, items, n, patience);
	return fifo_complete_put(engine, port, items, fifo_known(moved, n), nowait);
}

/* @get_items of an engine. */
static __always_inline int fifo_get_by(const struct fifo_engine *engine,
				       struct fifo_port *port,
				       struct fifo_item *items, unsigned int n,
				       enum fifo_patience patience)
{
	bool nowait = patience == FIFO_NEVER_SLEEPS;
	unsigned int moved;

	fifo_may_sleep(engine, patience);
	if (unlikely(port->role != FIFO_CONSUMER))
		return -EBADF;
	if (unlikely(fifo_port_cancelled(port)))
		return -ECANCELED;
	moved = engine->get(port, items, n);
	if (unlikely(!moved))
		return fifo_get_from_empty(port, items, n, patience);
	return fifo_complete_get(engine, port, items, fifo_known(moved, n), nowait);
}

/*
 * Defines the operations of an engine's table: for a batch, and for a single item, without
 * a loop, since many programs move one at a time. FIFO_OPERATIONS_OF() enters them in the
 * table.
 */
#define FIFO_OPERATIONS(name)						\
static int name##_put_items(struct fifo_port *port,			\
			    const struct fifo_item *items,		\
			    unsigned int n,				\
			    enum fifo_patience patience)		\
{									\
	return fifo_put_by(&fifo_engine_##name, port, items, n,		\
			   patience);					\
}									\
									\
static int name##_get_items(struct fifo_port *port,			\
			    struct fifo_item *items, unsigned int n,	\
			    enum fifo_patience patience)		\
{									\
	return fifo_get_by(&fifo_engine_##name, port, items, n,		\
			   patience);					\
}									\
									\
static int name##_put_one(struct fifo_port *port,			\
			  const struct fifo_item *item,			\
			  enum fifo_patience patience)			\
{									\
	return min(fifo_put_by(&fifo_engine_##name, port, item, 1,	\
			       patience), 0);				\
}									\
									\
static int name##_get_one(struct fifo_port *port,			\
			  struct fifo_item *item,			\
			  enum fifo_patience patience)			\
{									\
	return min(fifo_get_by(&fifo_engine_##name, port, item, 1,	\
			       patience), 0);				\
}

#define FIFO_OPERATIONS_OF(name)					\
	.put_items = name##_put_items,					\
	.get_items = name##_get_items,					\
	.put_one = name##_put_one,					\
	.get_one = name##_get_one

#endif /* _FIFO_OPERATION_H */
