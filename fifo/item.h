/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What becomes of an item when an engine stores it, takes it out, or drops it: what the
 * queue fills in, and what is traced.
 */
#ifndef _FIFO_ITEM_H
#define _FIFO_ITEM_H

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/minmax.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include "fifo.h"
#include "port.h"
#include "queue.h"
#include "trace.h"

/* As many bytes of ones as an item may have, and as many of zeroes. */
extern const u8 fifo_payload_mask[2 * FIFO_DATA_LEN];

/*
 * Copies what a producer fills of an item. What is behind its length may be anything
 * of the kernel's memory, or of an earlier line: a process that has mapped the queue
 * sees the slot, and must not see that, not even for a moment. Without a branch, it
 * costs next to nothing.
 */
static inline void fifo_copy_payload(struct fifo_item *slot,
				     const struct fifo_item *item)
{
	unsigned int len = min_t(unsigned int, item->len, FIFO_DATA_LEN);
	const u8 *masks = fifo_payload_mask + FIFO_DATA_LEN - len;
	const u64 *from = (const u64 *)item->data;
	u64 mask, *to = (u64 *)slot->data;
	int i;

	BUILD_BUG_ON(offsetof(struct fifo_item, data) % sizeof(mask) ||
		     FIFO_DATA_LEN % sizeof(mask));
	slot->type = item->type;
	slot->len = item->len;
	for (i = 0; i < FIFO_DATA_LEN / sizeof(mask); i++) {
		memcpy(&mask, masks + i * sizeof(mask), sizeof(mask));
		to[i] = from[i] & mask;
	}
}

/* Copies an item to its place, where it gets its place in the queue's order. */
static inline void fifo_store(struct fifo_port *port, struct fifo_item *slot,
			      const struct fifo_item *item, u64 now,
			      unsigned int depth)
{
	fifo_copy_payload(slot, item);
	slot->seq = ++port->seq;
	slot->time = now;
	slot->source = port->source;
	port->depth = depth;
	trace_fifo_put(port->queue, slot, depth);
}

/* An item left its place. */
static inline void fifo_fetched(struct fifo_port *port,
				const struct fifo_item *item,
				unsigned int depth)
{
	port->depth = depth;
	trace_fifo_get(port, item, depth);
}

/* The oldest item lost its place. */
static inline void fifo_dropped(struct fifo_queue *queue,
				const struct fifo_item *item,
				unsigned int depth)
{
	atomic64_inc(&queue->dropped);
	trace_fifo_drop(queue, item, depth);
}

#endif /* _FIFO_ITEM_H */
