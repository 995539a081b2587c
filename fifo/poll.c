// SPDX-License-Identifier: GPL-2.0
/*
 * Telling those that have no operation under way: poll() and select(), epoll, io_uring,
 * and signals. It is of one layer with wait.c, which has the barriers.
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

/* Is it poll() or select() that asks? It is known by the function with which it joins. */
static bool asks_again(const poll_table *wait)
{
	struct poll_wqueues calls;

	poll_initwait(&calls);
	return wait->_qproc == calls.pt._qproc;
}

/*
 * Joins those that poll, if @wait asks for it and has not joined yet. What the caller
 * looks for afterwards is seen then, or it is told of it.
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

/* Has the owner of an open file signalled, or no more. As fasync_helper(). */
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

/* For fifo_wake_pollers() and fifo_wake(), which know that there is somebody. */
void fifo_pollers_tell(struct fifo_pollers *pollers)
{
	void *key = poll_to_key(fifo_poll_mask(pollers->role));

	__wake_up(&pollers->callers, TASK_NORMAL, 0, key);
	__wake_up(&pollers->watchers, TASK_NORMAL, 0, key);
	kill_fasync(&pollers->fasync, SIGIO,
		    pollers->role == FIFO_PRODUCER ? POLL_OUT : POLL_IN);
}

/*
 * A kick, which is to tell all that poll, clears their flag: those in poll() or select()
 * set it again, if they sleep on. For the others it is set again here, as long as one is
 * there, whether or not they ask again; and before they are told, so that what another
 * thread of the process does while it is clear is seen by them when they are.
 */
void fifo_pollers_take_back(struct fifo_pollers *pollers)
{
	WRITE_ONCE(*pollers->flag, 0);
	/* (K) pairs with (H). */
	smp_mb();
	if (fifo_watched(pollers))
		WRITE_ONCE(*pollers->flag, 1);
}
