/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Engines: how a queue stores its items and keeps its clients apart.
 *
 * The waiting, the overflow policies, the ledger and cancelling are not an engine's
 * business: wait.c, operation.h, transfer.c and queue.c do them for all. A new engine is a
 * file in engine/ with such a table, a declaration below, and a row in Kbuild and in
 * main.c's array (CONTRIBUTING.md, "Add an engine"). Other files reach an engine only
 * through its table.
 */
#ifndef _FIFO_ENGINE_H
#define _FIFO_ENGINE_H

#include <linux/types.h>
#include "fifo.h"
#include "wait.h"

struct fifo_item;
struct fifo_port;
struct fifo_queue;

/* The most items that one call of @settle settles at each mapped end. */
#define FIFO_SETTLE_MAX	256

/**
 * struct fifo_engine - the operations of an engine
 * @name: as the parameter "engine" has it
 * @sizes: the sizes that @fits accepts, in words; needed only with @fits
 * @atomic: operations that do not wait may run in softirqs: there is no @finish_put or
 *	@finish_get, which may sleep
 * @fits: is this size possible? NULL: any is
 * @init: make an empty store for @queue->size items; 0 or a negative errno
 * @destroy: free it with what is in it
 * @detach: a port is freed: free what @prepare keeps in it. NULL: nothing
 * @prepare: get what a put of @n items needs; 0 or a negative errno. May sleep unless
 *	@nowait. NULL: nothing
 * @put: put up to @n items, as many as fit; how many. Never sleeps: a waiter calls it
 *	between joining the wait queue and sleeping. Stores each item with fifo_store(), and
 *	traces it. With @finish_put it only claims slots
 * @get: get the oldest items, up to @n; how many. As @put, traced likewise
 * @replace: called when @put did not find room: drop the oldest item, call fifo_dropped()
 *	for it, and put what fits in its place; returns how many, or 0 if it could not: then
 *	another task is inside an operation, and will wake producers at its end
 * @finish_put: finish what @put or @replace has claimed for @n items; may sleep. With
 *	@nowait, false if it would have to sleep: then it has given the claims back. NULL:
 *	@put does all
 * @finish_get: likewise of a @get
 * @depth: how many items there are
 * @oldest: when the item that is next to be got was put; 0 if there is none
 * @ready: could a get find an item now, or a put find room? Takes no lock. What another
 *	task has claimed and not yet handed over does not count. The task that changes it
 *	from false to true wakes a waiter afterwards
 * @settle: settle both ends: take over what processes did in their mappings. For each end
 *	this checks the position that the process has written, copies the items that it has
 *	put or frees the slots that it has read, advances the queue's tail or head, counts
 *	the items, and wakes the other end; up to %FIFO_SETTLE_MAX items at each end. False
 *	if there was nothing. NULL: the queue cannot be mapped
 * @put_items: the whole put of up to @n items, at least 1, which FIFO_OPERATIONS() makes.
 *	Returns how many, or a negative errno
 * @get_items: likewise
 * @put_one: likewise, for one item. 0 or a negative errno
 * @get_one: likewise
 *
 * The last four wake waiters for what they move, once for a batch. Of the others only
 * settling wakes, for what it has settled; for the rest the caller does.
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
	u64 (*oldest)(const struct fifo_queue *queue);
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
