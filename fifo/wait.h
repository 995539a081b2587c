/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting inside an operation, and waking. wait.c has the rules and the barriers.
 */
#ifndef _FIFO_WAIT_H
#define _FIFO_WAIT_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include "poll.h"

struct fifo_map_end;
struct task_struct;

/**
 * enum fifo_patience - what an operation may do if it cannot succeed at once
 * @FIFO_WAITS: wait for room, or for an item
 * @FIFO_WAITS_KILLABLY: the same, but only a fatal signal ends the wait
 * @FIFO_SLEEPS: not wait for those, but sleep for a lock or for memory
 * @FIFO_NEVER_SLEEPS: neither
 */
enum fifo_patience {
	FIFO_WAITS,
	FIFO_WAITS_KILLABLY,
	FIFO_SLEEPS,
	FIFO_NEVER_SLEEPS,
};

/**
 * struct fifo_wait_point - the place where tasks wait at one end of a queue
 * @waiters: the wait queue of those inside an operation; its own lock
 * @pollers: those that poll
 * @present: how many waiters there are, and %FIFO_POLLED; 0 if there is nobody to wake;
 *	atomic
 * @flag: not 0 if there may be a waiter; read by a process that has mapped the other
 *	end
 * @ready: settles what such a process did so far, and returns whether an operation
 *	could succeed then; constant
 */
struct fifo_wait_point {
	wait_queue_head_t waiters;
	struct fifo_pollers pollers;
	atomic_t present;
	u32 *flag;
	bool (*ready)(struct fifo_wait_point *point);
};

/**
 * struct fifo_waiter - a waiter, for one operation at a time, which can be cancelled
 * @point: where it waits; constant
 * @cancelled: set once by fifo_waiter_cancel(), read without a lock
 * @lock: guards @task; the task's own locks are taken in it
 * @task: the task that sleeps in fifo_wait(), or NULL; @lock
 * @entry: its place in the wait queue while it stalls; the wait queue's lock
 * @since: when the wait or the stall began, in nanoseconds, or 0; written by the user,
 *	read without a lock to be shown
 * @wake: called when it is woken in a stall, under the wait queue's lock; constant
 *	while it stalls
 * @wake_data: handed to @wake; constant likewise
 *
 * "The user" is the task that is inside an operation: at most one at a time.
 */
struct fifo_waiter {
	struct fifo_wait_point *point;
	bool cancelled;
	spinlock_t lock;	/* the task */
	struct task_struct *task;
	struct wait_queue_entry entry;
	u64 since;
	void (*wake)(void *data);
	void *wake_data;
};

void fifo_wait_point_init(struct fifo_wait_point *point, enum fifo_role role,
			  struct fifo_map_end *flags,
			  bool (*ready)(struct fifo_wait_point *point));
void fifo_wait_point_take_back(struct fifo_wait_point *point);

void fifo_waiter_init(struct fifo_waiter *waiter,
		      struct fifo_wait_point *point);
void fifo_waiter_cancel(struct fifo_waiter *waiter);
int fifo_wait(struct fifo_waiter *waiter, enum fifo_patience patience,
	      bool (*try)(void *data), void *data, u64 *ns);
bool fifo_stall(struct fifo_waiter *waiter);
bool fifo_stall_end(struct fifo_waiter *waiter, u64 *ns);
void fifo_pass_on(struct fifo_wait_point *point);
void fifo_wake_present(struct fifo_wait_point *point, unsigned int n);

/* How many operations wait. */
static inline int fifo_waiting(const struct fifo_wait_point *point)
{
	return atomic_read(&point->present) & ~FIFO_POLLED;
}

static inline bool fifo_waiter_cancelled(const struct fifo_waiter *waiter)
{
	return READ_ONCE(waiter->cancelled);
}

static inline bool fifo_waiter_idle(const struct fifo_waiter *waiter)
{
	return !waiter->task && !waiter->since;
}

/* Between releasing slots or items and fifo_wake_released(). */
static inline void fifo_wake_barrier(void)
{
	/* (B) pairs with (A), and with (H) after a kick. */
	smp_mb();
}

static inline void fifo_wake_released(struct fifo_wait_point *point,
				      unsigned int n)
{
	/* After (B). */
	if (unlikely(atomic_read(&point->present)))
		fifo_wake_present(point, n);
}

/*
 * Wakes up to @n waiters, at least 1, after slots or items were released, and tells all
 * that poll.
 */
static inline void fifo_wake(struct fifo_wait_point *point, unsigned int n)
{
	fifo_wake_barrier();
	fifo_wake_released(point, n);
}

#endif /* _FIFO_WAIT_H */
