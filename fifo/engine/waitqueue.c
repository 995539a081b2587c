// SPDX-License-Identifier: GPL-2.0
/*
 * The waitqueue engine: an array and a spinlock around it. A task that finds it full
 * or empty sleeps in one of the queue's two wait queues. A batch is moved under one hold
 * of the lock.
 */
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "array.h"
#include "engine.h"
#include "queue.h"

/**
 * struct waitqueue_store - the store of a queue
 * @lock: guards @array; taken in softirqs, too
 * @array: the items; @lock
 */
struct waitqueue_store {
	spinlock_t lock;	/* the array */
	struct fifo_array *array;
};

static int waitqueue_engine_init(struct fifo_queue *queue)
{
	struct waitqueue_store *store;

	store = kmalloc(sizeof(*store), GFP_KERNEL);
	if (!store)
		return -ENOMEM;
	store->array = fifo_array_new(queue->size);
	if (!store->array) {
		kfree(store);
		return -ENOMEM;
	}
	spin_lock_init(&store->lock);
	queue->store = store;
	return 0;
}

static void waitqueue_engine_destroy(struct fifo_queue *queue)
{
	struct waitqueue_store *store = queue->store;

	fifo_array_free(store->array);
	kfree(store);
}

static unsigned int waitqueue_engine_put(struct fifo_queue *queue,
					 struct fifo_transfer *transfer)
{
	struct waitqueue_store *store = queue->store;
	unsigned int i, n;
	u64 now;

	spin_lock_bh(&store->lock);
	now = ktime_get_ns();
	n = min(transfer->n, fifo_array_room(store->array));
	for (i = 0; i < n; i++)
		fifo_array_store(store->array, transfer->port,
				 &transfer->from[i], now);
	spin_unlock_bh(&store->lock);
	return n;
}

static unsigned int waitqueue_engine_get(struct fifo_queue *queue,
					 struct fifo_transfer *transfer)
{
	struct waitqueue_store *store = queue->store;
	unsigned int i, n;

	spin_lock_bh(&store->lock);
	n = min(transfer->n, store->array->depth);
	for (i = 0; i < n; i++) {
		transfer->to[i] = *fifo_array_fetch(store->array);
		fifo_fetched(transfer->port, &transfer->to[i],
			     store->array->depth);
	}
	spin_unlock_bh(&store->lock);
	return n;
}

/* There may be room again. */
static unsigned int waitqueue_engine_replace(struct fifo_queue *queue,
					     struct fifo_transfer *transfer)
{
	struct waitqueue_store *store = queue->store;
	const struct fifo_item *oldest;

	spin_lock_bh(&store->lock);
	if (!fifo_array_room(store->array)) {
		oldest = fifo_array_fetch(store->array);
		fifo_dropped(queue, oldest, store->array->depth);
	}
	fifo_array_store(store->array, transfer->port, transfer->from,
			 ktime_get_ns());
	spin_unlock_bh(&store->lock);
	return 1;
}

static unsigned int waitqueue_engine_depth(const struct fifo_queue *queue)
{
	const struct waitqueue_store *store = queue->store;

	return READ_ONCE(store->array->depth);
}

static bool waitqueue_engine_ready(const struct fifo_queue *queue,
				   enum fifo_role role)
{
	const struct waitqueue_store *store = queue->store;

	return fifo_array_ready(store->array, role);
}

const struct fifo_engine fifo_engine_waitqueue = {
	.name = "waitqueue",
	.atomic = true,
	.init = waitqueue_engine_init,
	.destroy = waitqueue_engine_destroy,
	.put = waitqueue_engine_put,
	.get = waitqueue_engine_get,
	.replace = waitqueue_engine_replace,
	.depth = waitqueue_engine_depth,
	.ready = waitqueue_engine_ready,
};
