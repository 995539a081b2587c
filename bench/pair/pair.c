// SPDX-License-Identifier: GPL-2.0
/*
 * What a put and the get after it cost, where nobody waits: through fifo.ko, whose
 * queue i has the engine i of the table below; and by hand, with no more than what
 * that engine is made of. The difference is what one API for all of them costs:
 * ports that can be cancelled, time stamps, counters, policies, tracepoints that
 * are off.
 *
 * It measures while it is loaded, for ms milliseconds each, and says:
 *
 *	pair: ENGINE: NANOSECONDS NANOSECONDS
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bottom_half.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/time64.h>
#include <linux/wait.h>
#include "fifo.h"
#include "../../fifo/engine/turns.h"

#define SIZE		1024
/* Pairs between two looks at the clock. */
#define TURN		1000

static unsigned int ms = 100;
module_param(ms, uint, 0444);
MODULE_PARM_DESC(ms, "Milliseconds for each measurement");

/* An array, for the first two engines and the slots of the last. */
static struct fifo_item slots[SIZE];
static unsigned int head, tail;

static void put_slot(const struct fifo_item *item)
{
	slots[tail++ % SIZE] = *item;
}

static void get_slot(struct fifo_item *item)
{
	*item = slots[head++ % SIZE];
}

static struct semaphore empty, fill;
static DEFINE_MUTEX(mutex);

static void semaphore_put(const struct fifo_item *item)
{
	down(&empty);
	mutex_lock(&mutex);
	put_slot(item);
	mutex_unlock(&mutex);
	up(&fill);
}

static void semaphore_get(struct fifo_item *item)
{
	down(&fill);
	mutex_lock(&mutex);
	get_slot(item);
	mutex_unlock(&mutex);
	up(&empty);
}

static DEFINE_SPINLOCK(lock);
static DECLARE_WAIT_QUEUE_HEAD(not_full);
static DECLARE_WAIT_QUEUE_HEAD(not_empty);

static void wake(wait_queue_head_t *wq)
{
	/* The barrier in there pairs with that of a waiter between joining and looking. */
	if (wq_has_sleeper(wq))
		wake_up(wq);
}

static void waitqueue_put(const struct fifo_item *item)
{
	spin_lock_bh(&lock);
	put_slot(item);
	spin_unlock_bh(&lock);
	wake(&not_empty);
}

static void waitqueue_get(struct fifo_item *item)
{
	spin_lock_bh(&lock);
	get_slot(item);
	spin_unlock_bh(&lock);
	wake(&not_full);
}

struct node {
	struct list_head list;
	struct fifo_item item;
};

static struct kmem_cache *nodes;
static LIST_HEAD(items);

static void list_put(const struct fifo_item *item)
{
	struct node *node = kmem_cache_alloc(nodes, GFP_KERNEL);

	if (!node)
		return;
	node->item = *item;
	spin_lock_bh(&lock);
	list_add_tail(&node->list, &items);
	spin_unlock_bh(&lock);
	wake(&not_empty);
}

static void list_get(struct fifo_item *item)
{
	struct node *node;

	spin_lock_bh(&lock);
	node = list_first_entry_or_null(&items, struct node, list);
	if (node)
		list_del(&node->list);
	spin_unlock_bh(&lock);
	if (!node)
		return;
	*item = node->item;
	kmem_cache_free(nodes, node);
	wake(&not_full);
}

static struct fifo_ring ring;
static atomic64_t turns[SIZE];

static void ring_put(const struct fifo_item *item)
{
	u64 position;

	local_bh_disable();
	if (fifo_ring_claim_free(&ring, 1, &position)) {
		slots[fifo_ring_slot(&ring, position)] = *item;
		fifo_ring_filled(&ring, position);
	}
	local_bh_enable();
	wake(&not_empty);
}

static void ring_get(struct fifo_item *item)
{
	u64 position;

	local_bh_disable();
	if (fifo_ring_claim_filled(&ring, 1, &position)) {
		*item = slots[fifo_ring_slot(&ring, position)];
		fifo_ring_freed(&ring, position);
	}
	local_bh_enable();
	wake(&not_full);
}

static const struct engine {
	const char *name;
	void (*put)(const struct fifo_item *item);
	void (*get)(struct fifo_item *item);
} engines[] = {
	{ "semaphore", semaphore_put, semaphore_get },
	{ "waitqueue", waitqueue_put, waitqueue_get },
	{ "list", list_put, list_get },
	{ "ring", ring_put, ring_get },
};

static struct fifo_item item = { .type = FIFO_ITEM_TEXT, .len = FIFO_DATA_LEN };

/* Nanoseconds for each pair, in hundredths. */
static u64 by_hand(const struct engine *engine)
{
	u64 start = ktime_get_ns(), pairs = 0, spent;
	unsigned int i;

	do {
		for (i = 0; i < TURN; i++) {
			engine->put(&item);
			engine->get(&item);
		}
		pairs += TURN;
		cond_resched();
		spent = ktime_get_ns() - start;
	} while (spent < ms * (u64)NSEC_PER_MSEC);
	return div64_u64(spent * 100, pairs);
}

/* Likewise; 0 when one failed. */
static u64 by_ports(struct fifo_port *producer, struct fifo_port *consumer)
{
	u64 start = ktime_get_ns(), pairs = 0, spent;
	unsigned int i;

	do {
		for (i = 0; i < TURN; i++)
			if (fifo_put(producer, &item) ||
			    fifo_get(consumer, &item))
				return 0;
		pairs += TURN;
		cond_resched();
		spent = ktime_get_ns() - start;
	} while (spent < ms * (u64)NSEC_PER_MSEC);
	return div64_u64(spent * 100, pairs);
}

static int measure(unsigned int i)
{
	struct fifo_port *producer, *consumer;
	u32 ports_rest, hand_rest;
	u64 ports, hand;

	producer = fifo_attach(i, FIFO_PRODUCER, "pair");
	if (IS_ERR(producer))
		return PTR_ERR(producer);
	consumer = fifo_attach(i, FIFO_CONSUMER, "pair");
	if (IS_ERR(consumer)) {
		fifo_detach(producer);
		return PTR_ERR(consumer);
	}
	ports = by_ports(producer, consumer);
	hand = by_hand(&engines[i]);
	ports = div_u64_rem(ports, 100, &ports_rest);
	hand = div_u64_rem(hand, 100, &hand_rest);
	pr_info("%s: %llu.%02u %llu.%02u\n", engines[i].name, ports,
		ports_rest, hand, hand_rest);
	fifo_detach(consumer);
	fifo_detach(producer);
	return ports || ports_rest ? 0 : -EIO;
}

static int __init pair_init(void)
{
	unsigned int i;
	int err = 0;

	sema_init(&empty, SIZE);
	sema_init(&fill, 0);
	fifo_ring_init(&ring, SIZE, turns);
	nodes = kmem_cache_create("pair", sizeof(struct node), 0, 0, NULL);
	if (!nodes)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(engines) && !err; i++)
		err = measure(i);
	kmem_cache_destroy(nodes);
	return err;
}
module_init(pair_init);

static void __exit pair_exit(void)
{
}
module_exit(pair_exit);

MODULE_DESCRIPTION("Measures what a put and a get cost");
MODULE_LICENSE("GPL");
