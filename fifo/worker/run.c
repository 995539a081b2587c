// SPDX-License-Identifier: GPL-2.0
/*
 * The runs of a worker: moving what is due, at its rate, until it is over. A context
 * calls these functions; worker.c starts and stops.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/wait.h>
#include "port.h"
#include "run.h"
#include "transfer.h"

/* The shortest nap: half a tick. */
#define NAP_LEAST_NS	((u64)TICK_NSEC / 2)

/* How often a timer looks in a row, when each time it has just been woken. */
#define LOOKS_MAX	8

/* Does it move nothing any more, or shall it not? A hint, without the lock. */
bool fifo_worker_over(const struct fifo_worker *worker)
{
	return READ_ONCE(worker->stopping) || worker->ended;
}

/* Was a rate set that the schedule does not have yet? A hint, without the lock. */
static bool rate_changed(const struct fifo_worker *worker)
{
	return READ_ONCE(worker->rate) != worker->schedule.rate;
}

/* Lets a rate that was set hold from the moment at which it was. */
static void follow_rate(struct fifo_worker *worker)
{
	u64 rate, since;

	if (!rate_changed(worker))
		return;
	spin_lock_bh(&worker->lock);
	rate = worker->rate;
	since = worker->since;
	spin_unlock_bh(&worker->lock);
	fifo_schedule_change(&worker->schedule, rate, since);
}

/* The clock of the worker stands from the first of these calls on. */
void fifo_worker_stop_clock(struct fifo_worker *worker)
{
	lockdep_assert_held(&worker->lock);
	if (!worker->until)
		worker->until = ktime_get_ns();
}

/* Nothing more is moved after this. */
void fifo_worker_end(struct fifo_worker *worker)
{
	if (worker->ended)
		return;
	spin_lock_bh(&worker->lock);
	fifo_worker_stop_clock(worker);
	spin_unlock_bh(&worker->lock);
	worker->ended = true;
	fifo_port_end_stall(worker->port, -ECANCELED);
	if (worker->ops->stopped)
		worker->ops->stopped(worker->data);
}

/* The time for a schedule: an unlimited one does not ask for it. */
static u64 time_of(const struct fifo_schedule *schedule)
{
	return schedule->rate == FIFO_RATE_UNLIMITED ? 0 : ktime_get_ns();
}

static unsigned int due(struct fifo_worker *worker)
{
	u64 most, now;

	follow_rate(worker);
	now = time_of(&worker->schedule);
	fifo_schedule_bound(&worker->schedule, now);
	most = fifo_schedule_batch(&worker->schedule, FIFO_BATCH);
	if (worker->count)
		most = min_t(u64, most, worker->count -
			     atomic64_read(&worker->moved));
	return fifo_schedule_due(&worker->schedule, now, most);
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
static void advance(struct fifo_worker *worker, unsigned int moved)
{
	struct fifo_schedule *schedule = &worker->schedule;
	u64 now;

	if (worker->port->waited) {
		follow_rate(worker);
		now = time_of(schedule);
		fifo_schedule_forgive(schedule, now);
		moved = fifo_schedule_due(schedule, now, moved);
		worker->port->waited = false;
	}
	fifo_schedule_advance(schedule, moved);
}

/*
 * Calls @move. Where that must not wait, the port stalls when it would have to,
 * and looks again once it has said so. Woken again and again for nothing, as by
 * processes that kick all the time, it does not stall: it looks again later.
 */
static int call_move(struct fifo_worker *worker, unsigned int n)
{
	bool nowait = worker->context->atomic;
	struct fifo_port *port = worker->port;
	unsigned int looks = 0;
	int moved;

	do {
		port->again = false;
		moved = worker->ops->move(worker->data, n, nowait);
		if (++looks == LOOKS_MAX)
			port->again = false;
	} while (moved <= 0 && nowait && port->again && fifo_port_stall(port));
	return moved;
}

static bool has_moved_all(const struct fifo_worker *worker)
{
	return worker->count && atomic64_read(&worker->moved) >= worker->count;
}

/*
 * Moves the items that are due, up to a batch. Returns how many it moved, 0 if none is
 * due, or a negative errno if it could move none.
 *
 * Ends the stall, and passes the wake-up on, unless the port must wait again: also if
 * nothing is due any more at a new rate, or if @move has failed for another reason.
 */
int fifo_worker_move(struct fifo_worker *worker)
{
	unsigned int n = due(worker);
	int moved;

	if (!n) {
		fifo_port_end_stall(worker->port, -EAGAIN);
		worker->port->waited = false;
		return 0;
	}
	moved = call_move(worker, n);
	if (moved > 0 || !worker->port->again)
		fifo_port_end_stall(worker->port, min(moved, 0));
	if (moved > 0) {
		advance(worker, moved);
		atomic64_add(moved, &worker->moved);
	}
	if ((moved < 0 && !temporary(moved)) || has_moved_all(worker))
		fifo_worker_end(worker);
	return moved ?: -EAGAIN;
}

/* Nanoseconds until an item is due, or 0. */
u64 fifo_worker_gap(const struct fifo_worker *worker)
{
	if (worker->schedule.rate == FIFO_RATE_UNLIMITED)
		return 0;
	return fifo_schedule_gap(&worker->schedule, ktime_get_ns());
}

/* Sleeps in a run: precise, and ends at once when something changes. */
void fifo_worker_nap(struct fifo_worker *worker, u64 ns)
{
	wait_event_interruptible_hrtimeout(worker->napping,
					   fifo_worker_over(worker) ||
					   rate_changed(worker),
					   ns_to_ktime(max(ns, NAP_LEAST_NS)));
}
