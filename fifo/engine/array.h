/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An array of slots that is filled at one end and emptied at the other: what
 * the engines with a lock around an array keep inside it.
 */
#ifndef _FIFO_ARRAY_H
#define _FIFO_ARRAY_H

#include <linux/compiler.h>
#include <linux/vmalloc.h>
#include "item.h"

/**
 * struct fifo_array - slots; the engine's lock guards it
 * @size: how many; constant
 * @depth: how many items there are; written under the lock, read without for
 *	show, and as a hint
 * @head: the slot of the oldest item; the lock
 * @tail: the slot of the next item; the lock
 * @end: behind the last slot; constant
 * @slots: the items, on lines of their own; the lock. Behind the lock and this, which share
 *	a line: whoever takes the one needs the other
 */
struct fifo_array {
	unsigned int size;
	unsigned int depth;
	struct fifo_item *head;
	struct fifo_item *tail;
	struct fifo_item *end;
	struct fifo_item *slots;
};

/*
 * Memory for a store that ends with an array, zeroed, or NULL. The largest is 64 MiB:
 * failing is an answer, the OOM killer is not.
 */
static inline void *fifo_array_alloc(size_t size)
{
	return __vmalloc(size, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN |
			 __GFP_RETRY_MAYFAIL);
}

/* Makes it empty, with @size @slots. */
static inline void fifo_array_init(struct fifo_array *array,
				   struct fifo_item *slots, unsigned int size)
{
	array->size = size;
	array->head = slots;
	array->tail = slots;
	array->end = slots + size;
	array->slots = slots;
}

/* The smaller one: a branch, so that the compiler knows an @n of 1 when all fit. */
static __always_inline unsigned int fifo_array_fit(unsigned int n,
						   unsigned int most)
{
	if (unlikely(n > most))
		return most;
	return n;
}

static inline unsigned int fifo_array_room(const struct fifo_array *array)
{
	return array->size - array->depth;
}

/* Is there an item to get, or room to put one? A hint, without the lock. */
static inline bool fifo_array_ready(const struct fifo_array *array,
				    enum fifo_role role)
{
	unsigned int depth = READ_ONCE(array->depth);

	return role == FIFO_PRODUCER ? depth < array->size : depth;
}

static inline struct fifo_item *fifo_array_next(struct fifo_array *array,
						struct fifo_item *slot)
{
	return ++slot == array->end ? array->slots : slot;
}

/* Adds items, at least 1, for which there is room. */
static __always_inline void
fifo_array_put(struct fifo_array *array, struct fifo_port *port,
	       const struct fifo_item *items, unsigned int n, u64 now)
{
	const struct fifo_item *item = items, *last = items + n;
	struct fifo_item *tail = array->tail;
	u32 source = port->source;
	u64 seq = port->seq;

	do {
		fifo_store(tail, item, source, ++seq, now);
		trace_fifo_put(port->queue, tail,
			       array->depth + (item - items) + 1);
		tail = fifo_array_next(array, tail);
	} while (++item != last);
	port->seq = seq;
	array->tail = tail;
	WRITE_ONCE(array->depth, array->depth + n);
}

/* Takes out the oldest items, at least 1, which there are. */
static __always_inline void
fifo_array_get(struct fifo_array *array, struct fifo_port *port,
	       struct fifo_item *items, unsigned int n)
{
	struct fifo_item *item = items, *last = items + n;
	struct fifo_item *head = array->head;

	do {
		*item = *head;
		trace_fifo_get(port, item, array->depth - (item - items) - 1);
		head = fifo_array_next(array, head);
	} while (++item != last);
	array->head = head;
	WRITE_ONCE(array->depth, array->depth - n);
}

/* Drops the oldest item, which there is. */
static inline void fifo_array_drop(struct fifo_array *array,
				   struct fifo_queue *queue)
{
	const struct fifo_item *oldest = array->head;

	array->head = fifo_array_next(array, array->head);
	WRITE_ONCE(array->depth, array->depth - 1);
	fifo_dropped(queue, oldest, array->depth);
}

#endif /* _FIFO_ARRAY_H */
