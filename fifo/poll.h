/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Polling: waiting at an end of a queue with no operation under way. wait.h is built on
 * it; wait.c has the rules and the barriers of both.
 */
#ifndef _FIFO_POLL_H
#define _FIFO_POLL_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/poll.h>
#include <linux/wait.h>
#include <asm/barrier.h>
#include "fifo.h"

/* Somebody has polled since the queue was made: most queues never see that. */
#define FIFO_POLLED	BIT(30)

/**
 * struct fifo_pollers - those that poll at one end of a queue
 * @callers: the wait queue of poll() and select(); its own lock. A task in it has an open
 *	file, which holds fifo.ko, and leaves the wait queue before that file is freed
 * @watchers: the wait queue of epoll and io_uring, which stay in it after they are told;
 *	its own lock. Open files hold fifo.ko, as for @callers. Separate from the wait
 *	queue of operations, since an exclusive waiter of epoll would consume a wake-up
 *	there, and move nothing
 * @fasync: the owners of open files that get a signal; the kernel's locks
 * @present: what is not 0 if there may be somebody to wake; here %FIFO_POLLED is set, once
 *	and for good; atomic
 * @flag: not 0 if somebody may be polling; read by a process that has mapped the other end
 * @role: which end it is; constant
 */
struct fifo_pollers {
	wait_queue_head_t callers;
	wait_queue_head_t watchers;
	struct fasync_struct *fasync;
	atomic_t *present;
	u32 *flag;
	enum fifo_role role;
};

void fifo_pollers_init(struct fifo_pollers *pollers, enum fifo_role role,
		       u32 *flag, atomic_t *present);
void fifo_pollers_join(struct fifo_pollers *pollers, struct file *file,
		       poll_table *wait);
int fifo_pollers_fasync(struct fifo_pollers *pollers, int fd,
			struct file *file, int on);
void fifo_pollers_tell(struct fifo_pollers *pollers);
void fifo_pollers_take_back(struct fifo_pollers *pollers);

/*
 * Announces a waiter: sets the flag that a process which has mapped the other end reads.
 * The caller has joined a wait queue before, and looks at what it waits for afterwards.
 */
static inline void fifo_announce(u32 *flag)
{
	/* (H) pairs with (B) and (K). */
	smp_mb();
	WRITE_ONCE(*flag, 1);
	/* (A) pairs with (B), (C), (N), and (T) of the process. */
	smp_mb();
}

/* What poll() returns when an operation of this role can go on. */
static inline __poll_t fifo_poll_mask(enum fifo_role role)
{
	return role == FIFO_PRODUCER ? EPOLLOUT | EPOLLWRNORM :
				       EPOLLIN | EPOLLRDNORM;
}

/* Is there a watcher? The caller has just passed a full barrier. */
static inline bool fifo_watched(struct fifo_pollers *pollers)
{
	/* After (B), (K) or (N). */
	return waitqueue_active(&pollers->watchers) ||
	       READ_ONCE(pollers->fasync);
}

/* Does anybody poll? The caller has just passed a full barrier. */
static inline bool fifo_polled(struct fifo_pollers *pollers)
{
	/* After (B) or (N). */
	return waitqueue_active(&pollers->callers) || fifo_watched(pollers);
}

/*
 * Tells all that poll about text outside the queue (a leftover); fifo_wake() tells them
 * about the queue itself. It tells all, since a kick has cleared the one flag that they
 * share.
 *
 * The caller holds no lock of ours, except an open file's: this may send signals.
 */
static inline void fifo_wake_pollers(struct fifo_pollers *pollers)
{
	/* (N) pairs with (A). */
	smp_mb();
	if (fifo_polled(pollers))
		fifo_pollers_tell(pollers);
}

#endif /* _FIFO_POLL_H */
