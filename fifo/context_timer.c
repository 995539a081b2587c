// SPDX-License-Identifier: GPL-2.0
/*
 * The timer context: a high-resolution timer of each worker, which moves items
 * in a softirq when they are due, without ever waiting. What it cannot move, as
 * the queue is full or empty, it tries again a tick later.
 *
 * A softirq that does not end keeps threads from its processor: so a run is
 * short, and the next comes after a pause, also at rate=max.
 */
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/time64.h>
#include "worker.h"

/* One run. */
#define RUN_NS		(200 * (u64)NSEC_PER_USEC)

/* From the end of a run to the next, at least. */
#define PAUSE_NS	(200 * (u64)NSEC_PER_USEC)

/* From a run that found the queue full or empty to the next. */
#define AGAIN_NS	((u64)TICK_NSEC)

/* Moves what is due, or some of it. Nanoseconds until there is more to do. */
static u64 move_due(struct fifo_worker *worker)
{
	u64 gap, until = ktime_get_ns() + RUN_NS;

	do {
		if (!fifo_worker_move(worker))
			return AGAIN_NS;
		gap = fifo_worker_gap(worker);
	} while (!gap && !fifo_worker_over(worker) && ktime_get_ns() < until);
	return gap;
}

static void arm(struct fifo_worker *worker, u64 gap)
{
	lockdep_assert_held(&worker->lock);
	hrtimer_start(&worker->timer, ns_to_ktime(ktime_get_ns() + gap),
		      HRTIMER_MODE_ABS_SOFT);
}

/* A rate that was set in the meantime is looked at soon: @gap is of the old. */
static void arm_again(struct fifo_worker *worker, u64 gap)
{
	spin_lock_bh(&worker->lock);
	if (worker->rate != worker->schedule.rate)
		gap = 0;
	if (!worker->stopping && !worker->ended)
		arm(worker, max(gap, PAUSE_NS));
	spin_unlock_bh(&worker->lock);
}

static enum hrtimer_restart fire(struct hrtimer *timer)
{
	struct fifo_worker *worker = container_of(timer, struct fifo_worker,
						  timer);

	if (!fifo_worker_over(worker))
		arm_again(worker, move_due(worker));
	return HRTIMER_NORESTART;
}

static int timer_create(struct fifo_worker *worker,
			const struct fifo_worker_config *config)
{
	hrtimer_setup(&worker->timer, fire, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_SOFT);
	return 0;
}

static void timer_poke(struct fifo_worker *worker)
{
	arm(worker, 0);
}

static void timer_stop(struct fifo_worker *worker)
{
	hrtimer_cancel(&worker->timer);
}

const struct fifo_context_ops fifo_context_timer = {
	.name = "timer",
	.atomic = true,
	.create = timer_create,
	.start = arm,
	.poke = timer_poke,
	.stop = timer_stop,
};
