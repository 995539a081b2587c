// SPDX-License-Identifier: GPL-2.0
/*
 * The semaphore engine: an array, a mutex around it, and two semaphores that
 * count its free and its filled slots.
 *
 * It is the textbook's answer but for one thing: nobody sleeps in down(). A
 * sleeper there could not be cancelled, for a kworker takes no signals, and an
 * up() meant for one sleeper is taken by another and leaves the count wrong.
 * So slots are claimed with down_trylock(), as the condition of the wait in
 * port.c. The counts are then exact by construction: each down_trylock() that
 * succeeded is followed by one up() of the other semaphore, or of the same one
 * where nothing was moved.
 */
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/semaphore.h>
#include <linux/vmalloc.h>
#include "engine.h"

/**
 * struct semaphore_store - the store of a queue
 * @lock: guards @head, @depth and the filled slots; a mutex, as its holder may
 *	copy a whole batch. Outer to the semaphores' own locks; never held
 *	while waiting for a slot or an item
 * @empty: free slots that nobody has claimed; itself
 * @fill: items that nobody has claimed; itself
 * @head: the oldest item; @lock
 * @depth: how many items there are; written under @lock, read without for show
 * @slots: the items
 */
struct semaphore_store {
	struct mutex lock;	/* the slots */
	struct semaphore empty;
	struct semaphore fill;
	unsigned int head;
	unsigned int depth;
	struct fifo_item slots[];
};

static int semaphore_engine_init(struct fifo_queue *queue)
{
	struct semaphore_store *store;

	/* The largest is 64 MiB: failing is an answer, the OOM killer is not. */
	store = __vmalloc(struct_size(store, slots, queue->size),
			  GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN |
			  __GFP_RETRY_MAYFAIL);
	if (!store)
		return -ENOMEM;
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

static unsigned int semaphore_claim_slots(struct fifo_queue *queue,
					  unsigned int n)
{
	struct semaphore_store *store = queue->store;

	return claim(&store->empty, n);
}

static unsigned int semaphore_claim_items(struct fifo_queue *queue,
					  unsigned int n)
{
	struct semaphore_store *store = queue->store;

	return claim(&store->fill, n);
}

static void semaphore_release_slots(struct fifo_queue *queue, unsigned int n)
{
	struct semaphore_store *store = queue->store;

	release(&store->empty, n);
}

static void semaphore_release_items(struct fifo_queue *queue, unsigned int n)
{
	struct semaphore_store *store = queue->store;

	release(&store->fill, n);
}

static bool lock_store(struct semaphore_store *store, bool nowait)
{
	if (nowait)
		return mutex_trylock(&store->lock);
	mutex_lock(&store->lock);
	return true;
}

static void store_one(struct fifo_queue *queue, struct fifo_port *port,
		      const struct fifo_item *item, u64 now)
{
	struct semaphore_store *store = queue->store;
	struct fifo_item *slot;

	lockdep_assert_held(&store->lock);
	slot = &store->slots[(store->head + store->depth) % queue->size];
	*slot = *item;
	WRITE_ONCE(store->depth, store->depth + 1);
	fifo_stored(port, slot, now, store->depth);
}

/* The oldest item. Its place is overwritten by a later store at the earliest. */
static const struct fifo_item *fetch_one(struct fifo_queue *queue)
{
	struct semaphore_store *store = queue->store;
	const struct fifo_item *slot = &store->slots[store->head];

	lockdep_assert_held(&store->lock);
	store->head = (store->head + 1) % queue->size;
	WRITE_ONCE(store->depth, store->depth - 1);
	return slot;
}

static bool semaphore_engine_store(struct fifo_queue *queue,
				   struct fifo_port *port,
				   const struct fifo_item *items,
				   unsigned int n, bool nowait)
{
	struct semaphore_store *store = queue->store;
	u64 now;

	if (!lock_store(store, nowait))
		return false;
	now = ktime_get_ns();
	while (n--)
		store_one(queue, port, items++, now);
	mutex_unlock(&store->lock);
	return true;
}

static bool semaphore_engine_fetch(struct fifo_queue *queue,
				   struct fifo_port *port,
				   struct fifo_item *items,
				   unsigned int n, bool nowait)
{
	struct semaphore_store *store = queue->store;

	if (!lock_store(store, nowait))
		return false;
	while (n--) {
		*items = *fetch_one(queue);
		fifo_fetched(port, items++, store->depth);
	}
	mutex_unlock(&store->lock);
	return true;
}

static bool semaphore_engine_replace(struct fifo_queue *queue,
				     struct fifo_port *port,
				     const struct fifo_item *item, bool nowait)
{
	struct semaphore_store *store = queue->store;

	if (!lock_store(store, nowait))
		return false;
	fifo_dropped(queue, fetch_one(queue), store->depth);
	store_one(queue, port, item, ktime_get_ns());
	mutex_unlock(&store->lock);
	return true;
}

static unsigned int semaphore_depth(const struct fifo_queue *queue)
{
	const struct semaphore_store *store = queue->store;

	return READ_ONCE(store->depth);
}

const struct fifo_engine fifo_engine_semaphore = {
	.name = "semaphore",
	.init = semaphore_engine_init,
	.destroy = semaphore_engine_destroy,
	.claim_slots = semaphore_claim_slots,
	.claim_items = semaphore_claim_items,
	.release_slots = semaphore_release_slots,
	.release_items = semaphore_release_items,
	.store = semaphore_engine_store,
	.fetch = semaphore_engine_fetch,
	.replace = semaphore_engine_replace,
	.depth = semaphore_depth,
};
