// SPDX-License-Identifier: GPL-2.0
/*
 * The waitqueue engine: an array and a spinlock around it. A task that finds it full
 * or empty sleeps in one of the queue's two wait queues. A batch is moved under one hold
 * of the lock.
 */
#include <linux/cache.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>
#include "array.h"
#include "engine.h"
#include "operation.h"
#include "queue.h"

/**
 * struct waitqueue_store - the store of a queue
 * @lock: guards @array and @slots; taken in softirqs, too
 * @array: which slots have items; @lock. In the line of the lock: each user of the one
 *	needs the other
 * @slots: the items; @lock
 */
struct waitqueue_store {
	spinlock_t lock;	/* the array */
	struct fifo_array array;
	struct fifo_item slots[] ____cacheline_aligned;
};

static int waitqueue_engine_init(struct fifo_queue *queue)
{
	struct waitqueue_store *store;

	store = fifo_array_alloc(struct_size(store, slots, queue->size));
	if (!store)
		return -ENOMEM;
	fifo_array_init(&store->array, store->slots, queue->size);
	spin_lock_init(&store->lock);
	queue->store = store;
	return 0;
}

static void waitqueue_engine_destroy(struct fifo_queue *queue)
{
	vfree(queue->store);
}

static __always_inline unsigned int
waitqueue_engine_put(struct fifo_port *port, const struct fifo_item *items,
		     unsigned int n)
{
	struct waitqueue_store *store = port->queue->store;
	u64 now = ktime_get_ns();

	spin_lock_bh(&store->lock);
	n = fifo_array_fit(n, fifo_array_room(&store->array));
	if (n)
		fifo_array_put(&store->array, port, items, n, now);
	spin_unlock_bh(&store->lock);
	return n;
}

static __always_inline unsigned int
waitqueue_engine_get(struct fifo_port *port, struct fifo_item *items,
		     unsigned int n)
{
	struct waitqueue_store *store = port->queue->store;

	spin_lock_bh(&store->lock);
	n = fifo_array_fit(n, store->array.depth);
	if (n)
		fifo_array_get(&store->array, port, items, n);
	spin_unlock_bh(&store->lock);
	return n;
}

/* Since @put failed, a get may have made room: then nothing is dropped. */
static unsigned int waitqueue_engine_replace(struct fifo_port *port,
					     const struct fifo_item *items,
					     unsigned int n)
{
	struct waitqueue_store *store = port->queue->store;
	u64 now = ktime_get_ns();

	spin_lock_bh(&store->lock);
	if (!fifo_array_room(&store->array))
		fifo_array_drop(&store->array, port->queue);
	fifo_array_put(&store->array, port, items, 1, now);
	spin_unlock_bh(&store->lock);
	return 1;
}

static unsigned int waitqueue_engine_depth(const struct fifo_queue *queue)
{
	const struct waitqueue_store *store = queue->store;

	return READ_ONCE(store->array.depth);
}

static u64 waitqueue_engine_oldest(const struct fifo_queue *queue)
{
	const struct waitqueue_store *store = queue->store;

	return fifo_array_oldest(&store->array);
}

static bool waitqueue_engine_ready(const struct fifo_queue *queue,
				   enum fifo_role role)
{
	const struct waitqueue_store *store = queue->store;

	return fifo_array_ready(&store->array, role);
}

FIFO_OPERATIONS(waitqueue)

const struct fifo_engine fifo_engine_waitqueue = {
	.name = "waitqueue",
	.atomic = true,
	.init = waitqueue_engine_init,
	.destroy = waitqueue_engine_destroy,
	.put = waitqueue_engine_put,
	.get = waitqueue_engine_get,
	.replace = waitqueue_engine_replace,
	FIFO_OPERATIONS_OF(waitqueue),
	.depth = waitqueue_engine_depth,
	.oldest = waitqueue_engine_oldest,
	.ready = waitqueue_engine_ready,
};
