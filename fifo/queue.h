/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A queue: what all engines share.
 */
#ifndef _FIFO_QUEUE_H
#define _FIFO_QUEUE_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/miscdevice.h>
#include <linux/wait.h>
#include "fifo.h"

#define FIFO_QUEUES_MAX		16
#define FIFO_SIZE_MAX		1048576

struct fifo_engine;

/**
 * enum fifo_overflow - what a put meets when the queue is full
 * @FIFO_BLOCK: it waits
 * @FIFO_DROP_NEWEST: its item is dropped
 * @FIFO_DROP_OLDEST: the oldest item is dropped to make room
 */
enum fifo_overflow {
	FIFO_BLOCK,
	FIFO_DROP_NEWEST,
	FIFO_DROP_OLDEST,
};

/**
 * struct fifo_queue - a bounded queue
 * @index: which one; constant
 * @size: how many items fit; constant
 * @overflow: what a put meets when it is full; constant
 * @engine: how it stores, excludes and claims; constant
 * @store: the engine's own; the pointer is constant
 * @misc: /dev/fifoN, and the counters in sysfs
 * @name: "fifoN"; constant
 * @put: items that producers have put, dropped ones too; atomic
 * @not_full: where producers sleep; its own lock
 * @producers_waiting: how many do; atomic
 * @got: items that consumers have got; atomic
 * @not_empty: where consumers sleep; its own lock
 * @consumers_waiting: how many do; atomic
 * @dropped: items lost to the overflow policy; atomic
 * @discarded: items left in the queue when it was destroyed; atomic
 *
 * The ledger, true whenever nobody is inside an operation:
 * put = got + dropped + discarded + depth.
 */
struct fifo_queue {
	unsigned int index;
	unsigned int size;
	enum fifo_overflow overflow;
	const struct fifo_engine *engine;
	void *store;
	struct miscdevice misc;
	char name[8];

	atomic64_t put ____cacheline_aligned_in_smp;
	wait_queue_head_t not_full;
	atomic_t producers_waiting;

	atomic64_t got ____cacheline_aligned_in_smp;
	wait_queue_head_t not_empty;
	atomic_t consumers_waiting;

	atomic64_t dropped ____cacheline_aligned_in_smp;
	atomic64_t discarded;
};

extern const char *const fifo_overflow_names[];

int fifo_queue_init(struct fifo_queue *queue, unsigned int index);
void fifo_queue_discard(struct fifo_queue *queue);
void fifo_queue_destroy(struct fifo_queue *queue);
struct fifo_queue *fifo_queue_find(unsigned int index);
bool fifo_queues_shown(void);

/*
 * Wakes up to @n waiters, after slots or items were released.
 *
 * (B) wq_has_sleeper() is a full barrier between the release and the look at
 * the wait queue, and pairs with (A) in wait_in(). Without it the look
 * may come first, and miss a waiter that has missed the release.
 */
static inline void fifo_wake(wait_queue_head_t *wq, unsigned int n)
{
	if (wq_has_sleeper(wq))
		wake_up_nr(wq, n);
}

extern const struct attribute_group *fifo_queue_groups[];

int fifo_dev_register(struct fifo_queue *queue);
void fifo_dev_unregister(struct fifo_queue *queue);

#endif /* _FIFO_QUEUE_H */
