// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting and waking: every sleep of an operation, and every wake-up. poll.c has those
 * that poll. What is waited for is known to the caller only, which hands in a function
 * that tries to do it.
 *
 * Three rules. A task that frees a slot, or fills one, wakes one exclusive waiter and
 * relies on it: this one takes what was released, or finds that another task has. A
 * wake-up can choose a waiter from the moment when that joins the wait queue until it
 * has left it, whatever it does in between. So:
 *
 * 1. A waiter that gives up leaves the wait queue first, and then tries once more,
 *    cancelled or not. Otherwise the wake-up that chose it in between is lost, and
 *    another waiter sleeps beside a free slot. (If that wake-up was a kick, it has also
 *    cleared the flag for others: the waiter announces itself again before it tries.)
 * 2. A waiter that took something wakes the next if more is ready: fifo_pass_on().
 *    Otherwise, where items become ready out of order (ring), one that a wake-up found
 *    not ready yet stays there while others sleep.
 * 3. A waiter that leaves with nothing wakes nobody. There was nothing when it had
 *    left, or the task that settled it has woken others; what comes later wakes one of
 *    those that are still there. Otherwise each of a thousand cancelled waiters looks
 *    for one to wake behind all that have yet to leave: they take time by the million.
 *
 * wait_event_interruptible_exclusive() with "moved || cancelled" as its condition
 * breaks the first one.
 *
 * Barriers. Each stands in one place, under its letter: A, H and N in poll.h, B in wait.h,
 * K in poll.c, C and J below. Others are defined where they stand: D and E in
 * engine/turns.h, F in user/map_end.c, L, M, P and Q in queue.h, U and V in
 * worker/kthread.c, X in param.c. Y, the pair of X, stands in client/client_param.c. R, S
 * and T are a process's, in tools/lib/libfifo.c; W and Z are of tests/torture/transfer.c.
 * There is no G, I or O.
 *
 * (A) full, the second of fifo_announce(). Before it a waiter counts as present, joins the
 * wait queue, sets its task's state, and its flag; behind it, it looks at the slots, at
 * @cancelled, and at the position of a process. Pairs with (B), (C) and (N), and with (T)
 * of libfifo, between storing the position and reading the flag. Without it both sides
 * miss each other, and the waiter sleeps for ever.
 *
 * (B) full, in fifo_wake_barrier(), between releasing a slot or an item, and the look at
 * @present and then the wait queues. Pairs with (A). Without it the look may come first,
 * and miss a waiter that has missed the release. In a kick it stands between clearing the
 * flag and that look, and pairs with (H).
 *
 * (C) full, of wake_up_process() in fifo_waiter_cancel(), between setting @cancelled and
 * reading the task's state. Pairs with (A). Without it a cancelled task falls asleep.
 *
 * (H) full, the first of fifo_announce(), between joining a wait queue and setting the
 * flag. Pairs with (B) and (K) of a kick: either the kick sees the one that has joined,
 * or the flag is set after the kick has cleared it. Without it a waiter sleeps that no
 * kick is made for.
 *
 * (J) acquire, of leaving the wait queue: its lock, or finish_wait()'s look whether the
 * entry is still there. Pairs with the release of a wake-up that took the entry out,
 * having stored what it is about. Without it fifo_pass_on() sees neither that, nor those
 * that had joined before. One that joins later sees by the lock what it is about.
 *
 * (K) full, in fifo_pollers_take_back(), between clearing the flag and the look for
 * watchers. Pairs with (H). Without it a watcher is told of nothing any more.
 *
 * (N) full, in fifo_wake_pollers(): as (B), for text that is ready outside the queue.
 * Pairs with (A).
 */
#include <linux/freezer.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include "wait.h"

/* @flags is in memory that a process may map to read. */
void fifo_wait_point_init(struct fifo_wait_point *point, enum fifo_role role,
			  struct fifo_map_end *flags,
			  bool (*ready)(struct fifo_wait_point *point))
{
	init_waitqueue_head(&point->waiters);
	fifo_pollers_init(&point->pollers, role, &flags->polled,
			  &point->present);
	point->flag = &flags->waiting;
	point->ready = ready;
}

/*
 * A process kicks. Until a waiter that is woken for that has found nothing and announces
 * itself again, the process sees no flag: otherwise it would kick for each item from the
 * first until the waiter runs. fifo_wake() comes next, whose (B) pairs with (H).
 */
void fifo_wait_point_take_back(struct fifo_wait_point *point)
{
	WRITE_ONCE(*point->flag, 0);
	fifo_pollers_take_back(&point->pollers);
}

/* Wakes as fifo_wake_released() does, which has found that there may be somebody. */
void fifo_wake_present(struct fifo_wait_point *point, unsigned int n)
{
	/* After (B). */
	if (waitqueue_active(&point->waiters))
		wake_up_nr(&point->waiters, n);
	if (fifo_polled(&point->pollers))
		fifo_pollers_tell(&point->pollers);
}

static int wake_stalled(struct wait_queue_entry *entry, unsigned int mode,
			int flags, void *key)
{
	struct fifo_waiter *waiter = container_of(entry, struct fifo_waiter,
						  entry);

	list_del_init(&entry->entry);
	waiter->wake(waiter->wake_data);
	return 1;
}

void fifo_waiter_init(struct fifo_waiter *waiter,
		      struct fifo_wait_point *point)
{
	waiter->point = point;
	spin_lock_init(&waiter->lock);
	init_waitqueue_func_entry(&waiter->entry, wake_stalled);
	INIT_LIST_HEAD(&waiter->entry.entry);
	waiter->entry.flags |= WQ_FLAG_EXCLUSIVE;
}

static void set_task(struct fifo_waiter *waiter, struct task_struct *task)
{
	spin_lock_bh(&waiter->lock);
	waiter->task = task;
	spin_unlock_bh(&waiter->lock);
}

static int why_stop(const struct fifo_waiter *waiter,
		    enum fifo_patience patience)
{
	if (fifo_waiter_cancelled(waiter))
		return -ECANCELED;
	if (patience == FIFO_WAITS_KILLABLY)
		return fatal_signal_pending(current) ? -EINTR : 0;
	return signal_pending(current) ? -EINTR : 0;
}

/*
 * How a task sleeps here: never as load. A killable sleep may be frozen in place, since
 * the freezer cannot interrupt it; otherwise it would keep the machine from suspending.
 * It is marked unsafe, as the task holds an open file's lock: others wait for that one
 * interruptibly, or killably in close(), and read and write nothing meanwhile.
 */
static unsigned int sleeping_state(enum fifo_patience patience)
{
	return patience == FIFO_WAITS_KILLABLY ?
	       TASK_KILLABLE | TASK_NOLOAD | TASK_FREEZABLE_UNSAFE :
	       TASK_INTERRUPTIBLE;
}

/*
 * A task that is frozen here takes nothing until it is thawed, and then looks by itself:
 * so the wake-up is not counted, and goes to the next waiter as well.
 */
static int wake_task(struct wait_queue_entry *entry, unsigned int mode,
		     int flags, void *key)
{
	struct task_struct *task = entry->private;
	int woken = autoremove_wake_function(entry, mode, flags, key);

	return task_is_frozen(task) ? 0 : woken;
}

/*
 * For a waiter that has left the wait queue, and does not try again: wakes the next, if
 * that could go on. Rule 2.
 *
 * If the waiter was chosen for a kick, that has cleared the flag for those that still
 * sleep, and the process may have gone on since without another. So this announces them
 * again, and @ready settles what was done before, which wakes for that. With an empty
 * wait queue there is nobody to do it for: one that joins later does it itself.
 */
void fifo_pass_on(struct fifo_wait_point *point)
{
	/* After (J). */
	if (!waitqueue_active(&point->waiters))
		return;
	fifo_announce(point->flag);
	if (point->ready(point))
		wake_up(&point->waiters);
}

/* The wait itself; rules 1 to 3 are here. */
static int wait_in(struct fifo_waiter *waiter, enum fifo_patience patience,
		   bool (*try)(void *data), void *data)
{
	struct fifo_wait_point *point = waiter->point;
	DEFINE_WAIT_FUNC(wait, wake_task);
	bool done;
	int err;

	do {
		prepare_to_wait_exclusive(&point->waiters, &wait,
					  sleeping_state(patience));
		fifo_announce(point->flag);
		done = try(data);
		err = why_stop(waiter, patience);
		if (!done && !err)
			schedule();
		/* (J) pairs with the wait queue's lock in a wake-up. */
		finish_wait(&point->waiters, &wait);
		if (!done) {
			fifo_announce(point->flag);
			done = try(data);
		}
	} while (!done && !err);
	if (!done)
		return err;
	fifo_pass_on(point);
	return 0;
}

/*
 * Sleeps until @try, which never sleeps, has returned true; the waiter is cancelled; or
 * a signal is pending, as @patience says. Returns 0 only if @try has returned true, or
 * else -ECANCELED or -EINTR.
 */
int fifo_wait(struct fifo_waiter *waiter, enum fifo_patience patience,
	      bool (*try)(void *data), void *data)
{
	int err;

	atomic_inc(&waiter->point->present);
	set_task(waiter, current);
	err = wait_in(waiter, patience, try, data);
	set_task(waiter, NULL);
	atomic_dec(&waiter->point->present);
	return err;
}

/*
 * A wait that does not sleep: the waiter is in the wait queue from the first call on until
 * fifo_stall_end(), and again after each wake-up, which calls @wake. Returns whether it
 * has joined just now: then its user must try once more.
 */
bool fifo_stall(struct fifo_waiter *waiter)
{
	struct fifo_wait_point *point = waiter->point;
	unsigned long flags;
	bool joins;

	if (!waiter->stalled_since) {
		waiter->stalled_since = ktime_get_ns();
		atomic_inc(&point->present);
	}
	spin_lock_irqsave(&point->waiters.lock, flags);
	joins = list_empty(&waiter->entry.entry);
	if (joins)
		__add_wait_queue_entry_tail(&point->waiters, &waiter->entry);
	spin_unlock_irqrestore(&point->waiters.lock, flags);
	fifo_announce(point->flag);
	return joins;
}

/*
 * Ends the stall, if there is one: the waiter has left the wait queue. It passes a
 * wake-up on in any case. Returns whether there was one, and how long it was.
 */
bool fifo_stall_end(struct fifo_waiter *waiter, u64 *ns)
{
	struct fifo_wait_point *point = waiter->point;
	unsigned long flags;

	if (!waiter->stalled_since)
		return false;
	spin_lock_irqsave(&point->waiters.lock, flags);
	list_del_init(&waiter->entry.entry);
	spin_unlock_irqrestore(&point->waiters.lock, flags);
	atomic_dec(&point->present);
	*ns = ktime_get_ns() - waiter->stalled_since;
	waiter->stalled_since = 0;
	fifo_pass_on(point);
	return true;
}

/* Its user finds that it is cancelled. */
static void cancel_stall(struct fifo_waiter *waiter)
{
	wait_queue_head_t *waiters = &waiter->point->waiters;
	unsigned long flags;

	spin_lock_irqsave(&waiters->lock, flags);
	if (!list_empty(&waiter->entry.entry))
		wake_stalled(&waiter->entry, TASK_NORMAL, 0, NULL);
	spin_unlock_irqrestore(&waiters->lock, flags);
}

/*
 * Wakes the waiter, and lets it wait no more. With interrupts enabled. The lock keeps
 * the task from returning, and so from exiting, while it is woken. If the task has not
 * set @task yet, it takes the lock after this, and its first look sees the flag.
 */
void fifo_waiter_cancel(struct fifo_waiter *waiter)
{
	WRITE_ONCE(waiter->cancelled, true);
	spin_lock_bh(&waiter->lock);
	if (waiter->task) {
		/* (C) pairs with (A). */
		wake_up_process(waiter->task);
	}
	spin_unlock_bh(&waiter->lock);
	cancel_stall(waiter);
}
