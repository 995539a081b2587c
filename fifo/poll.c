// SPDX-License-Identifier: GPL-2.0
/*
 * Polling: tells tasks that have no operation under way, through poll() and select(),
 * epoll, io_uring, and signals. wait.c has the rules and the barriers of both files.
 *
 * There are two kinds. Callers are in poll() or select(). A caller that is woken
 * announces itself again, and looks. Then it leaves the wait queue and returns, or sleeps
 * on. Watchers are epoll, io_uring, and signals. A watcher stays where it is, and a
 * callback tells it. It needs every kick: epoll may look again only when a task calls
 * epoll_wait(), and io_uring need not look again. A process that has mapped the other end
 * must know if there is a watcher. So each kind has its own place.
 */
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/signal.h>
#include "poll.h"

void fifo_pollers_init(struct fifo_pollers *pollers, enum fifo_role role,
		       u32 *flag, atomic_t *present)
{
	init_waitqueue_head(&pollers->callers);
	init_waitqueue_head(&pollers->watchers);
	pollers->flag = flag;
	pollers->present = present;
	pollers->role = role;
}

/* Is the caller poll() or select()? They join with a callback of their own: this one. */
static bool asks_again(const poll_table *wait)
{
	struct poll_wqueues calls;

	poll_initwait(&calls);
	return wait->_qproc == calls.pt._qproc;
}

/*
 * Adds the caller to those that poll, if @wait asks for it and has not joined yet. The
 * caller looks afterwards: it sees each change from before, and is told of each later
 * one.
 */
void fifo_pollers_join(struct fifo_pollers *pollers, struct file *file,
		       poll_table *wait)
{
	atomic_or(FIFO_POLLED, pollers->present);
	if (wait && wait->_qproc)
		poll_wait(file, asks_again(wait) ? &pollers->callers :
						   &pollers->watchers, wait);
	fifo_announce(pollers->flag);
}

/* Switches signals for the owner of an open file on or off, as fasync_helper(). */
int fifo_pollers_fasync(struct fifo_pollers *pollers, int fd,
			struct file *file, int on)
{
	int err = fasync_helper(fd, file, on, &pollers->fasync);

	if (err >= 0 && on) {
		atomic_or(FIFO_POLLED, pollers->present);
		fifo_announce(pollers->flag);
	}
	return err;
}

/* For fifo_wake_pollers() and fifo_wake(), which have checked that somebody polls. */
void fifo_pollers_tell(struct fifo_pollers *pollers)
{
	void *key = poll_to_key(fifo_poll_mask(pollers->role));

	__wake_up(&pollers->callers, TASK_NORMAL, 0, key);
	__wake_up(&pollers->watchers, TASK_NORMAL, 0, key);
	kill_fasync(&pollers->fasync, SIGIO,
		    pollers->role == FIFO_PRODUCER ? POLL_OUT : POLL_IN);
}

/*
 * For a kick, which will tell all that poll: clears their flag. A caller sets it again if
 * it sleeps on. A watcher may never look again, so while there is one, this sets the flag
 * for it. It does so before the watcher is told: what another thread of the process does
 * while the flag is clear, the watcher sees when it is told.
 */
void fifo_pollers_take_back(struct fifo_pollers *pollers)
{
	WRITE_ONCE(*pollers->flag, 0);
	/* (K) pairs with (H). */
	smp_mb();
	if (fifo_watched(pollers))
		WRITE_ONCE(*pollers->flag, 1);
}
