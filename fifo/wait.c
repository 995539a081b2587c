// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting and waking: every sleep of an operation for room or for an item, and the
 * wake-ups from it. Tasks that poll are in poll.c. Only the caller knows what it waits
 * for: it hands in a function that tries to do it.
 *
 * For each slot that a task frees or fills, it wakes one exclusive waiter, and relies on
 * it: the waiter takes what was released, or finds that another task has taken it. A
 * wake-up can choose a waiter at any time from when it joins the wait queue until it has
 * left it. This gives three rules:
 *
 * 1. A waiter that gives up leaves the wait queue first, and then tries once more,
 *    cancelled or not. Otherwise a wake-up that chose it before it left is lost, and
 *    another waiter sleeps on although a slot is free. (If a kick chose it, the kick has
 *    also cleared the flag that other waiters need. So the waiter sets the flag again
 *    before it tries.)
 * 2. A waiter that succeeded wakes the next one if more is ready: fifo_pass_on().
 *    Otherwise, in the ring, whose items become ready out of order, an item that was not
 *    ready when its waiter woke stays in the queue while others sleep.
 * 3. A waiter that leaves with nothing wakes nobody. It need not: after it had left,
 *    nothing was ready, or a task that settled a mapping has woken others for it. What
 *    becomes ready later wakes a waiter that is still there. It must not, either: each of a
 *    thousand cancelled waiters would search past all those that have yet to leave, which
 *    takes a million steps.
 *
 * wait_event_interruptible_exclusive() with the condition "moved || cancelled" breaks
 * rule 1.
 *
 * Barriers. Each stands in one place, under its letter: A, H and N in poll.h, B in wait.h,
 * K in poll.c, C and J below. Others are defined where they stand: D and E in
 * engine/turns.h, F in user/map_end.c, L, M, P and Q in queue.h, U and V in
 * worker/kthread.c, X in param.c. Y, the pair of X, stands in client/client_param.c. R, S
 * and T are a process's, in tools/lib/libfifo.c; W and Z are of tests/torture/transfer.c.
 * There is no G, I or O.
 *
 * (A) full, the second in fifo_announce(). Before it, a waiter counts as present, joins
 * the wait queue, and sets its task's state and its flag. After it, the waiter looks at
 * the slots, at @cancelled, and at a process's position. Pairs with (B), (C) and (N), and
 * with (T) of libfifo, which is between storing the position and reading the flag. Without
 * it both sides may miss each other, and the waiter sleeps for ever.
 *
 * (B) full, in fifo_wake_barrier(), between releasing a slot or an item and looking at
 * @present, and then at the wait queues. Pairs with (A). Without it the look may come
 * first, and miss a waiter that has missed the release. In a kick it is between clearing
 * the flag and that look, and pairs with (H).
 *
 * (C) full, inside wake_up_process() as fifo_waiter_cancel() calls it, between setting
 * @cancelled and reading the task's state. Pairs with (A). Without it a cancelled task
 * falls asleep.
 *
 * (H) full, the first in fifo_announce() (poll.h), between joining a wait queue and
 * setting the flag. Pairs with (B) and (K) of a kick: either the kick sees the waiter, or
 * the waiter sets the flag after the kick has cleared it. Without it a waiter may sleep
 * while its flag is clear, and the process never kicks for it.
 *
 * (J) acquire, on leaving the wait queue: by its lock, as in fifo_stall_end(), or by
 * finish_wait()'s check that the entry is already out. Pairs with the release of the
 * wake-up that took the entry out, which comes after the store that the wake-up is about.
 * Without it fifo_pass_on() may see neither that store, nor the waiters that had joined
 * before. A waiter that joins later sees the store through the lock.
 *
 * (K) full, in fifo_pollers_take_back() (poll.c), between clearing the flag and looking
 * for watchers. Pairs with (H). Without it the flag may stay clear while there is a
 * watcher, which then hears of nothing any more.
 *
 * (N) full, in fifo_wake_pollers() (poll.h), between leaving text outside the queue and
 * looking at the wait queues. As (B). Pairs with (A).
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
 * For a kick: clears the flags. The flag of waiters stays clear until a woken waiter has
 * found nothing, and sets it again; otherwise the process would kick for every item until
 * that waiter runs. The caller calls fifo_wake() next; its (B) pairs with (H).
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
 * The state in which a task sleeps. It never counts as load. The freezer cannot interrupt
 * a killable sleep: TASK_FREEZABLE_UNSAFE lets it freeze the task in place. Otherwise the task
 * would keep the machine from suspending. "Unsafe", because the task holds an open file's
 * lock meanwhile.
 * That does no harm: others wait for this lock interruptibly, or killably in close(), and
 * read and write nothing meanwhile.
 */
static unsigned int sleeping_state(enum fifo_patience patience)
{
	return patience == FIFO_WAITS_KILLABLY ?
	       TASK_KILLABLE | TASK_NOLOAD | TASK_FREEZABLE_UNSAFE :
	       TASK_INTERRUPTIBLE;
}

/*
 * A frozen task takes nothing until it is thawed, and then looks again by itself. So its
 * wake-up does not count, and the next waiter is woken, too.
 */
static int wake_task(struct wait_queue_entry *entry, unsigned int mode,
		     int flags, void *key)
{
	struct task_struct *task = entry->private;
	int woken = autoremove_wake_function(entry, mode, flags, key);

	return task_is_frozen(task) ? 0 : woken;
}

/*
 * For a waiter that has left the wait queue, and does not try again: wakes the next one if
 * that could succeed (rule 2).
 *
 * If a kick chose the waiter, it has cleared the flag that those still asleep need, and
 * the process may have moved more items since without a kick. So this sets the flag again
 * for them. @ready then settles what the process did before, and settling wakes waiters.
 * If the wait queue is empty, nobody needs this: a waiter that joins later sets the flag
 * itself.
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

/* The waiter counts as present from here until leave(). */
static void arrive(struct fifo_waiter *waiter)
{
	WRITE_ONCE(waiter->since, ktime_get_ns());
	atomic_inc(&waiter->point->present);
}

/* Returns how long it was present, in nanoseconds. */
static u64 leave(struct fifo_waiter *waiter)
{
	u64 ns = ktime_get_ns() - waiter->since;

	atomic_dec(&waiter->point->present);
	WRITE_ONCE(waiter->since, 0);
	return ns;
}

/*
 * Sleeps until @try, which never sleeps, returns true; or the waiter is cancelled; or a
 * signal that counts under @patience is pending. Returns 0 only if @try has returned true,
 * or else -ECANCELED or -EINTR; and the length of the wait in @ns.
 */
int fifo_wait(struct fifo_waiter *waiter, enum fifo_patience patience,
	      bool (*try)(void *data), void *data, u64 *ns)
{
	int err;

	arrive(waiter);
	set_task(waiter, current);
	err = wait_in(waiter, patience, try, data);
	set_task(waiter, NULL);
	*ns = leave(waiter);
	return err;
}

/*
 * Waits without sleeping: adds the waiter to the wait queue, unless it is there. A wake-up
 * takes it out and calls @wake; the next call adds it again. fifo_stall_end() ends the
 * stall. Returns true if the waiter has just joined: then its user must try once more.
 */
bool fifo_stall(struct fifo_waiter *waiter)
{
	struct fifo_wait_point *point = waiter->point;
	unsigned long flags;
	bool joins;

	if (!waiter->since)
		arrive(waiter);
	spin_lock_irqsave(&point->waiters.lock, flags);
	joins = list_empty(&waiter->entry.entry);
	if (joins)
		__add_wait_queue_entry_tail(&point->waiters, &waiter->entry);
	spin_unlock_irqrestore(&point->waiters.lock, flags);
	fifo_announce(point->flag);
	return joins;
}

/*
 * Ends the stall, if there is one: takes the waiter out of the wait queue, and passes a
 * wake-up on in any case. Returns whether there was a stall, and its length in @ns.
 */
bool fifo_stall_end(struct fifo_waiter *waiter, u64 *ns)
{
	struct fifo_wait_point *point = waiter->point;
	unsigned long flags;

	if (!waiter->since)
		return false;
	/* (J) pairs with this lock in a wake-up. */
	spin_lock_irqsave(&point->waiters.lock, flags);
	list_del_init(&waiter->entry.entry);
	spin_unlock_irqrestore(&point->waiters.lock, flags);
	*ns = leave(waiter);
	fifo_pass_on(point);
	return true;
}

/* Wakes a stalled waiter: its user then finds that it is cancelled. */
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
 * Wakes the waiter, and ends each later wait at once. Needs interrupts enabled. The lock
 * keeps the task from returning, and so from exiting, during the wake-up. A task that sets
 * @task later takes the lock later, and so sees @cancelled at its first look.
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
