// SPDX-License-Identifier: GPL-2.0
/*
 * The list engine: a linked list that threads and softirqs share.
 *
 * Nodes are allocated before the lock is taken and freed after it was given
 * back, so that under it only pointers move.
 */
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "engine.h"
#include "item.h"

/**
 * struct list_node - an item in the list
 * @list: its place
 * @item: the item
 */
struct list_node {
	struct list_head list;
	struct fifo_item item;
};

/**
 * struct list_store - the store of a queue
 * @nodes: where nodes come from; constant
 * @lock: guards what follows; taken in softirqs, too
 * @items: the nodes, the oldest first; @lock
 * @depth: how many there are; written under @lock, read without for show and
 *	as a hint
 */
struct list_store {
	struct kmem_cache *nodes;
	spinlock_t lock;	/* what follows */
	struct list_head items;
	unsigned int depth;
};

static int list_engine_init(struct fifo_queue *queue)
{
	struct list_store *store;

	store = kmalloc(sizeof(*store), GFP_KERNEL);
	if (!store)
		return -ENOMEM;
	store->nodes = kmem_cache_create(queue->name, sizeof(struct list_node),
					 0, 0, NULL);
	if (!store->nodes) {
		kfree(store);
		return -ENOMEM;
	}
	spin_lock_init(&store->lock);
	INIT_LIST_HEAD(&store->items);
	store->depth = 0;
	queue->store = store;
	return 0;
}

static void free_nodes(struct list_store *store, struct list_head *nodes)
{
	struct list_node *node, *next;

	list_for_each_entry_safe(node, next, nodes, list)
		kmem_cache_free(store->nodes, node);
}

static void list_engine_destroy(struct fifo_queue *queue)
{
	struct list_store *store = queue->store;
	struct list_node *node, *next;

	/* There may be a million. */
	list_for_each_entry_safe(node, next, &store->items, list) {
		kmem_cache_free(store->nodes, node);
		cond_resched_tasks_rcu_qs();
	}
	kmem_cache_destroy(store->nodes);
	kfree(store);
}

/*
 * As many nodes as will be of use, and one to wait with. -ENOMEM is an answer, the OOM
 * killer is not.
 */
static int list_engine_prepare(struct fifo_queue *queue,
			       struct fifo_transfer *transfer)
{
	struct list_store *store = queue->store;
	gfp_t gfp = transfer->patience == FIFO_NEVER_SLEEPS ? GFP_ATOMIC :
		    GFP_KERNEL | __GFP_RETRY_MAYFAIL;
	struct list_node *node;
	unsigned int n;

	n = max(queue->size - READ_ONCE(store->depth), 1U);
	for (n = min(n, transfer->n); n; n--) {
		node = kmem_cache_alloc(store->nodes, gfp | __GFP_NOWARN);
		if (!node)
			break;
		list_add(&node->list, &transfer->spare);
	}
	return list_empty(&transfer->spare) ? -ENOMEM : 0;
}

static void list_engine_cleanup(struct fifo_queue *queue,
				struct fifo_transfer *transfer)
{
	free_nodes(queue->store, &transfer->spare);
}

static void set_depth(struct list_store *store, unsigned int depth)
{
	lockdep_assert_held(&store->lock);
	WRITE_ONCE(store->depth, depth);
}

/* Adds an item in a spare node. */
static void store_one(struct list_store *store, struct fifo_transfer *transfer,
		      const struct fifo_item *item, u64 now)
{
	struct list_node *node;

	node = list_first_entry(&transfer->spare, struct list_node, list);
	list_move_tail(&node->list, &store->items);
	set_depth(store, store->depth + 1);
	fifo_store(transfer->port, &node->item, item, now, store->depth);
}

/* Makes the oldest item's node a spare one. */
static struct fifo_item *fetch_one(struct list_store *store,
				   struct fifo_transfer *transfer)
{
	struct list_node *node;

	node = list_first_entry(&store->items, struct list_node, list);
	list_move_tail(&node->list, &transfer->spare);
	set_depth(store, store->depth - 1);
	return &node->item;
}

static unsigned int list_engine_put(struct fifo_queue *queue,
				    struct fifo_transfer *transfer)
{
	struct list_store *store = queue->store;
	unsigned int n = 0;
	u64 now;

	spin_lock_bh(&store->lock);
	now = ktime_get_ns();
	while (n < transfer->n && store->depth < queue->size &&
	       !list_empty(&transfer->spare))
		store_one(store, transfer, &transfer->from[n++], now);
	spin_unlock_bh(&store->lock);
	return n;
}

static unsigned int list_engine_get(struct fifo_queue *queue,
				    struct fifo_transfer *transfer)
{
	struct list_store *store = queue->store;
	unsigned int i, n;

	spin_lock_bh(&store->lock);
	n = min(transfer->n, store->depth);
	for (i = 0; i < n; i++) {
		transfer->to[i] = *fetch_one(store, transfer);
		fifo_fetched(transfer->port, &transfer->to[i], store->depth);
	}
	spin_unlock_bh(&store->lock);
	return n;
}

/* There may be room again. */
static unsigned int list_engine_replace(struct fifo_queue *queue,
					struct fifo_transfer *transfer)
{
	struct list_store *store = queue->store;
	const struct fifo_item *oldest;

	spin_lock_bh(&store->lock);
	if (store->depth == queue->size) {
		oldest = fetch_one(store, transfer);
		fifo_dropped(queue, oldest, store->depth);
	}
	store_one(store, transfer, transfer->from, ktime_get_ns());
	spin_unlock_bh(&store->lock);
	return 1;
}

static unsigned int list_engine_depth(const struct fifo_queue *queue)
{
	const struct list_store *store = queue->store;

	return READ_ONCE(store->depth);
}

static bool list_engine_ready(const struct fifo_queue *queue,
			      enum fifo_role role)
{
	unsigned int depth = list_engine_depth(queue);

	return role == FIFO_PRODUCER ? depth < queue->size : depth;
}

const struct fifo_engine fifo_engine_list = {
	.name = "list",
	.atomic = true,
	.init = list_engine_init,
	.destroy = list_engine_destroy,
	.prepare = list_engine_prepare,
	.cleanup = list_engine_cleanup,
	.put = list_engine_put,
	.get = list_engine_get,
	.replace = list_engine_replace,
	.depth = list_engine_depth,
	.ready = list_engine_ready,
};
