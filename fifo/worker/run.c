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

/* How often a timer tries in a row, if a wake-up comes before each try. */
#define LOOKS_MAX	8

/* Has it ended, or is it to stop? A hint, without the lock. */
bool fifo_worker_over(const struct fifo_worker *worker)
{
	return READ_ONCE(worker->stopping) || worker->ended;
}

/* Was a rate set that the schedule does not have yet? A hint, without the lock. */
static bool rate_changed(const struct fifo_worker *worker)
{
	return READ_ONCE(worker->rate) != worker->schedule.rate;
}

/* Applies a new rate from the moment at which it was set. */
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

/* Stops the worker's clock. Later calls change nothing. */
void fifo_worker_stop_clock(struct fifo_worker *worker)
{
	lockdep_assert_held(&worker->lock);
	if (!worker->until)
		worker->until = ktime_get_ns();
}

/* Ends the worker: it moves nothing more. */
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

/*
 * How many items to move: none if the worker is to stop. The run may have napped, or lost its
 * processor, since it last looked. What has become due meanwhile would be more than the rate
 * gives until the stop. The flag is read after the clock. There is no barrier: a stop may be
 * missed for as long as a store takes to be seen.
 */
static unsigned int due(struct fifo_worker *worker)
{
	u64 most, now;

	follow_rate(worker);
	now = time_of(&worker->schedule);
	if (READ_ONCE(worker->stopping))
		return 0;
	fifo_schedule_bound(&worker->schedule, now);
	most = fifo_schedule_batch(&worker->schedule, FIFO_BATCH);
	if (worker->count)
		most = min_t(u64, most, worker->count -
			     atomic64_read(&worker->moved));
	return fifo_schedule_due(&worker->schedule, now, most);
}

/* After these errors the worker tries again; others end it. */
static bool temporary(int err)
{
	return err == -EAGAIN || err == -EINTR || err == -ENOMEM;
}

/*
 * Advances the schedule by the items that were moved. If they had to wait, a rate that
 * was set meanwhile applies to what is owed, too. So fewer may be owed than were moved.
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
 * Calls @move. If @move must not wait but would have to, the port stalls, and @move is
 * called once more after the port has joined the wait queue. A port that is woken for
 * nothing LOOKS_MAX times, as by a process that kicks all the time, does not stall:
 * the worker tries again later.
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
 * due or the worker is to stop, or a negative errno if it could move none.
 *
 * Ends the stall, and passes the wake-up on, unless the port must wait again. This
 * includes three cases: nothing is due any more at a new rate, the worker is to stop, and
 * @move has failed for another reason.
 */
int fifo_worker_move(struct fifo_worker *worker)
{
	unsigned int n = due(worker);
	int moved;

	if (!n) {
		fifo_port_end_stall(worker->port, fifo_worker_over(worker) ?
				    -ECANCELED : -EAGAIN);
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

/*
 * Sleeps during a run, on a high-resolution timer. A stop or a new rate ends the sleep
 * at once.
 */
void fifo_worker_nap(struct fifo_worker *worker, u64 ns)
{
	wait_event_interruptible_hrtimeout(worker->napping,
					   fifo_worker_over(worker) ||
					   rate_changed(worker),
					   ns_to_ktime(max(ns, NAP_LEAST_NS)));
}
