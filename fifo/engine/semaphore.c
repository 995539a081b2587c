// SPDX-License-Identifier: GPL-2.0
/*
 * The semaphore engine: an array, a mutex around it, and two semaphores that
 * count its free and its filled slots.
 *
 * It is the textbook's answer except for one thing: no task sleeps in down(). A
 * sleeper there could not be cancelled, as a kworker takes no signals, and an
 * up() meant for one sleeper is taken by another and leaves the count wrong.
 * So slots are claimed with down_trylock(), which is what a waiter tries, and
 * the items are moved under the mutex once the wait is over. The counts are
 * then exact by construction: each down_trylock() that succeeded is followed by
 * one up() of the other semaphore, or of the same one where nothing was moved.
 *
 * A slot that is claimed is not free, though nothing is in it yet: a queue whose
 * slots are all claimed or filled is full, for its overflow policy as well.
 */
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include "array.h"
#include "engine.h"
#include "queue.h"

/**
 * struct semaphore_store - the store of a queue
 * @lock: guards @array; a mutex, as its holder may copy a whole batch. Outer to
 *	the semaphores' own locks; never held while waiting for a slot or item
 * @empty: free slots that nobody has claimed; itself
 * @fill: items that nobody has claimed; itself
 * @array: the items; @lock
 */
struct semaphore_store {
	struct mutex lock;	/* the array */
	struct semaphore empty;
	struct semaphore fill;
	struct fifo_array *array;
};

static int semaphore_engine_init(struct fifo_queue *queue)
{
	struct semaphore_store *store;

	store = kmalloc(sizeof(*store), GFP_KERNEL);
	if (!store)
		return -ENOMEM;
	store->array = fifo_array_new(queue->size);
	if (!store->array) {
		kfree(store);
		return -ENOMEM;
	}
	mutex_init(&store->lock);
	sema_init(&store->empty, queue->size);
	sema_init(&store->fill, 0);
	queue->store = store;
	return 0;
}

static void semaphore_engine_destroy(struct fifo_queue *queue)
{
	struct semaphore_store *store = queue->store;

	mutex_destroy(&store->lock);
	fifo_array_free(store->array);
	kfree(store);
}

static unsigned int claim(struct semaphore *sem, unsigned int n)
{
	unsigned int claimed = 0;

	while (claimed < n && !down_trylock(sem))
		claimed++;
	return claimed;
}

static void release(struct semaphore *sem, unsigned int n)
{
	while (n--)
		up(sem);
}

static unsigned int semaphore_engine_put(struct fifo_queue *queue,
					 struct fifo_transfer *transfer)
{
	struct semaphore_store *store = queue->store;

	return claim(&store->empty, transfer->n);
}

static unsigned int semaphore_engine_get(struct fifo_queue *queue,
					 struct fifo_transfer *transfer)
{
	struct semaphore_store *store = queue->store;

	return claim(&store->fill, transfer->n);
}

/*
 * The oldest item is claimed first, so that it is there when no slot is free: then
 * the queue is full at that moment. There may be room again, which the caller then
 * uses. That put wakes a consumer that has missed the item meanwhile.
 *
 * Finds neither a slot nor an item only while others are inside an operation:
 * what they hold comes back.
 */
static unsigned int semaphore_engine_replace(struct fifo_queue *queue,
					     struct fifo_transfer *transfer)
{
	struct semaphore_store *store = queue->store;

	transfer->oldest = claim(&store->fill, 1);
	if (transfer->oldest && claim(&store->empty, 1)) {
		release(&store->fill, 1);
		transfer->oldest = false;
		return 1;
	}
	return transfer->oldest;
}

static void put_claimed(struct fifo_queue *queue,
			struct fifo_transfer *transfer)
{
	struct semaphore_store *store = queue->store;
	const struct fifo_item *oldest;
	u64 now = ktime_get_ns();
	unsigned int i;

	lockdep_assert_held(&store->lock);
	if (transfer->oldest) {
		oldest = fifo_array_fetch(store->array);
		fifo_dropped(queue, oldest, store->array->depth);
	}
	for (i = 0; i < transfer->moved; i++)
		fifo_array_store(store->array, transfer->port,
				 &transfer->from[i], now);
}

static void get_claimed(struct fifo_queue *queue,
			struct fifo_transfer *transfer)
{
	struct semaphore_store *store = queue->store;
	unsigned int i;

	lockdep_assert_held(&store->lock);
	for (i = 0; i < transfer->moved; i++) {
		transfer->to[i] = *fifo_array_fetch(store->array);
		fifo_fetched(transfer->port, &transfer->to[i],
			     store->array->depth);
	}
}

static bool lock_store(struct semaphore_store *store,
		       enum fifo_patience patience)
{
	if (patience == FIFO_NEVER_SLEEPS)
		return mutex_trylock(&store->lock);
	mutex_lock(&store->lock);
	return true;
}

static bool semaphore_engine_finish(struct fifo_queue *queue,
				    struct fifo_transfer *transfer)
{
	bool put = transfer->port->role == FIFO_PRODUCER;
	struct semaphore_store *store = queue->store;

	if (!lock_store(store, transfer->patience)) {
		release(put && !transfer->oldest ? &store->empty : &store->fill,
			transfer->moved);
		return false;
	}
	if (put)
		put_claimed(queue, transfer);
	else
		get_claimed(queue, transfer);
	mutex_unlock(&store->lock);
	release(put ? &store->fill : &store->empty, transfer->moved);
	return true;
}

static unsigned int semaphore_engine_depth(const struct fifo_queue *queue)
{
	const struct semaphore_store *store = queue->store;

	return READ_ONCE(store->array->depth);
}

/* Would a claim succeed now? */
static bool semaphore_engine_ready(const struct fifo_queue *queue,
				   enum fifo_role role)
{
	const struct semaphore_store *store = queue->store;

	return role == FIFO_PRODUCER ? READ_ONCE(store->empty.count) :
				       READ_ONCE(store->fill.count);
}

const struct fifo_engine fifo_engine_semaphore = {
	.name = "semaphore",
	.init = semaphore_engine_init,
	.destroy = semaphore_engine_destroy,
	.put = semaphore_engine_put,
	.get = semaphore_engine_get,
	.replace = semaphore_engine_replace,
	.finish = semaphore_engine_finish,
	.depth = semaphore_engine_depth,
	.ready = semaphore_engine_ready,
};
