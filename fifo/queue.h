/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A queue: what all engines share.
 */
#ifndef _FIFO_QUEUE_H
#define _FIFO_QUEUE_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/poll.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include "fifo.h"

#define FIFO_QUEUES_MAX		16
#define FIFO_SIZE_MAX		1048576

/* The most items of a mapped end that are settled at a time. */
#define FIFO_SETTLE_MOST	256

struct fifo_engine;
struct fifo_transfer;

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
 * struct fifo_end - what the producers of a queue share, or the consumers
 * @items: items that they have moved, dropped ones too; atomic
 * @waiters: where they sleep; its own lock
 * @pollers: where poll() and select() wait for them; its own lock. Who is in it has
 *	an open file, which holds fifo.ko, and leaves before that is gone
 * @watchers: where others wait that poll, and stay when they are told: poll.c; its
 *	own lock; likewise. Not with the waiters: an exclusive waiter of epoll would
 *	take a wake-up, and move nothing
 * @fasync: who is sent a signal; the kernel's locks
 * @waiting: how many clients wait; atomic
 * @users: how many ports there are, or -1: a mapping, which shares with nobody;
 *	atomic
 */
struct fifo_end {
	atomic64_t items ____cacheline_aligned_in_smp;
	wait_queue_head_t waiters;
	wait_queue_head_t pollers;
	wait_queue_head_t watchers;
	struct fasync_struct *fasync;
	atomic_t waiting;
	atomic_t users;
};

/**
 * struct fifo_control - the page that a process may map to read
 * @version: %FIFO_MAP_VERSION; constant
 * @size: how many items fit; constant
 * @reserved: 0
 * @ends: by enum fifo_role
 * @ends.waiting: a client may wait; set by who does, cleared by a kick
 * @ends.polled: somebody may wait in poll(); likewise, but for those that stay there
 * @ends.reserved: 0
 *
 * It is struct fifo_map_control, as the kernel writes it.
 */
struct fifo_control {
	u32 version;
	u32 size;
	u32 reserved[14];
	struct {
		u32 waiting;
		u32 polled;
		u32 reserved[14];
	} ends[2];
};

/**
 * struct fifo_leftovers - text that was got, and is there for the next read
 * @lock: guards the rest; fifo_port.lock and those of wait queues are taken in it
 * @closed: the readers that have it, oldest first; @lock
 * @waiting: readers that are told when there is some; @lock
 */
struct fifo_leftovers {
	spinlock_t lock;	/* both lists */
	struct list_head closed;
	struct list_head waiting;
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
 * @leftovers: text that closed files have left; its own lock
 * @control: who waits, in a page of its own; the pointer is constant
 * @ends: its producers and its consumers, by enum fifo_role
 * @dropped: items lost to the overflow policy; atomic
 * @mapping_errors: how often a process that has mapped it was found to make no
 *	sense, having made some before; atomic
 * @discarded: items left in the queue when it was destroyed; atomic
 *
 * The ledger, true whenever nobody is inside an operation:
 * put = got + dropped + discarded + depth, where put and got are @items of the ends.
 */
struct fifo_queue {
	unsigned int index;
	unsigned int size;
	enum fifo_overflow overflow;
	const struct fifo_engine *engine;
	void *store;
	struct miscdevice misc;
	char name[8];
	struct fifo_leftovers leftovers;
	struct fifo_control *control;
	struct fifo_end ends[2];
	atomic64_t dropped ____cacheline_aligned_in_smp;
	atomic64_t discarded;
	atomic64_t mapping_errors;
};

extern const char *const fifo_overflow_names[];

int fifo_queue_init(struct fifo_queue *queue, unsigned int index);
void fifo_queue_discard(struct fifo_queue *queue);
void fifo_queue_destroy(struct fifo_queue *queue);
struct fifo_queue *fifo_queue_find(unsigned int index);
bool fifo_queues_shown(void);
bool fifo_queue_settle(struct fifo_queue *queue);
void fifo_queue_settle_all(struct fifo_queue *queue);
bool fifo_queue_ready(const struct fifo_queue *queue, enum fifo_role role);
bool fifo_queue_try(struct fifo_queue *queue, struct fifo_transfer *transfer);
int fifo_put_now(struct fifo_port *port, const struct fifo_item *items,
		 unsigned int n);
int fifo_put_killably(struct fifo_port *port, const struct fifo_item *item);
int fifo_get_now(struct fifo_port *port, struct fifo_item *items,
		 unsigned int n);
void fifo_queue_poll(struct fifo_queue *queue, enum fifo_role role,
		     struct file *file, poll_table *wait);
int fifo_queue_fasync(struct fifo_queue *queue, enum fifo_role role, int fd,
		      struct file *file, int on);
void fifo_tell_pollers(struct fifo_queue *queue, enum fifo_role role);
void fifo_polled_take_back(struct fifo_queue *queue, enum fifo_role role);

/* What poll() says when somebody of this role can go on. */
static inline __poll_t fifo_poll_mask(enum fifo_role role)
{
	return role == FIFO_PRODUCER ? EPOLLOUT | EPOLLWRNORM :
				       EPOLLIN | EPOLLRDNORM;
}

/* Is there somebody who stays there when told? After a full barrier. */
static inline bool fifo_watched(struct fifo_end *end)
{
	/* After (B) or (K). */
	return waitqueue_active(&end->watchers) || READ_ONCE(end->fasync);
}

/*
 * Tells all that poll for what clients of this role wait for, after a full barrier:
 * (B). All, since a kick has taken back what any of them said.
 *
 * Called with no lock of ours but an open file's: it may send signals.
 */
static inline void fifo_wake_pollers(struct fifo_queue *queue,
				     enum fifo_role role)
{
	struct fifo_end *end = &queue->ends[role];

	/* After (B). */
	if (waitqueue_active(&end->pollers) || fifo_watched(end))
		fifo_tell_pollers(queue, role);
}

/*
 * Wakes up to @n clients of this role, at least 1, after slots or items were
 * released, and all that poll for them.
 *
 * (B) The full barrier between the release and the look at the wait queues pairs
 * with (A) in wait_in(), and with (G) in fifo_queue_poll(). Without it the look
 * may come first, and miss a waiter that has missed the release.
 */
static inline void fifo_wake(struct fifo_queue *queue, enum fifo_role role,
			     unsigned int n)
{
	wait_queue_head_t *waiters = &queue->ends[role].waiters;

	/* (B) */
	smp_mb();
	/* After (B). */
	if (waitqueue_active(waiters))
		wake_up_nr(waiters, n);
	fifo_wake_pollers(queue, role);
}

/*
 * Who has an end: clients share it, or a process has it for itself.
 *
 * (L) The release in giving it back pairs with (M), the full barrier of taking it
 * where that succeeds. Without them the next owner might find the ring where it was
 * before the last one had settled, or still find that one's mapping there.
 */
static inline bool fifo_end_share(struct fifo_end *end)
{
	/* (M) */
	return atomic_inc_unless_negative(&end->users);
}

static inline void fifo_end_leave(struct fifo_end *end)
{
	/* (L) */
	atomic_dec_return_release(&end->users);
}

static inline bool fifo_end_own(struct fifo_end *end)
{
	/* (M) */
	return !atomic_cmpxchg(&end->users, 0, -1);
}

static inline void fifo_end_disown(struct fifo_end *end)
{
	/* (L) */
	atomic_set_release(&end->users, 0);
}

/* Books so many items as put, or got. */
static inline void fifo_count(struct fifo_queue *queue, enum fifo_role role,
			      unsigned int n)
{
	atomic64_add(n, &queue->ends[role].items);
}

static inline u64 fifo_items_put(const struct fifo_queue *queue)
{
	return atomic64_read(&queue->ends[FIFO_PRODUCER].items);
}

static inline u64 fifo_items_got(const struct fifo_queue *queue)
{
	return atomic64_read(&queue->ends[FIFO_CONSUMER].items);
}

static inline atomic_t *fifo_waiting(struct fifo_queue *queue,
				     enum fifo_role role)
{
	return &queue->ends[role].waiting;
}

extern const struct attribute_group *fifo_queue_groups[];

int fifo_dev_register(struct fifo_queue *queue);
void fifo_dev_unregister(struct fifo_queue *queue);

#endif /* _FIFO_QUEUE_H */
