// SPDX-License-Identifier: GPL-2.0
/*
 * The work context: delayed work on a workqueue of each worker: an unbound one, or, if
 * the worker is pinned, that of its processor.
 *
 * The timer wheel is coarse: a delay of d ticks takes up to d + 1, and one of 63 ticks or
 * more up to an eighth longer. So the delayed work covers only the long part of a pause,
 * and its delay is shortened where the wheel rounds up. The work itself sleeps for the rest, less
 * than two ticks, on a high-resolution timer. Above about HZ / 2 items a second, runs
 * therefore follow each other without a gap, each on a kworker. A run ends after RUN_NS,
 * and the next one queues behind the other works of its pool.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/math64.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/time64.h>
#include "run.h"

/* After this time a run begins no further move. */
#define RUN_NS		(20 * NSEC_PER_MSEC)

/* The work itself sleeps through shorter pauses. */
#define NAP_NS		(2 * (u64)TICK_NSEC)

/*
 * From this number of ticks on the timer wheel rounds delays up, by up to an eighth:
 * LVL_START(1) in kernel/time/timer.c.
 */
#define WHEEL_COARSE	63

/*
 * The delay in ticks, such that the timer is at most one tick late. The work naps for the
 * rest.
 */
static unsigned long wheel_delay(u64 ns)
{
	unsigned long ticks = div_u64(ns, TICK_NSEC);

	return ticks < WHEEL_COARSE ? ticks : ticks - ticks / 8;
}

/* Under the lock, which is held until the work is queued there: pin.c says why. */
static int place(const struct fifo_worker *worker)
{
	lockdep_assert_held(&worker->lock);
	return fifo_worker_pinned(worker) ? fifo_worker_cpu(worker) :
					    WORK_CPU_UNBOUND;
}

static void arm(struct fifo_worker *worker, unsigned long delay)
{
	spin_lock_bh(&worker->lock);
	if (!worker->stopping)
		queue_delayed_work_on(place(worker), worker->wq, &worker->work,
				      delay);
	spin_unlock_bh(&worker->lock);
}

static void run(struct work_struct *work)
{
	struct fifo_worker *worker = container_of(to_delayed_work(work),
						  struct fifo_worker, work);
	u64 until = ktime_get_ns() + RUN_NS, gap = 0;

	while (!fifo_worker_over(worker) && gap < NAP_NS) {
		if (gap)
			fifo_worker_nap(worker, gap);
		if (ktime_get_ns() > until) {
			arm(worker, 0);
			return;
		}
		gap = fifo_worker_move(worker) < 0 ? NAP_NS : fifo_worker_gap(worker);
		cond_resched_tasks_rcu_qs();
	}
	if (!worker->ended)
		arm(worker, wheel_delay(gap));
}

/*
 * Ordered: unbound, with one work at a time. From Linux 6.6 on, a workqueue that is not
 * ordered has a structure for each possible processor: hundreds of kilobytes.
 *
 * The kernel lets no module confine an unbound one: apply_workqueue_attrs() is not exported.
 * So the workqueue of a pinned worker has a structure for each possible processor, and uses
 * one. Its works run for long: as CPU_INTENSIVE ones they keep no other work from the
 * processor. Pinned workers cannot share a workqueue: a worker that waits in its work takes
 * one of the few places that a workqueue has on a processor.
 */
static struct workqueue_struct *wq_new(bool pinned,
				       const struct fifo_worker_config *config)
{
	if (pinned)
		return alloc_workqueue("%.16s/%u", WQ_PERCPU | WQ_CPU_INTENSIVE,
				       1, config->name, config->index);
	return alloc_ordered_workqueue("%.16s/%u", 0, config->name,
				       config->index);
}

static int work_create(struct fifo_worker *worker,
		       const struct fifo_worker_config *config)
{
	INIT_DELAYED_WORK(&worker->work, run);
	worker->wq = wq_new(fifo_worker_pinned(worker), config);
	return worker->wq ? 0 : -ENOMEM;
}

/* Called only after work_stop(): destroy_workqueue() does not wait for delayed work. */
static void work_destroy(struct fifo_worker *worker)
{
	destroy_workqueue(worker->wq);
}

static void work_start(struct fifo_worker *worker, u64 gap)
{
	queue_delayed_work_on(place(worker), worker->wq, &worker->work,
			      wheel_delay(gap));
}

static void work_poke(struct fifo_worker *worker)
{
	mod_delayed_work_on(place(worker), worker->wq, &worker->work, 0);
}

static void work_stop(struct fifo_worker *worker)
{
	cancel_delayed_work_sync(&worker->work);
}

const struct fifo_context_ops fifo_context_work = {
	.name = "work",
	.create = work_create,
	.destroy = work_destroy,
	.start = work_start,
	.poke = work_poke,
	.stop = work_stop,
};
