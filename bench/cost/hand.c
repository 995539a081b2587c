// SPDX-License-Identifier: GPL-2.0
/*
 * The same by hand, with no more than what an engine is made of, and with the kernel's own
 * queues. Nothing here can be cancelled, is counted, ordered, stamped or traced.
 */
#include <linux/kfifo.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/ptr_ring.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include "cost.h"

static struct fifo_item slots[COST_SLOTS], got[FIFO_BATCH];
static unsigned int head, tail;

static void put_slot(const struct fifo_item *item)
{
	slots[tail++ % COST_SLOTS] = *item;
}

static void get_slot(struct fifo_item *item)
{
	*item = slots[head++ % COST_SLOTS];
}

/* --- the textbook's: two semaphores and a mutex ------------------------------ */

static struct semaphore empty, fill;
static DEFINE_MUTEX(mutex);

static void textbook_put(const struct fifo_item *item)
{
	down(&empty);
	mutex_lock(&mutex);
	put_slot(item);
	mutex_unlock(&mutex);
	up(&fill);
}

static void textbook_get(struct fifo_item *item)
{
	down(&fill);
	mutex_lock(&mutex);
	get_slot(item);
	mutex_unlock(&mutex);
	up(&empty);
}

static bool textbook(unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		textbook_put(&cost_items[i]);
	for (i = 0; i < n; i++)
		textbook_get(&got[i]);
	return true;
}

/* --- a spinlock and two wait queues ------------------------------------------ */

static DEFINE_SPINLOCK(lock);
static DECLARE_WAIT_QUEUE_HEAD(not_full);
static DECLARE_WAIT_QUEUE_HEAD(not_empty);

/* The barrier in here pairs with that of a waiter between joining and looking. */
static void wake(wait_queue_head_t *wq)
{
	if (wq_has_sleeper(wq))
		wake_up(wq);
}

static bool wait_queues(unsigned int n)
{
	unsigned int i;

	spin_lock_bh(&lock);
	for (i = 0; i < n; i++)
		put_slot(&cost_items[i]);
	spin_unlock_bh(&lock);
	wake(&not_empty);
	spin_lock_bh(&lock);
	for (i = 0; i < n; i++)
		get_slot(&got[i]);
	spin_unlock_bh(&lock);
	wake(&not_full);
	return true;
}

/* --- a linked list ----------------------------------------------------------- */

struct node {
	struct list_head list;
	struct fifo_item item;
};

static struct kmem_cache *nodes;
static LIST_HEAD(list);

static bool list_put(const struct fifo_item *items, unsigned int n)
{
	struct node *node;
	LIST_HEAD(new);

	while (n--) {
		node = kmem_cache_alloc(nodes, GFP_KERNEL);
		if (!node)
			return false;
		node->item = *items++;
		list_add_tail(&node->list, &new);
	}
	spin_lock_bh(&lock);
	list_splice_tail(&new, &list);
	spin_unlock_bh(&lock);
	wake(&not_empty);
	return true;
}

static bool list_get(struct fifo_item *items, unsigned int n)
{
	struct node *node, *next;
	LIST_HEAD(old);

	spin_lock_bh(&lock);
	while (n-- && !list_empty(&list))
		list_move_tail(list.next, &old);
	spin_unlock_bh(&lock);
	list_for_each_entry_safe(node, next, &old, list) {
		*items++ = node->item;
		kmem_cache_free(nodes, node);
	}
	wake(&not_full);
	return true;
}

static bool linked_list(unsigned int n)
{
	return list_put(cost_items, n) && list_get(got, n);
}

/* --- the kernel's own -------------------------------------------------------- */

static DEFINE_KFIFO(kernels, struct fifo_item, COST_SLOTS);

static bool kfifo_locked(unsigned int n)
{
	return kfifo_in_spinlocked(&kernels, cost_items, n, &lock) == n &&
	       kfifo_out_spinlocked(&kernels, got, n, &lock) == n;
}

/* Of pointers: what they point to is not copied. */
static struct ptr_ring pointers;

static bool ptr_ring(unsigned int n)
{
	void *batch[FIFO_BATCH];
	unsigned int i;

	for (i = 0; i < n; i++)
		if (ptr_ring_produce(&pointers, &cost_items[i]))
			return false;
	if (n == 1)
		return ptr_ring_consume(&pointers);
	return ptr_ring_consume_batched(&pointers, batch, n) == n;
}

static const struct cost_figure figures[] = {
	{ .name = "textbook", .move = textbook },
	{ .name = "wait-queues", .move = wait_queues },
	{ .name = "list", .move = linked_list },
	{ .name = "kfifo", .move = kfifo_locked },
	{ .name = "ptr_ring", .move = ptr_ring },
};

static int count_all(void)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(figures) && !err; i++)
		err = cost_count("by-hand", &figures[i]);
	return err;
}

int cost_by_hand(void)
{
	int err;

	sema_init(&empty, COST_SLOTS);
	sema_init(&fill, 0);
	err = ptr_ring_init(&pointers, COST_SLOTS, GFP_KERNEL);
	if (err)
		return err;
	nodes = kmem_cache_create("cost", sizeof(struct node), 0, 0, NULL);
	err = nodes ? count_all() : -ENOMEM;
	kmem_cache_destroy(nodes);
	ptr_ring_cleanup(&pointers, NULL);
	return err;
}
