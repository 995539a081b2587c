/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Storing and dropping an item, for all engines: what the queue fills in, and the trace of
 * a drop.
 */
#ifndef _FIFO_ITEM_H
#define _FIFO_ITEM_H

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include "fifo.h"
#include "port.h"
#include "queue.h"
#include "trace.h"

/*
 * FIFO_DATA_LEN bytes of 0xff, then as many zeroes: the mask for a payload of any length is
 * a part of it.
 */
extern const u8 fifo_payload_mask[2 * FIFO_DATA_LEN];

static inline u64 fifo_mask_word(const u8 *mask, unsigned int i)
{
	u64 word;

	memcpy(&word, mask + i * sizeof(word), sizeof(word));
	return word;
}

/*
 * Copies the fields that a producer fills. The caller has checked the length. The bytes
 * behind the payload may be stale kernel memory, or part of an earlier line. A process that
 * has mapped the queue can read the slot, and must not see them even for a moment. A mask
 * needs no branch, and costs next to nothing.
 */
static inline void fifo_copy_payload(struct fifo_item *slot,
				     const struct fifo_item *item)
{
	const u8 *mask = fifo_payload_mask + FIFO_DATA_LEN - item->len;
	const u64 *from = (const u64 *)item->data;
	u64 *to = (u64 *)slot->data;

	BUILD_BUG_ON(offsetof(struct fifo_item, data) % sizeof(*to) ||
		     FIFO_DATA_LEN != 5 * sizeof(*to));
	slot->type = item->type;
	slot->len = item->len;
	to[0] = from[0] & fifo_mask_word(mask, 0);
	to[1] = from[1] & fifo_mask_word(mask, 1);
	to[2] = from[2] & fifo_mask_word(mask, 2);
	to[3] = from[3] & fifo_mask_word(mask, 3);
	to[4] = from[4] & fifo_mask_word(mask, 4);
}

/*
 * Copies an item to its slot, and fills in the rest. The caller traces it. It writes from
 * the first byte on: the line of the slot is at another processor, and the stores that wait
 * for it join only in this order. In another one a batch takes twice as long.
 */
static inline void fifo_store(struct fifo_item *slot,
			      const struct fifo_item *item, u32 source, u64 seq,
			      u64 now)
{
	slot->seq = seq;
	slot->time = now;
	slot->source = source;
	fifo_copy_payload(slot, item);
}

/* Counts and traces the oldest item as dropped. The caller removes it. */
static inline void fifo_dropped(struct fifo_queue *queue,
				const struct fifo_item *item,
				unsigned int depth)
{
	atomic64_inc(&queue->dropped);
	trace_fifo_drop(queue, item, depth);
}

#endif /* _FIFO_ITEM_H */
