/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Engines: how a queue stores its items and keeps its clients apart.
 *
 * The waiting, the overflow policies, the ledger and cancelling are not an
 * engine's business: queue.c and port.c do them for all. A new engine is a
 * file with one of these tables, named here and in Kbuild, and a row in main.c.
 */
#ifndef _FIFO_ENGINE_H
#define _FIFO_ENGINE_H

#include <linux/build_bug.h>
#include <linux/minmax.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include "fifo.h"
#include "port.h"
#include "queue.h"
#include "trace.h"

/**
 * struct fifo_transfer - an operation of a port, under way
 * @port: whose it is
 * @from: the items of a put
 * @to: where the items of a get go
 * @n: how many items at most
 * @nowait: it must not wait for room, or for an item
 * @killable: only a signal that kills may end its wait
 * @atomic: it must not sleep at all
 * @moved: how many of them the last attempt has moved, or may move in @finish
 * @oldest: for the engine: the oldest item is to be replaced in @finish
 * @spare: for the engine: what @prepare has made
 */
struct fifo_transfer {
	struct fifo_port *port;
	const struct fifo_item *from;
	struct fifo_item *to;
	unsigned int n;
	bool nowait;
	bool killable;
	bool atomic;
	unsigned int moved;
	bool oldest;
	struct list_head spare;
};

/**
 * struct fifo_engine - the operations of an engine
 * @name: as the parameter "engine" has it
 * @sizes: which sizes it takes, in words, when @fits is there
 * @atomic: @put, @get and @replace need no @finish that may sleep: operations
 *	that do not wait work in softirqs, too
 * @fits: can there be a queue of this size? NULL: of any
 * @init: make an empty store for @queue->size items; 0 or a negative errno
 * @destroy: free it with what is in it
 * @prepare: get what a put may need; 0 or a negative errno. May sleep unless
 *	@atomic. NULL: nothing
 * @cleanup: give back what a put did not need. NULL: nothing
 * @put: put up to @n items, as many as fit; how many. Never sleeps: it is what
 *	a waiter tries between joining the wait queue and sleeping. Stores each
 *	with fifo_store()
 * @get: get the oldest items, up to @n; how many. As @put, but fifo_fetched()
 * @replace: called when @put did not find room: drop the oldest item, say so to
 *	fifo_dropped(), and put what fits in its stead; how many, or 0 when it
 *	could not: then somebody is inside an operation, after which producers are
 *	woken
 * @finish: the rest of what @put, @get or @replace began; may sleep. False when
 *	@atomic and it would have slept: then nothing has happened. NULL: there
 *	is no rest
 * @depth: how many items there are
 * @ready: could a get have an item now, or a put have room? Without a lock: what
 *	another has claimed and not handed over is not there. When it is false, and
 *	comes to be true, somebody is woken then
 * @settle: book what processes did in their mappings, up to %FIFO_SETTLE_MOST items
 *	at each end; false when there was nothing. NULL: it cannot be mapped
 *
 * None of them wakes anybody: the caller does, once for a batch.
 */
struct fifo_engine {
	const char *name;
	const char *sizes;
	bool atomic;
	bool (*fits)(unsigned int size);
	int (*init)(struct fifo_queue *queue);
	void (*destroy)(struct fifo_queue *queue);
	int (*prepare)(struct fifo_queue *queue,
		       struct fifo_transfer *transfer);
	void (*cleanup)(struct fifo_queue *queue,
			struct fifo_transfer *transfer);
	unsigned int (*put)(struct fifo_queue *queue,
			    struct fifo_transfer *transfer);
	unsigned int (*get)(struct fifo_queue *queue,
			    struct fifo_transfer *transfer);
	unsigned int (*replace)(struct fifo_queue *queue,
				struct fifo_transfer *transfer);
	bool (*finish)(struct fifo_queue *queue,
		       struct fifo_transfer *transfer);
	unsigned int (*depth)(const struct fifo_queue *queue);
	bool (*ready)(const struct fifo_queue *queue, enum fifo_role role);
	bool (*settle)(struct fifo_queue *queue);
};

extern const struct fifo_engine fifo_engine_semaphore;
extern const struct fifo_engine fifo_engine_waitqueue;
extern const struct fifo_engine fifo_engine_list;
extern const struct fifo_engine fifo_engine_ring;

/* All of them; ends with NULL. */
extern const struct fifo_engine *const fifo_engines[];

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

/* Where an item left its place. */
static inline void fifo_fetched(struct fifo_port *port,
				const struct fifo_item *item,
				unsigned int depth)
{
	port->depth = depth;
	trace_fifo_get(port, item, depth);
}

/* Where the oldest item lost its place. */
static inline void fifo_dropped(struct fifo_queue *queue,
				const struct fifo_item *item,
				unsigned int depth)
{
	atomic64_inc(&queue->dropped);
	trace_fifo_drop(queue, item, depth);
}

#endif /* _FIFO_ENGINE_H */
