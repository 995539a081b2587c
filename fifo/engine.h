/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Engines: how a queue stores its items and keeps its clients apart.
 *
 * A put claims free slots, stores its items in them, and releases them as
 * items; a get claims items, fetches them, and releases their slots. The
 * waiting for a claim, the overflow policies and the ledger are not an
 * engine's business: queue.c and port.c do them for all.
 */
#ifndef _FIFO_ENGINE_H
#define _FIFO_ENGINE_H

#include "fifo.h"
#include "port.h"
#include "queue.h"
#include "trace.h"

/**
 * struct fifo_engine - the operations of an engine
 * @name: as the parameter "engine" has it
 * @init: make an empty store for @queue->size items; 0 or a negative errno
 * @destroy: free it with what is in it
 * @claim_slots: take up to n free slots; how many. Never sleeps, never waits:
 *	it is what a waiter tests between joining the wait queue and sleeping
 * @claim_items: the same for items
 * @release_slots: give n free slots to those who claim them
 * @release_items: the same for items
 * @store: put items into n slots that were claimed, and say so to
 *	fifo_stored() for each; false when @nowait and it would have slept,
 *	then nothing has happened
 * @fetch: take out the n oldest items, which were claimed, and say so to
 *	fifo_fetched() for each; like @store
 * @replace: drop the oldest item, which was claimed, say so to fifo_dropped(),
 *	and store another in its stead, which is the newest; like @store
 * @depth: how many items there are
 *
 * Neither release wakes anybody: the caller does, once for a batch.
 */
struct fifo_engine {
	const char *name;
	int (*init)(struct fifo_queue *queue);
	void (*destroy)(struct fifo_queue *queue);
	unsigned int (*claim_slots)(struct fifo_queue *queue, unsigned int n);
	unsigned int (*claim_items)(struct fifo_queue *queue, unsigned int n);
	void (*release_slots)(struct fifo_queue *queue, unsigned int n);
	void (*release_items)(struct fifo_queue *queue, unsigned int n);
	bool (*store)(struct fifo_queue *queue, struct fifo_port *port,
		      const struct fifo_item *items, unsigned int n,
		      bool nowait);
	bool (*fetch)(struct fifo_queue *queue, struct fifo_port *port,
		      struct fifo_item *items, unsigned int n, bool nowait);
	bool (*replace)(struct fifo_queue *queue, struct fifo_port *port,
			const struct fifo_item *item, bool nowait);
	unsigned int (*depth)(const struct fifo_queue *queue);
};

extern const struct fifo_engine fifo_engine_semaphore;

/* For an engine's @store, where an item got its place: the queue's order. */
static inline void fifo_stored(struct fifo_port *port, struct fifo_item *slot,
			       u64 now, unsigned int depth)
{
	slot->seq = ++port->seq;
	slot->time = now;
	slot->source = port->source;
	port->depth = depth;
	trace_fifo_put(port->queue, slot, depth);
}

/* For an engine's @fetch, where an item left its place. */
static inline void fifo_fetched(struct fifo_port *port,
				const struct fifo_item *item,
				unsigned int depth)
{
	port->depth = depth;
	trace_fifo_get(port, item, depth);
}

/* For an engine's @replace, where the oldest item lost its place. */
static inline void fifo_dropped(struct fifo_queue *queue,
				const struct fifo_item *item,
				unsigned int depth)
{
	atomic64_inc(&queue->dropped);
	trace_fifo_drop(queue, item, depth);
}

#endif /* _FIFO_ENGINE_H */
