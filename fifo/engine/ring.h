/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a queue whose engine is ring keeps: for the engine, and for a process that
 * maps it.
 */
#ifndef _FIFO_RING_H
#define _FIFO_RING_H

#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>
#include "item.h"
#include "turns.h"

/**
 * struct fifo_ring_end - an end that a process has mapped
 * @settle: do for everybody what the process did, up to %FIFO_SETTLE_MAX items; how
 *	many, or a negative errno. Called under the store's lock
 */
struct fifo_ring_end {
	int (*settle)(struct fifo_ring_end *end);
};

/**
 * struct fifo_ring_store - the store of a queue
 * @ring: which task may use which slot; itself
 * @slots: the items, in whole pages; the task that has claimed a slot's position, or
 *	for a free slot with a mapped producer: @lock
 * @lock: guards @mapped, and moves on what they have done; a spinlock, also
 *	taken in softirqs
 * @mapped: the ends that processes have, by enum fifo_role; written under @lock
 */
struct fifo_ring_store {
	struct fifo_ring ring;
	struct fifo_item *slots;
	spinlock_t lock;	/* the mapped ends */
	struct fifo_ring_end *mapped[2];
};

/*
 * Tracing reads the other end's position, for the depth: only when it is on, as that
 * costs as much as the rest.
 */
static inline void fifo_ring_trace_put(struct fifo_port *port, u64 position,
				       const struct fifo_item *item)
{
	const struct fifo_ring_store *store;

	if (!trace_fifo_put_enabled())
		return;
	store = port->queue->store;
	trace_fifo_put(port->queue, item,
		       position + 1 - atomic64_read(&store->ring.head));
}

static inline void fifo_ring_trace_get(struct fifo_port *port, u64 position,
				       const struct fifo_item *item)
{
	const struct fifo_ring_store *store;

	if (!trace_fifo_get_enabled())
		return;
	store = port->queue->store;
	trace_fifo_get(port, item,
		       atomic64_read(&store->ring.tail) - position - 1);
}

int fifo_ring_settle(struct fifo_queue *queue, enum fifo_role role);

/*
 * Memory for each slot of a queue, in pages that nothing else is in, zeroed; or
 * NULL. @gfp decides whether it is charged to the current process. The largest is
 * 64 MiB: failing is an answer, the OOM killer is not.
 */
static inline void *fifo_ring_pages(const struct fifo_queue *queue, size_t size,
				    gfp_t gfp)
{
	return __vmalloc(PAGE_ALIGN(array_size(queue->size, size)),
			 gfp | __GFP_ZERO | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
}

static inline struct fifo_item *fifo_ring_item(struct fifo_ring_store *store,
					       u64 position)
{
	return &store->slots[fifo_ring_slot(&store->ring, position)];
}

#endif /* _FIFO_RING_H */
