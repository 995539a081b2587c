// SPDX-License-Identifier: GPL-2.0
/*
 * The semaphore engine: an array, a mutex around it, and two semaphores that
 * count its free and its filled slots.
 *
 * It is the textbook's solution, with one difference: no task sleeps in down(). Nobody
 * could cancel a sleeper there: a kworker takes no signals, and an extra up() might wake
 * another sleeper, and would leave the count wrong. So a waiter claims slots with
 * down_trylock(), and moves the items under the mutex after the wait. The counts stay
 * exact: for each down_trylock() that succeeds there is one up() of the other semaphore,
 * or of the same one if nothing was moved.
 *
 * A claimed slot is not free, even before there is an item in it. So a queue with all
 * slots claimed or filled is full, also for its overflow policy.
 */
#include <linux/cache.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/semaphore.h>
#include <linux/vmalloc.h>
#include "array.h"
#include "engine.h"
#include "operation.h"
#include "queue.h"

/**
 * struct semaphore_store - the store of a queue
 * @lock: guards @array and @slots; a mutex, since its holder may copy a whole batch. No
 *	task holds it while it waits for a slot or an item
 * @empty: counts free slots that nobody has claimed; guards itself
 * @fill: counts items that nobody has claimed; guards itself
 * @array: which slots have items; @lock. Not in a cache line of the semaphores, from
 *	which others claim meanwhile
 * @slots: the items; @lock
 */
struct semaphore_store {
	struct mutex lock;	/* the array */
	struct semaphore empty;
	struct semaphore fill;
	struct fifo_array array ____cacheline_aligned_in_smp;
	struct fifo_item slots[] ____cacheline_aligned;
};

static int semaphore_engine_init(struct fifo_queue *queue)
{
	struct semaphore_store *store;

	store = fifo_array_alloc(struct_size(store, slots, queue->size));
	if (!store)
		return -ENOMEM;
	fifo_array_init(&store->array, store->slots, queue->size);
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
	vfree(store);
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

/* Claims free slots; semaphore_engine_finish_put() fills them. */
static __always_inline unsigned int
semaphore_engine_put(struct fifo_port *port, const struct fifo_item *items,
		     unsigned int n)
{
	struct semaphore_store *store = port->queue->store;

	return claim(&store->empty, n);
}

/* Claims items; semaphore_engine_finish_get() takes them out. */
static __always_inline unsigned int
semaphore_engine_get(struct fifo_port *port, struct fifo_item *items,
		     unsigned int n)
{
	struct semaphore_store *store = port->queue->store;

	return claim(&store->fill, n);
}

/*
 * Claims the oldest item first, and looks for a free slot then. If there is none, the
 * queue is full at that moment, and the put replaces this item. If there is one, the put
 * uses it, and this gives the item back. A consumer that missed the item meanwhile is
 * woken by that put.
 *
 * It finds neither a slot nor an item only if other tasks have claimed them all. These
 * wake a producer when they are done.
 */
static unsigned int semaphore_engine_replace(struct fifo_port *port,
					     const struct fifo_item *items,
					     unsigned int n)
{
	struct semaphore_store *store = port->queue->store;

	port->oldest = claim(&store->fill, 1);
	if (port->oldest && claim(&store->empty, 1)) {
		release(&store->fill, 1);
		port->oldest = false;
		return 1;
	}
	return port->oldest;
}

static bool lock_store(struct semaphore_store *store,
		       bool nowait)
{
	if (nowait)
		return mutex_trylock(&store->lock);
	mutex_lock(&store->lock);
	return true;
}

static __always_inline bool
semaphore_engine_finish_put(struct fifo_port *port,
			    const struct fifo_item *items, unsigned int n,
			    bool nowait)
{
	struct semaphore_store *store = port->queue->store;
	u64 now = ktime_get_ns();

	if (!lock_store(store, nowait)) {
		release(port->oldest ? &store->fill : &store->empty, n);
		port->oldest = false;
		return false;
	}
	if (unlikely(port->oldest)) {
		fifo_array_drop(&store->array, port->queue);
		port->oldest = false;
	}
	fifo_array_put(&store->array, port, items, n, now);
	mutex_unlock(&store->lock);
	release(&store->fill, n);
	return true;
}

static __always_inline bool
semaphore_engine_finish_get(struct fifo_port *port, struct fifo_item *items,
			    unsigned int n, bool nowait)
{
	struct semaphore_store *store = port->queue->store;

	if (!lock_store(store, nowait)) {
		release(&store->fill, n);
		return false;
	}
	fifo_array_get(&store->array, port, items, n);
	mutex_unlock(&store->lock);
	release(&store->empty, n);
	return true;
}

static unsigned int semaphore_engine_depth(const struct fifo_queue *queue)
{
	const struct semaphore_store *store = queue->store;

	return READ_ONCE(store->array.depth);
}

static u64 semaphore_engine_oldest(const struct fifo_queue *queue)
{
	const struct semaphore_store *store = queue->store;

	return fifo_array_oldest(&store->array);
}

/* Would a claim succeed now? */
static bool semaphore_engine_ready(const struct fifo_queue *queue,
				   enum fifo_role role)
{
	const struct semaphore_store *store = queue->store;

	return role == FIFO_PRODUCER ? READ_ONCE(store->empty.count) :
				       READ_ONCE(store->fill.count);
}

FIFO_OPERATIONS(semaphore)

const struct fifo_engine fifo_engine_semaphore = {
	.name = "semaphore",
	.init = semaphore_engine_init,
	.destroy = semaphore_engine_destroy,
	.put = semaphore_engine_put,
	.get = semaphore_engine_get,
	.replace = semaphore_engine_replace,
	.finish_put = semaphore_engine_finish_put,
	.finish_get = semaphore_engine_finish_get,
	FIFO_OPERATIONS_OF(semaphore),
	.depth = semaphore_engine_depth,
	.oldest = semaphore_engine_oldest,
	.ready = semaphore_engine_ready,
};
