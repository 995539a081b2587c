/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A circular array of slots. The engines semaphore and waitqueue each keep one under their
 * own lock.
 */
#ifndef _FIFO_ARRAY_H
#define _FIFO_ARRAY_H

#include <linux/compiler.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/vmalloc.h>
#include "item.h"

/**
 * struct fifo_array - slots; the engine's lock guards it
 * @size: how many; constant
 * @depth: how many items there are; written under the lock, read without it for sysfs and
 *	as a hint
 * @head: the slot of the oldest item; the lock
 * @tail: the slot of the next item; the lock
 * @end: behind the last slot; constant
 * @slots: the items, on lines of their own; the lock
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
 * Zeroed memory for a store that ends with an array, or NULL. It can be 64 MiB: the load
 * may fail, but must not wake the OOM killer.
 */
static inline void *fifo_array_alloc(size_t size)
{
	return __vmalloc(size, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN |
			 __GFP_RETRY_MAYFAIL);
}

/* Makes an empty array of @size @slots. */
static inline void fifo_array_init(struct fifo_array *array,
				   struct fifo_item *slots, unsigned int size)
{
	array->size = size;
	array->head = slots;
	array->tail = slots;
	array->end = slots + size;
	array->slots = slots;
}

/*
 * The smaller of both. min() would hide a constant: with a branch the compiler still knows
 * that @n is 1 if it fits.
 */
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

/* When the oldest item was put, or 0. Anybody may ask for it, so this takes no lock. */
static inline u64 fifo_array_oldest(const struct fifo_array *array)
{
	/* If it is got meanwhile, this is the time of another item. */
	return READ_ONCE(array->depth) ? data_race(array->head->time) : 0;
}

/* Would a get or a put find something now? A hint: this takes no lock. */
static inline bool fifo_array_ready(const struct fifo_array *array,
				    enum fifo_role role)
{
	unsigned int depth = READ_ONCE(array->depth);

	return role == FIFO_PRODUCER ? depth < array->size : depth;
}

/* How many of @n slots there are from @slot on without going round; a constant 1 for 1. */
static __always_inline unsigned int
fifo_array_run(const struct fifo_array *array, const struct fifo_item *slot,
	       unsigned int n)
{
	if (__builtin_constant_p(n) && n == 1)
		return 1;
	return min_t(unsigned int, n, array->end - slot);
}

/* The slot that comes @n slots after @slot, which is at most the end of the array. */
static __always_inline struct fifo_item *
fifo_array_skip(struct fifo_array *array, struct fifo_item *slot, unsigned int n)
{
	slot += n;
	return slot == array->end ? array->slots : slot;
}

/* The items are in their slots, from @slot on, and count from now on. */
static inline void fifo_array_trace_put(struct fifo_array *array,
					const struct fifo_port *port,
					struct fifo_item *slot, unsigned int n)
{
	unsigned int depth = array->depth;

	while (n--) {
		trace_fifo_put(port->queue, slot, ++depth);
		slot = fifo_array_skip(array, slot, 1);
	}
}

/* Adds @n items, at least 1. The caller has checked that there is room. */
static __always_inline void
fifo_array_put(struct fifo_array *array, struct fifo_port *port,
	       const struct fifo_item *items, unsigned int n, u64 now)
{
	struct fifo_item *first = array->tail, *tail = first;
	unsigned int i, run, left = n;
	u32 source = port->source;
	u64 seq = port->seq;

	do {
		run = fifo_array_run(array, tail, left);
		for (i = 0; i < run; i++)
			fifo_store(&tail[i], &items[i], source, ++seq, now);
		tail = fifo_array_skip(array, tail, run);
		items += run;
		left -= run;
	} while (left);
	port->seq = seq;
	array->tail = tail;
	if (trace_fifo_put_enabled())
		fifo_array_trace_put(array, port, first, n);
	WRITE_ONCE(array->depth, array->depth + n);
}

static inline void fifo_array_trace_get(const struct fifo_array *array,
					struct fifo_port *port,
					const struct fifo_item *items,
					unsigned int n)
{
	unsigned int i;

	port->got_at = ktime_get_ns();
	for (i = 0; i < n; i++)
		trace_fifo_get(port, &items[i], array->depth - 1 - i);
}

/*
 * Takes out the oldest @n items, at least 1. The caller has checked that there are as
 * many.
 */
static __always_inline void
fifo_array_get(struct fifo_array *array, struct fifo_port *port,
	       struct fifo_item *items, unsigned int n)
{
	struct fifo_item *head = array->head, *to = items;
	unsigned int i, run, left = n;

	do {
		run = fifo_array_run(array, head, left);
		for (i = 0; i < run; i++)
			to[i] = head[i];
		head = fifo_array_skip(array, head, run);
		to += run;
		left -= run;
	} while (left);
	array->head = head;
	if (trace_fifo_get_enabled())
		fifo_array_trace_get(array, port, items, n);
	WRITE_ONCE(array->depth, array->depth - n);
}

/* Drops the oldest item. The array is not empty. */
static inline void fifo_array_drop(struct fifo_array *array,
				   struct fifo_queue *queue)
{
	const struct fifo_item *oldest = array->head;

	array->head = fifo_array_skip(array, array->head, 1);
	WRITE_ONCE(array->depth, array->depth - 1);
	fifo_dropped(queue, oldest, array->depth);
}

#endif /* _FIFO_ARRAY_H */
