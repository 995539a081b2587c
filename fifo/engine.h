/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Engines: how a queue stores its items and keeps its clients apart.
 *
 * The waiting, the overflow policies, the ledger and cancelling are not an
 * engine's business: wait.c, transfer.c and queue.c do them for all. A new engine is a
 * file in engine/ with one of these tables, named here and in Kbuild, and a row in
 * main.c. Others reach an engine through its table only.
 */
#ifndef _FIFO_ENGINE_H
#define _FIFO_ENGINE_H

#include <linux/types.h>
#include "fifo.h"
#include "wait.h"

struct fifo_port;
struct fifo_queue;

/* The most items of a mapped end that are settled at a time. */
#define FIFO_SETTLE_MAX	256

/**
 * struct fifo_transfer - an operation of a port, under way
 * @port: whose it is
 * @from: the items of a put
 * @to: where the items of a get go
 * @n: how many items at most
 * @patience: what it may do if it cannot be done at once
 * @moved: how many of them the last attempt has moved, or may move in @finish
 * @oldest: for the engine: the oldest item is to be replaced in @finish
 * @spare: for the engine: what @prepare has made
 */
struct fifo_transfer {
	struct fifo_port *port;
	const struct fifo_item *from;
	struct fifo_item *to;
	unsigned int n;
	enum fifo_patience patience;
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
 *	the transfer must never. NULL: nothing
 * @cleanup: give back what a put did not need. NULL: nothing
 * @put: put up to @n items, as many as fit; how many. Never sleeps: it is what
 *	a waiter tries between joining the wait queue and sleeping. Stores each
 *	with fifo_store()
 * @get: get the oldest items, up to @n; how many. As @put, but fifo_fetched()
 * @replace: called when @put did not find room: drop the oldest item, call
 *	fifo_dropped() for it, and put what fits in its place; how many, or 0 if it
 *	could not: then another task is inside an operation, and wakes producers after
 *	it
 * @finish: the rest of what @put, @get or @replace began; may sleep. False if the
 *	transfer must never sleep and this would have: then nothing has happened.
 *	NULL: there is no rest
 * @depth: how many items there are
 * @ready: could a get have an item now, or a put have room? Without a lock: what
 *	another has claimed and not handed over is not there. When it is false, and
 *	comes to be true, somebody is woken then
 * @settle: book what processes did in their mappings, up to %FIFO_SETTLE_MAX items
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

#endif /* _FIFO_ENGINE_H */
