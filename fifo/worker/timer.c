// SPDX-License-Identifier: GPL-2.0
/*
 * The timer context: a high-resolution timer of each worker, which moves items in a softirq
 * when they are due, and never waits. While the queue is full or empty the timer is not
 * armed. Instead the port stalls in the queue's wait queue, and a wake-up there arms the
 * timer.
 *
 * A long softirq keeps threads off its processor. So a run is short, and the next one
 * follows after a pause, even at rate=max. This limits each worker. To limit many workers
 * together, each run adds twice its length to @taken_until of its processor, and its worker
 * does not run again before that time. So timers take about half of a processor on average.
 * A timer that a wake-up or a new rate arms expires at that time, too.
 *
 * A timer expires on the processor on which it was armed, if it is armed as a pinned one.
 * But what starts a worker, wakes its port or sets its rate runs on any processor. So there
 * a work arms the timer of a pinned worker, on the worker's processor. A work can be queued
 * from any context and can be waited for, and it runs elsewhere if the processor has gone
 * offline. A run arms the timer itself: it is where the worker belongs.
 *
 * Stopping. Once @stopping is set, a run arms nothing; once the port is cancelled, a run
 * does not stall. But a wake-up through the wait queue may still arm the timer. So
 * timer_stop() takes four steps: it waits for a run that is under way, which may still join
 * the wait queue; it leaves the wait queue; it cancels the work by which a wake-up may be
 * about to arm the timer; and it cancels the timer again, in case a wake-up has armed it.
 */
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/time64.h>
#include <linux/workqueue.h>
#include "port.h"
#include "run.h"
#include "transfer.h"

/* After this time a run begins no further batch. */
#define RUN_NS		(200 * (u64)NSEC_PER_USEC)

/* From the end of a run to the worker's next, at least. */
#define PAUSE_NS	(200 * (u64)NSEC_PER_USEC)

/* The cost around a run: an interrupt, a softirq, arming the timer. */
#define AROUND_NS	(5 * (u64)NSEC_PER_USEC)

/* The most that is charged for a run. If it took longer, something else had the processor. */
#define CHARGE_NS	(100 * (u64)NSEC_PER_MSEC)

/* The pause after a run that failed with another temporary error. */
#define AGAIN_NS	((u64)TICK_NSEC)

/* A processor is without timers once none has run there for this long. */
#define LATELY_NS	((u64)NSEC_PER_SEC)

/*
 * Until when a processor's time is taken, in nanoseconds. It needs no lock: only our timers
 * write it, in softirqs of that processor. There hrtimers run one function at a time, which
 * does not migrate, even if softirqs are threads (PREEMPT_RT). Other processors read it as
 * a hint.
 */
static DEFINE_PER_CPU(u64, taken_until);

static bool ran_lately(int cpu)
{
	/* A hint: timers come and go. */
	u64 until = data_race(per_cpu(taken_until, cpu));

	return until + LATELY_NS > ktime_get_ns();
}

/*
 * Moves the caller, a work on an unbound workqueue that is about to print, to a processor
 * on which no timer has run lately, if it may run on one. Most consoles print a line with
 * interrupts off: the timers of that processor would wait.
 *
 * The thread runs other works, too, so it may then run where it might before. If the kernel
 * changes its mask in between, as when a processor comes back, this overwrites that change,
 * until the next one.
 */
void fifo_leave_timers(void)
{
	int cpu, here = raw_smp_processor_id();
	cpumask_var_t allowed;

	if (!ran_lately(here) || !alloc_cpumask_var(&allowed, GFP_KERNEL))
		return;
	cpumask_copy(allowed, current->cpus_ptr);
	for_each_cpu_wrap(cpu, allowed, here) {
		if (cpu_online(cpu) && !ran_lately(cpu)) {
			set_cpus_allowed_ptr(current, cpumask_of(cpu));
			set_cpus_allowed_ptr(current, allowed);
			break;
		}
	}
	free_cpumask_var(allowed);
}

static void arm(struct fifo_worker *worker, u64 at)
{
	hrtimer_start(&worker->timer, ns_to_ktime(at),
		      fifo_worker_pinned(worker) ? HRTIMER_MODE_ABS_PINNED_SOFT :
						   HRTIMER_MODE_ABS_SOFT);
}

static void arm_for_next(struct fifo_worker *worker)
{
	arm(worker, atomic64_read(&worker->not_before));
}

static void arm_here(struct work_struct *work)
{
	arm_for_next(container_of(work, struct fifo_worker, arming));
}

/* From any processor. */
static void arm_where_it_belongs(struct fifo_worker *worker)
{
	int cpu = fifo_worker_cpu(worker);

	if (cpu == FIFO_CPU_ANY)
		arm_for_next(worker);
	else
		queue_work_on(cpu, system_highpri_wq, &worker->arming);
}

/* Called by a wake-up of the stalled port. */
static void woken(void *data)
{
	arm_where_it_belongs(data);
}

/*
 * Moves what is due, or some of it. Sets @gap to the time until there is more to do.
 * Returns false if the port stalls: then a wake-up arms the timer.
 */
static bool move_due(struct fifo_worker *worker, u64 until, u64 *gap)
{
	*gap = 0;
	while (!*gap && !fifo_worker_over(worker) && ktime_get_ns() < until) {
		if (fifo_worker_move(worker) < 0) {
			*gap = AGAIN_NS;
			return !worker->port->again;
		}
		*gap = fifo_worker_gap(worker);
	}
	return true;
}

/*
 * If a new rate was set meanwhile, @gap is wrong: it belongs to the old one. Then runs
 * again soon.
 */
static void arm_again(struct fifo_worker *worker, u64 gap)
{
	u64 from = atomic64_read(&worker->not_before);

	spin_lock_bh(&worker->lock);
	if (worker->rate != worker->schedule.rate)
		gap = 0;
	if (!worker->stopping && !worker->ended)
		arm(worker, max(ktime_get_ns() + gap, from));
	spin_unlock_bh(&worker->lock);
}

/*
 * A wake-up or a new rate may arm the timer during a run, before the run's length is known.
 * So @not_before holds a guess during the run.
 *
 * A wake-up may have chosen this worker before it was over. The timer that it armed fires
 * here, and this passes the wake-up on: others may be asleep although there is something
 * for them.
 */
static enum hrtimer_restart fire(struct hrtimer *timer)
{
	struct fifo_worker *worker = container_of(timer, struct fifo_worker,
						  timer);
	u64 start = ktime_get_ns();
	u64 taken = max(this_cpu_read(taken_until), start);
	u64 now, gap;
	bool more;

	atomic64_set(&worker->not_before, taken + RUN_NS + PAUSE_NS);
	more = move_due(worker, start + RUN_NS, &gap);
	now = ktime_get_ns();
	taken += 2 * min(now - start + AROUND_NS, CHARGE_NS);
	this_cpu_write(taken_until, taken);
	atomic64_set(&worker->not_before, max(taken, now + PAUSE_NS));
	if (more)
		arm_again(worker, gap);
	if (fifo_worker_over(worker))
		fifo_pass_on(worker->port->waiter.point);
	return HRTIMER_NORESTART;
}

static int timer_create(struct fifo_worker *worker,
			const struct fifo_worker_config *config)
{
	worker->port->waiter.wake = woken;
	worker->port->waiter.wake_data = worker;
	INIT_WORK(&worker->arming, arm_here);
	hrtimer_setup(&worker->timer, fire, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_SOFT);
	return 0;
}

/* The first run of a pinned one comes at once, and arms it for when an item is due. */
static void timer_start(struct fifo_worker *worker, u64 gap)
{
	if (fifo_worker_pinned(worker))
		arm_where_it_belongs(worker);
	else
		arm(worker, ktime_get_ns() + gap);
}

static void timer_stop(struct fifo_worker *worker)
{
	hrtimer_cancel(&worker->timer);
	fifo_port_end_stall(worker->port, -ECANCELED);
	cancel_work_sync(&worker->arming);
	hrtimer_cancel(&worker->timer);
}

const struct fifo_context_ops fifo_context_timer = {
	.name = "timer",
	.atomic = true,
	.create = timer_create,
	.start = timer_start,
	.poke = arm_where_it_belongs,
	.stop = timer_stop,
};
