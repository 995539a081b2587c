/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An array of slots that is filled at one end and emptied at the other: what
 * the engines with a lock around an array keep inside it.
 */
#ifndef _FIFO_ARRAY_H
#define _FIFO_ARRAY_H

#include <linux/compiler.h>
#include <linux/overflow.h>
#include <linux/vmalloc.h>
#include "item.h"

/**
 * struct fifo_array - slots; the engine's lock guards it
 * @size: how many; constant
 * @head: the oldest item; the lock
 * @depth: how many items there are; written under the lock, read without for
 *	show, and as a hint
 * @slots: the items; the lock
 */
struct fifo_array {
	unsigned int size;
	unsigned int head;
	unsigned int depth;
	struct fifo_item slots[];
};

/* An empty array, or NULL. */
static inline struct fifo_array *fifo_array_new(unsigned int size)
{
	struct fifo_array *array;

	/* The largest is 64 MiB: failing is an answer, the OOM killer is not. */
	array = __vmalloc(struct_size(array, slots, size),
			  GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN |
			  __GFP_RETRY_MAYFAIL);
	if (array)
		array->size = size;
	return array;
}

static inline void fifo_array_free(struct fifo_array *array)
{
	vfree(array);
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

/* Adds an item, for which there is room. */
static inline void fifo_array_store(struct fifo_array *array,
				    struct fifo_port *port,
				    const struct fifo_item *item, u64 now)
{
	struct fifo_item *slot;

	slot = &array->slots[(array->head + array->depth) % array->size];
	WRITE_ONCE(array->depth, array->depth + 1);
	fifo_store(port, slot, item, now, array->depth);
}

/*
 * Takes out the oldest item, which there is. Its place is overwritten by a
 * later store at the earliest.
 */
static inline const struct fifo_item *fifo_array_fetch(struct fifo_array *array)
{
	const struct fifo_item *slot = &array->slots[array->head];

	array->head = (array->head + 1) % array->size;
	WRITE_ONCE(array->depth, array->depth - 1);
	return slot;
}

#endif /* _FIFO_ARRAY_H */
