// SPDX-License-Identifier: GPL-2.0
/*
 * Workers: moving items at a rate, on an absolute schedule, until stopped.
 *
 * A worker is delayed work on an unbound workqueue of its own. The timer wheel
 * is coarse: a delay of d ticks takes up to d + 1, and one of 63 ticks or more
 * an eighth longer. So the delayed work covers the long part of a pause, aimed
 * early where the wheel rounds, and what is shorter than two ticks is slept
 * in the work itself on a high-resolution timer. From about HZ / 2 items a
 * second on, a run therefore follows upon another, each on a kworker. A run
 * ends after RUN_NS, and the next goes to the back of its pool's list.
 *
 * Stopping, in two phases. fifo_worker_cancel() sets @stopping and cancels the
 * port; fifo_worker_stop() waits. These may still hold the worker then:
 *
 * - The timer of the delayed work, and the work in the list of its pool:
 *   cancel_delayed_work_sync() takes both back. Nobody arms it again, since
 *   both places that do test @stopping under the lock under which it was set.
 * - A run of the work. It is in @move, in the port's wait, which the port's
 *   cancellation ends; or in nap(), which ends on @stopping; or between, and
 *   then tests @stopping before the next of either. cancel_delayed_work_sync()
 *   waits for it.
 * - fifo_worker_set_rate() of somebody else arms nothing any more. That none
 *   is called once the worker is destroyed is its owner's business.
 *
 * destroy_workqueue() comes after that: it does not wait for delayed work.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "fifo.h"
#include "port.h"
#include "schedule.h"
#include "worker.h"

/* One run of the work, but for the wait or nap that it is in. */
#define RUN_NS		(20 * NSEC_PER_MSEC)

/* Pauses shorter than two ticks are slept in the work, for half a tick or more. */
#define NAP_NS		(2 * (u64)TICK_NSEC)
#define NAP_LEAST_NS	((u64)TICK_NSEC / 2)

/* The most items that are asked of one call of @move. */
#define MOVE_MOST	64

/*
 * From so many ticks on the timer wheel rounds delays up, by up to an eighth:
 * LVL_START(1) in kernel/time/timer.c.
 */
#define WHEEL_COARSE	63

const char *const fifo_context_names[] = {
	[FIFO_CONTEXT_WORK] = "work",
	NULL
};

/**
 * struct fifo_worker - a paced, stoppable context of execution
 * @port: what it moves items through; constant
 * @ops: what it does; constant
 * @data: handed to @ops; constant
 * @count: stop after so many items, or 0; constant
 * @wq: its own; constant
 * @work: armed under @lock only
 * @napping: where a run sleeps; its own lock
 * @moved: how many items so far; atomic
 * @ended: it moves nothing more, and @stopped was called; the run, or who
 *	destroys when there is none any more
 * @schedule: when items are due; the run
 * @lock: guards what follows, and arming
 * @started: when, in nanoseconds, or 0 until then; written once under @lock,
 *	before the first run
 * @rate: what the schedule is to be; @lock
 * @since: from when on, in nanoseconds; @lock
 * @until: when it was told to stop or had moved all, or 0 until then; @lock
 * @stopping: no arming from now on; @lock, and read without it as a hint
 */
struct fifo_worker {
	struct fifo_port *port;
	const struct fifo_worker_ops *ops;
	void *data;
	u64 count;
	struct workqueue_struct *wq;
	struct delayed_work work;
	wait_queue_head_t napping;
	atomic64_t moved;
	bool ended;
	struct fifo_schedule schedule;

	spinlock_t lock;	/* what follows, and arming */
	u64 started;
	u64 rate;
	u64 since;
	u64 until;
	bool stopping;
};

static bool stopping(const struct fifo_worker *worker)
{
	return READ_ONCE(worker->stopping);
}

static bool rate_changed(struct fifo_worker *worker)
{
	u64 rate;

	spin_lock(&worker->lock);
	rate = worker->rate;
	spin_unlock(&worker->lock);
	return rate != worker->schedule.rate;
}

/* Lets a rate that was set hold from the moment at which it was. */
static void follow_rate(struct fifo_worker *worker)
{
	u64 rate, since;

	spin_lock(&worker->lock);
	rate = worker->rate;
	since = worker->since;
	spin_unlock(&worker->lock);
	if (rate != worker->schedule.rate)
		fifo_schedule_change(&worker->schedule, rate, since);
}

/* The clock of the worker stands from the first of these calls on. */
static void stop_clock(struct fifo_worker *worker)
{
	lockdep_assert_held(&worker->lock);
	if (!worker->until)
		worker->until = ktime_get_ns();
}

/* Nothing more is moved after this. */
static void end(struct fifo_worker *worker)
{
	if (worker->ended)
		return;
	spin_lock(&worker->lock);
	stop_clock(worker);
	spin_unlock(&worker->lock);
	worker->ended = true;
	if (worker->ops->stopped)
		worker->ops->stopped(worker->data);
}

static unsigned int due(struct fifo_worker *worker)
{
	u64 most = MOVE_MOST;

	follow_rate(worker);
	if (worker->count)
		most = min_t(u64, most, worker->count -
			     atomic64_read(&worker->moved));
	return fifo_schedule_due(&worker->schedule, ktime_get_ns(), most);
}

/* Errors that pass. */
static bool temporary(int err)
{
	return err == -EAGAIN || err == -EINTR || err == -ENOMEM;
}

/*
 * Lets the schedule go on by the items that were moved. Where they had to wait,
 * a rate that was set meanwhile holds for what is owed, too, and they may be
 * more than that.
 */
static void go_on(struct fifo_worker *worker, unsigned int moved)
{
	struct fifo_schedule *schedule = &worker->schedule;
	u64 now = ktime_get_ns();

	if (worker->port->waited) {
		follow_rate(worker);
		fifo_schedule_forgive(schedule, now);
		moved = fifo_schedule_due(schedule, now, moved);
	}
	fifo_schedule_advance(schedule, moved);
}

/* Moves what is due, but for a bounded number. False: not now. */
static bool move(struct fifo_worker *worker)
{
	unsigned int n = due(worker);
	int moved;

	if (!n)
		return true;
	worker->port->waited = false;
	moved = worker->ops->move(worker->data, n);
	if (moved > 0) {
		go_on(worker, moved);
		atomic64_add(moved, &worker->moved);
	}
	if ((moved < 0 && !temporary(moved)) ||
	    (worker->count && atomic64_read(&worker->moved) >= worker->count))
		end(worker);
	return moved > 0;
}

/* Sleeps in the run: precise, and ends at once when something changes. */
static void nap(struct fifo_worker *worker, u64 ns)
{
	wait_event_interruptible_hrtimeout(worker->napping,
					   stopping(worker) ||
					   rate_changed(worker),
					   ns_to_ktime(max(ns, NAP_LEAST_NS)));
}

/* In ticks, so that the timer is at most one late: the rest is napped. */
static unsigned long wheel_delay(u64 ns)
{
	unsigned long ticks = div_u64(ns, TICK_NSEC);

	return ticks < WHEEL_COARSE ? ticks : ticks - ticks / 8;
}

static void arm(struct fifo_worker *worker, unsigned long delay)
{
	spin_lock(&worker->lock);
	if (!worker->stopping)
		queue_delayed_work(worker->wq, &worker->work, delay);
	spin_unlock(&worker->lock);
}

static void run(struct work_struct *work)
{
	struct fifo_worker *worker = container_of(to_delayed_work(work),
						  struct fifo_worker, work);
	u64 until = ktime_get_ns() + RUN_NS, gap = 0;

	while (!stopping(worker) && !worker->ended && gap < NAP_NS) {
		if (gap)
			nap(worker, gap);
		if (ktime_get_ns() > until) {
			arm(worker, 0);
			return;
		}
		gap = move(worker) ?
			fifo_schedule_gap(&worker->schedule, ktime_get_ns()) :
			NAP_NS;
		cond_resched();
	}
	if (!worker->ended)
		arm(worker, wheel_delay(gap));
}

/**
 * fifo_worker_create() - make a worker that does not run yet
 * @port: what it moves items through; no one else uses it from the start of
 *	the worker until it is destroyed
 * @config: how it is to run; copied
 *
 * Context: Process context, may sleep.
 * Return: The worker, or an error pointer: -EINVAL for a rate out of range or
 * an unknown context, -ENOMEM.
 */
struct fifo_worker *
fifo_worker_create(struct fifo_port *port,
		   const struct fifo_worker_config *config)
{
	struct fifo_worker *worker;

	if (config->context != FIFO_CONTEXT_WORK ||
	    !fifo_rate_valid(config->rate))
		return ERR_PTR(-EINVAL);
	worker = kzalloc(sizeof(*worker), GFP_KERNEL);
	if (!worker)
		return ERR_PTR(-ENOMEM);
	worker->port = port;
	worker->ops = config->ops;
	worker->data = config->data;
	worker->count = config->count;
	worker->rate = config->rate;
	spin_lock_init(&worker->lock);
	init_waitqueue_head(&worker->napping);
	INIT_DELAYED_WORK(&worker->work, run);
	worker->wq = alloc_workqueue("%.16s/%u", WQ_UNBOUND, 1, config->name,
				     config->index);
	if (!worker->wq) {
		kfree(worker);
		return ERR_PTR(-ENOMEM);
	}
	return worker;
}
EXPORT_SYMBOL_GPL(fifo_worker_create);

/**
 * fifo_worker_start() - let a worker run
 * @worker: the worker, not started before
 *
 * Its first item is due one period from now.
 *
 * Context: Process context.
 */
void fifo_worker_start(struct fifo_worker *worker)
{
	u64 now = ktime_get_ns();

	spin_lock(&worker->lock);
	worker->started = now;
	fifo_schedule_start(&worker->schedule, worker->rate, now);
	spin_unlock(&worker->lock);
	arm(worker, wheel_delay(fifo_schedule_gap(&worker->schedule, now)));
}
EXPORT_SYMBOL_GPL(fifo_worker_start);

/**
 * fifo_worker_set_rate() - let a new rate hold from now on
 * @worker: the worker
 * @rate: thousandths of an item a second, 1 to 10^10, or %FIFO_RATE_MAX;
 *	others are ignored
 *
 * Context: Process context. Takes the worker's lock.
 */
void fifo_worker_set_rate(struct fifo_worker *worker, u64 rate)
{
	if (!fifo_rate_valid(rate))
		return;
	spin_lock(&worker->lock);
	worker->rate = rate;
	worker->since = ktime_get_ns();
	if (worker->started && !worker->stopping)
		mod_delayed_work(worker->wq, &worker->work, 0);
	spin_unlock(&worker->lock);
	wake_up(&worker->napping);
}
EXPORT_SYMBOL_GPL(fifo_worker_set_rate);

/**
 * fifo_worker_cancel() - the first phase of stopping: tell it, do not wait
 * @worker: the worker
 *
 * Cancels the worker's port, too. To stop many workers, cancel all of them
 * before the first is destroyed. May be called more than once.
 *
 * Context: Process context. Takes the worker's lock and the port's.
 */
void fifo_worker_cancel(struct fifo_worker *worker)
{
	spin_lock(&worker->lock);
	WRITE_ONCE(worker->stopping, true);
	stop_clock(worker);
	spin_unlock(&worker->lock);
	wake_up(&worker->napping);
	fifo_cancel(worker->port);
}
EXPORT_SYMBOL_GPL(fifo_worker_cancel);

/**
 * fifo_worker_stop() - the second phase: wait until it has stopped
 * @worker: the worker, started or not; its port is cancelled, and remains
 *
 * When it returns, no function of the worker's owner runs or will, and
 * @stopped was called if the worker was started. It cannot be started again.
 *
 * Context: Process context, waits for the run that is under way: an operation
 * of the port or 64 items at most. Not from the worker itself.
 */
void fifo_worker_stop(struct fifo_worker *worker)
{
	fifo_worker_cancel(worker);
	cancel_delayed_work_sync(&worker->work);
	if (worker->started)
		end(worker);
}
EXPORT_SYMBOL_GPL(fifo_worker_stop);

/**
 * fifo_worker_destroy() - stop a worker and free it
 * @worker: the worker, which nobody uses any more
 *
 * Context: Process context, waits like fifo_worker_stop().
 */
void fifo_worker_destroy(struct fifo_worker *worker)
{
	fifo_worker_stop(worker);
	destroy_workqueue(worker->wq);
	kfree(worker);
}
EXPORT_SYMBOL_GPL(fifo_worker_destroy);

/**
 * fifo_worker_moved() - how many items a worker has moved
 * @worker: the worker
 *
 * Context: Any.
 * Return: Items since its start.
 */
u64 fifo_worker_moved(const struct fifo_worker *worker)
{
	return atomic64_read(&worker->moved);
}
EXPORT_SYMBOL_GPL(fifo_worker_moved);

/**
 * fifo_worker_elapsed() - how long a worker has been running
 * @worker: the worker, started
 *
 * Context: Any but interrupts. Takes the worker's lock.
 * Return: Nanoseconds from its start until now, or until it was told to stop
 * or had moved all that it was to; 0 when it was told to stop before its start.
 */
u64 fifo_worker_elapsed(struct fifo_worker *worker)
{
	u64 started, until;

	spin_lock(&worker->lock);
	started = worker->started;
	until = worker->until ?: ktime_get_ns();
	spin_unlock(&worker->lock);
	return until > started ? until - started : 0;
}
EXPORT_SYMBOL_GPL(fifo_worker_elapsed);
