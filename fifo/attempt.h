/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What operations and their waiters have in common: an attempt to move items, and what
 * comes after one that has moved some. @engine is a constant where an engine compiles
 * this for itself.
 */
#ifndef _FIFO_ATTEMPT_H
#define _FIFO_ATTEMPT_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include "engine.h"
#include "got.h"
#include "port.h"
#include "queue.h"
#include "wait.h"

/*
 * Tries to put once, without sleeping. Returns how many items it has put, or has claimed
 * slots for.
 */
static __always_inline unsigned int
fifo_try_to_put(const struct fifo_engine *engine, struct fifo_port *port,
		const struct fifo_item *items, unsigned int n)
{
	unsigned int moved = engine->put(port, items, n);

	if (unlikely(!moved) && port->queue->overflow == FIFO_DROP_OLDEST)
		moved = engine->replace(port, items, n);
	return moved;
}

/*
 * @finish_put or @finish_get would have had to sleep, so the engine has given its claims
 * back. A waiter may have tried meanwhile, and missed them: so this wakes both ends.
 */
static inline int fifo_wake_for_claims(struct fifo_queue *queue, unsigned int n)
{
	fifo_wake_barrier();
	fifo_wake_released(&queue->ends[FIFO_PRODUCER].wait, n);
	fifo_wake_released(&queue->ends[FIFO_CONSUMER].wait, n);
	return -EAGAIN;
}

/*
 * Finishes a put of @n items, counts them, and wakes waiters. Returns @n or a negative
 * errno.
 */
static __always_inline int fifo_complete_put(const struct fifo_engine *engine,
					     struct fifo_port *port,
					     const struct fifo_item *items,
					     unsigned int n, bool nowait)
{
	struct fifo_queue *queue = port->queue;

	if (engine->finish_put && !engine->finish_put(port, items, n, nowait))
		return fifo_wake_for_claims(queue, n);
	fifo_count(queue, FIFO_PRODUCER, n);
	fifo_wake_barrier();
	fifo_wake_released(&queue->ends[FIFO_CONSUMER].wait, n);
	/* A producer that is to drop the oldest item waits for one, too. */
	if (queue->overflow == FIFO_DROP_OLDEST)
		fifo_wake_released(&queue->ends[FIFO_PRODUCER].wait, n);
	return n;
}

static __always_inline int fifo_complete_get(const struct fifo_engine *engine,
					     struct fifo_port *port,
					     struct fifo_item *items, unsigned int n,
					     bool nowait)
{
	struct fifo_queue *queue = port->queue;

	if (engine->finish_get && !engine->finish_get(port, items, n, nowait))
		return fifo_wake_for_claims(queue, n);
	fifo_count_got(port, items, n);
	fifo_wake(&queue->ends[FIFO_PRODUCER].wait, n);
	return n;
}

#endif /* _FIFO_ATTEMPT_H */
