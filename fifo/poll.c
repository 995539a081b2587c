// SPDX-License-Identifier: GPL-2.0
/*
 * Telling those that have no operation under way: poll() and select(), epoll, io_uring,
 * and signals.
 *
 * They come in two kinds. A task in poll() or select() is woken once: it asks again
 * then, and leaves the wait queue, or sleeps on having asked. Others stay where they
 * are, and are told by what is called in their place: epoll, which may ask only when
 * its own waiter comes; io_uring, which need not ask at all; signals. Each kind has a
 * place of its own, since a process that has mapped the other end must learn whether
 * somebody of the second kind is there: these want each of its kicks.
 */
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/signal.h>
#include "queue.h"

/* Is it poll() or select() that asks? It is known by the function with which it joins. */
static bool asks_again(const poll_table *wait)
{
	struct poll_wqueues calls;

	poll_initwait(&calls);
	return wait->_qproc == calls.pt._qproc;
}

/* Joins where it belongs, if it wants to wait and has not joined yet. */
static void join(struct fifo_end *end, struct file *file, poll_table *wait)
{
	if (wait && wait->_qproc)
		poll_wait(file, asks_again(wait) ? &end->pollers :
						   &end->watchers, wait);
}

/* Tells a process that has mapped the other end that somebody is to be told. */
static void say_polled(struct fifo_queue *queue, enum fifo_role role)
{
	/* (H) of port.c: between joining and saying so. */
	smp_mb();
	WRITE_ONCE(queue->control->ends[role].polled, 1);
}

/*
 * Waits in poll() for what clients of this role wait for, if @wait says so. What
 * is to be seen afterwards is seen, or wakes it.
 */
void fifo_queue_poll(struct fifo_queue *queue, enum fifo_role role,
		     struct file *file, poll_table *wait)
{
	join(&queue->ends[role], file, wait);
	say_polled(queue, role);
	/*
	 * (G) Between joining, saying so to a process that has mapped the other end,
	 * and looking: pairs with (B) in fifo_wake(), and with the full barrier of
	 * that process between storing its position and reading who polls.
	 */
	smp_mb();
	fifo_queue_settle(queue);
}

/*
 * Has the owner of an open file signalled, or no more, for what clients of this role
 * wait for. As fasync_helper().
 */
int fifo_queue_fasync(struct fifo_queue *queue, enum fifo_role role, int fd,
		      struct file *file, int on)
{
	int err = fasync_helper(fd, file, on, &queue->ends[role].fasync);

	if (err >= 0 && on)
		say_polled(queue, role);
	return err;
}

/* For fifo_wake_pollers(), which knows that there is somebody. */
void fifo_tell_pollers(struct fifo_queue *queue, enum fifo_role role)
{
	struct fifo_end *end = &queue->ends[role];
	void *key = poll_to_key(fifo_poll_mask(role));

	__wake_up(&end->pollers, TASK_NORMAL, 0, key);
	__wake_up(&end->watchers, TASK_NORMAL, 0, key);
	kill_fasync(&end->fasync, SIGIO,
		    role == FIFO_PRODUCER ? POLL_OUT : POLL_IN);
}

/*
 * A kick, which is to tell all that poll for what clients of this role wait for, takes
 * back what they said: those in poll() or select() say it again, if they sleep on. For
 * the others it is said here, as long as one is there, whether or not they ask again;
 * and before they are told, so that what another thread of the process does while it
 * is not said is seen by them when they are.
 *
 * (K) The full barrier between taking it back and the look pairs with (H), between
 * joining and saying so: either the kick sees the one that has joined, or what that
 * one says comes after it. Without it, one that is told of nothing any more stays there.
 */
void fifo_polled_take_back(struct fifo_queue *queue, enum fifo_role role)
{
	u32 *polled = &queue->control->ends[role].polled;

	WRITE_ONCE(*polled, 0);
	/* (K) */
	smp_mb();
	/* After (K). */
	if (fifo_watched(&queue->ends[role]))
		WRITE_ONCE(*polled, 1);
}
