/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The store of a queue with engine ring: for the engine itself, and for mappings.
 */
#ifndef _FIFO_RING_H
#define _FIFO_RING_H

#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>
#include "item.h"
#include "turns.h"

/**
 * struct fifo_ring_end - an end that a process has mapped
 * @settle: settle what the process did, up to %FIFO_SETTLE_MAX items; returns how
 *	many, or a negative errno. Called under the store's lock
 */
struct fifo_ring_end {
	int (*settle)(struct fifo_ring_end *end);
};

/**
 * struct fifo_ring_store - the store of a queue
 * @ring: which task may use which slot; atomic
 * @slots: the items, in whole pages. The task that claimed a slot's position owns
 *	the slot; with a mapped producer, the holder of @lock owns the free slots
 * @lock: guards @mapped; its holder settles what the processes did; a spinlock, also
 *	taken in softirqs
 * @mapped: the ends that processes have mapped, by enum fifo_role, or NULL; written
 *	under @lock, read without it as a hint
 */
struct fifo_ring_store {
	struct fifo_ring ring;
	struct fifo_item *slots;
	spinlock_t lock;	/* the mapped ends */
	struct fifo_ring_end *mapped[2];
};

/*
 * The traced depth needs the other end's position. Reading it costs as much as the
 * rest of an operation, so this reads it only if tracing is on.
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

/* Traces @n items from a position on. @first: they are the first that this get has got. */
static inline void fifo_ring_trace_get(struct fifo_port *port, u64 position,
				       const struct fifo_item *items,
				       unsigned int n, bool first)
{
	const struct fifo_ring_store *store = port->queue->store;
	unsigned int i;

	if (!trace_fifo_get_enabled())
		return;
	if (first)
		port->got_at = ktime_get_ns();
	for (i = 0; i < n; i++, position++)
		trace_fifo_get(port, &items[i],
			       atomic64_read(&store->ring.tail) - position - 1);
}

int fifo_ring_settle(struct fifo_queue *queue, enum fifo_role role);

/*
 * Zeroed memory, @size bytes for each slot of a queue, in pages that hold nothing
 * else; or NULL. With GFP_KERNEL_ACCOUNT it is charged to the current process. It
 * can be 64 MiB: the call may fail, but must not wake the OOM killer.
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
