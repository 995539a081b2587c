/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Engines: how a queue stores its items and keeps its clients apart.
 *
 * The waiting, the overflow policies, the ledger and cancelling are not an
 * engine's business: wait.c, operation.h, transfer.c and queue.c do them for all. A new
 * engine is a file in engine/ with one of these tables, named here and in Kbuild, and a row
 * in main.c. Others reach an engine through its table only.
 */
#ifndef _FIFO_ENGINE_H
#define _FIFO_ENGINE_H

#include <linux/types.h>
#include "fifo.h"
#include "wait.h"

struct fifo_item;
struct fifo_port;
struct fifo_queue;

/* The most items of a mapped end that are settled at a time. */
#define FIFO_SETTLE_MAX	256

/**
 * struct fifo_engine - the operations of an engine
 * @name: as the parameter "engine" has it
 * @sizes: which sizes it takes, in words, when @fits is there
 * @atomic: it has no @finish_put and @finish_get, which may sleep: operations that do
 *	not wait work in softirqs, too
 * @fits: can there be a queue of this size? NULL: of any
 * @init: make an empty store for @queue->size items; 0 or a negative errno
 * @destroy: free it with what is in it
 * @detach: a port is freed: free what @prepare keeps in it. NULL: nothing
 * @prepare: get what a put of @n items needs; 0 or a negative errno. May sleep unless
 *	@nowait. NULL: nothing
 * @put: put up to @n items, as many as fit; how many. Never sleeps: it is what
 *	a waiter tries between joining the wait queue and sleeping. Stores each
 *	with fifo_store(), and traces it
 * @get: get the oldest items, up to @n; how many. As @put, traced likewise
 * @replace: called when @put did not find room: drop the oldest item, call
 *	fifo_dropped() for it, and put what fits in its place; how many, or 0 if it
 *	could not: then another task is inside an operation, and wakes producers after
 *	it
 * @finish_put: the rest of what @put or @replace began for @n items; may sleep. False
 *	if it would have to with @nowait: then nothing has happened. NULL: there is no
 *	rest
 * @finish_get: likewise of a @get
 * @depth: how many items there are
 * @ready: could a get have an item now, or a put have room? Without a lock: what
 *	another has claimed and not handed over is not there. When it is false, and
 *	comes to be true, somebody is woken then
 * @settle: book what processes did in their mappings, up to %FIFO_SETTLE_MAX items
 *	at each end; false when there was nothing. NULL: it cannot be mapped
 * @put_items: put up to @n items, at least 1, with all that is the same for each engine
 *	(FIFO_OPERATIONS() makes it). How many, or a negative errno
 * @get_items: likewise
 * @put_one: likewise, for one item. 0 or a negative errno
 * @get_one: likewise
 *
 * None of them but the last four wakes anybody: the caller does, once for a batch.
 */
struct fifo_engine {
	const char *name;
	const char *sizes;
	bool atomic;
	bool (*fits)(unsigned int size);
	int (*init)(struct fifo_queue *queue);
	void (*destroy)(struct fifo_queue *queue);
	void (*detach)(struct fifo_port *port);
	int (*prepare)(struct fifo_port *port, unsigned int n, bool nowait);
	unsigned int (*put)(struct fifo_port *port,
			    const struct fifo_item *items, unsigned int n);
	unsigned int (*get)(struct fifo_port *port, struct fifo_item *items,
			    unsigned int n);
	unsigned int (*replace)(struct fifo_port *port,
				const struct fifo_item *items, unsigned int n);
	bool (*finish_put)(struct fifo_port *port,
			   const struct fifo_item *items, unsigned int n,
			   bool nowait);
	bool (*finish_get)(struct fifo_port *port, struct fifo_item *items,
			   unsigned int n, bool nowait);
	unsigned int (*depth)(const struct fifo_queue *queue);
	bool (*ready)(const struct fifo_queue *queue, enum fifo_role role);
	bool (*settle)(struct fifo_queue *queue);
	int (*put_items)(struct fifo_port *port, const struct fifo_item *items,
			 unsigned int n, enum fifo_patience patience);
	int (*get_items)(struct fifo_port *port, struct fifo_item *items,
			 unsigned int n, enum fifo_patience patience);
	int (*put_one)(struct fifo_port *port, const struct fifo_item *item,
		       enum fifo_patience patience);
	int (*get_one)(struct fifo_port *port, struct fifo_item *item,
		       enum fifo_patience patience);
};

extern const struct fifo_engine fifo_engine_semaphore;
extern const struct fifo_engine fifo_engine_waitqueue;
extern const struct fifo_engine fifo_engine_list;
extern const struct fifo_engine fifo_engine_ring;

/* All of them; ends with NULL. */
extern const struct fifo_engine *const fifo_engines[];

#endif /* _FIFO_ENGINE_H */
