// SPDX-License-Identifier: GPL-2.0
/*
 * The list engine: a linked list that threads and softirqs share.
 *
 * A put allocates nodes before it takes the lock, and a get frees nodes after it has
 * dropped it. The store keeps up to SPARES_MAX used nodes as spares for later puts. A
 * producer that waits always has a node of its own, since others may take the spares.
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
#include "operation.h"

/* The most nodes that are kept: 96 KiB. */
#define SPARES_MAX	1024

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
 * @depth: how many there are; written under @lock, read without it as a hint
 * @spare: nodes for any put; @lock
 * @spares: how many, up to %SPARES_MAX; written under @lock, read without it as a hint
 */
struct list_store {
	struct kmem_cache *nodes;
	spinlock_t lock;	/* what follows */
	struct list_head items;
	unsigned int depth;
	struct list_head spare;
	unsigned int spares;
};

static int list_engine_init(struct fifo_queue *queue)
{
	struct list_store *store;

	store = kzalloc(sizeof(*store), GFP_KERNEL);
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
	INIT_LIST_HEAD(&store->spare);
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

	/* There may be a million nodes. */
	list_for_each_entry_safe(node, next, &store->items, list) {
		kmem_cache_free(store->nodes, node);
		cond_resched_tasks_rcu_qs();
	}
	free_nodes(store, &store->spare);
	kmem_cache_destroy(store->nodes);
	kfree(store);
}

static void list_engine_detach(struct fifo_port *port)
{
	free_nodes(port->queue->store, &port->nodes);
}

/* A put may fail with -ENOMEM, but must not wake the OOM killer. */
static int add_node(struct fifo_port *port, bool nowait)
{
	struct list_store *store = port->queue->store;
	gfp_t gfp = nowait ? GFP_ATOMIC :
		    GFP_KERNEL | __GFP_RETRY_MAYFAIL;
	struct list_node *node;

	node = kmem_cache_alloc(store->nodes, gfp | __GFP_NOWARN);
	if (!node)
		return -ENOMEM;
	list_add(&node->list, &port->nodes);
	port->nr_nodes++;
	return 0;
}

/*
 * Allocates as many nodes as a put can use now, beyond the spare ones; and at least
 * one, so that the port can wait.
 */
static int list_engine_prepare(struct fifo_port *port, unsigned int n,
			       bool nowait)
{
	struct list_store *store = port->queue->store;
	int err = 0;

	n = min(n, max(port->queue->size - READ_ONCE(store->depth), 1U));
	while (!err && (!port->nr_nodes ||
			port->nr_nodes + READ_ONCE(store->spares) < n))
		err = add_node(port, nowait);
	return port->nr_nodes ? 0 : err;
}

static void set_depth(struct list_store *store, unsigned int depth)
{
	lockdep_assert_held(&store->lock);
	WRITE_ONCE(store->depth, depth);
}

/* Takes a spare node, or one of the port. Returns NULL if there is none. */
static struct list_node *take_node(struct list_store *store,
				   struct fifo_port *port)
{
	struct list_node *node;

	if (store->spares) {
		WRITE_ONCE(store->spares, store->spares - 1);
		node = list_first_entry(&store->spare, struct list_node, list);
	} else if (port->nr_nodes) {
		port->nr_nodes--;
		node = list_first_entry(&port->nodes, struct list_node, list);
	} else {
		return NULL;
	}
	return node;
}

static __always_inline unsigned int
list_engine_put(struct fifo_port *port, const struct fifo_item *items,
		unsigned int n)
{
	struct list_store *store = port->queue->store;
	unsigned int i, depth;
	struct list_node *node;
	u64 now = ktime_get_ns();

	spin_lock_bh(&store->lock);
	depth = store->depth;
	n = min(n, port->queue->size - depth);
	for (i = 0; i < n; i++) {
		node = take_node(store, port);
		if (!node)
			break;
		fifo_store(&node->item, &items[i], port->source, ++port->seq,
			   now);
		depth++;
		trace_fifo_put(port->queue, &node->item, depth);
		list_move_tail(&node->list, &store->items);
	}
	set_depth(store, depth);
	spin_unlock_bh(&store->lock);
	return i;
}

/* Keeps a node for the next puts, or moves it to @excess. */
static void retire_node(struct list_store *store, struct list_node *node,
			struct list_head *excess)
{
	if (store->spares < SPARES_MAX) {
		WRITE_ONCE(store->spares, store->spares + 1);
		list_move(&node->list, &store->spare);
	} else {
		list_move(&node->list, excess);
	}
}

/* @depth: how many items there were. */
static void trace_get(struct fifo_port *port, const struct fifo_item *items,
		      unsigned int n, unsigned int depth)
{
	unsigned int i;

	port->got_at = ktime_get_ns();
	for (i = 0; i < n; i++)
		trace_fifo_get(port, &items[i], depth - 1 - i);
}

static __always_inline unsigned int
list_engine_get(struct fifo_port *port, struct fifo_item *items, unsigned int n)
{
	struct list_store *store = port->queue->store;
	unsigned int i, depth;
	struct list_node *node;
	LIST_HEAD(excess);

	spin_lock_bh(&store->lock);
	depth = store->depth;
	n = min(n, depth);
	for (i = 0; i < n; i++) {
		node = list_first_entry(&store->items, struct list_node, list);
		items[i] = node->item;
		retire_node(store, node, &excess);
	}
	if (n && trace_fifo_get_enabled())
		trace_get(port, items, n, depth);
	set_depth(store, depth - n);
	spin_unlock_bh(&store->lock);
	free_nodes(store, &excess);
	return n;
}

/*
 * A get may have made room since @put failed. If not, the oldest item's node takes
 * the new item.
 */
static unsigned int list_engine_replace(struct fifo_port *port,
					const struct fifo_item *items,
					unsigned int n)
{
	struct list_store *store = port->queue->store;
	struct list_node *node;
	u64 now = ktime_get_ns();

	spin_lock_bh(&store->lock);
	if (store->depth == port->queue->size) {
		node = list_first_entry(&store->items, struct list_node, list);
		fifo_dropped(port->queue, &node->item, store->depth - 1);
	} else {
		node = take_node(store, port);
		set_depth(store, store->depth + 1);
	}
	fifo_store(&node->item, items, port->source, ++port->seq, now);
	trace_fifo_put(port->queue, &node->item, store->depth);
	list_move_tail(&node->list, &store->items);
	spin_unlock_bh(&store->lock);
	return 1;
}

static unsigned int list_engine_depth(const struct fifo_queue *queue)
{
	const struct list_store *store = queue->store;

	return READ_ONCE(store->depth);
}

static u64 list_engine_oldest(const struct fifo_queue *queue)
{
	struct list_store *store = queue->store;
	struct list_node *node;
	u64 time;

	spin_lock_bh(&store->lock);
	node = list_first_entry_or_null(&store->items, struct list_node, list);
	time = node ? node->item.time : 0;
	spin_unlock_bh(&store->lock);
	return time;
}

static bool list_engine_ready(const struct fifo_queue *queue,
			      enum fifo_role role)
{
	unsigned int depth = list_engine_depth(queue);

	return role == FIFO_PRODUCER ? depth < queue->size : depth;
}

FIFO_OPERATIONS(list)

const struct fifo_engine fifo_engine_list = {
	.name = "list",
	.atomic = true,
	.init = list_engine_init,
	.destroy = list_engine_destroy,
	.detach = list_engine_detach,
	.prepare = list_engine_prepare,
	.put = list_engine_put,
	.get = list_engine_get,
	.replace = list_engine_replace,
	FIFO_OPERATIONS_OF(list),
	.depth = list_engine_depth,
	.oldest = list_engine_oldest,
	.ready = list_engine_ready,
};
