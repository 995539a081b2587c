// SPDX-License-Identifier: GPL-2.0
/*
 * When the items of a worker are due.
 *
 * None of these functions takes a lock or sleeps: the caller owns the schedule.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>
#include "fifo.h"
#include "schedule.h"

/*
 * One period is PERIOD_UNITS / rate nanoseconds. The largest products in this file,
 * all below 2^64:
 *
 *	elapsed * rate <= 10^9 * 10^10       (elapsed is cut at a second)
 *	n * PERIOD_UNITS <= 10^6 * 10^12     (n is at most FIFO_SCHEDULE_MAX)
 *	wait * rate <= 2 * 10^12             (wait is at most one period)
 *
 *	TICK_NSEC * rate <= 10^7 * 10^10
 *
 * and fraction < rate <= 10^10 may be added to each of them.
 */
#define PERIOD_UNITS	(FIFO_RATE_UNIT * (u64)NSEC_PER_SEC)

/* A rate as people write it: 5/s, 0.25/s, max. Returns @text. */
char *fifo_rate_text(char *text, u64 rate)
{
	u32 decimals;
	u64 whole;
	int len;

	if (rate == FIFO_RATE_UNLIMITED) {
		snprintf(text, FIFO_RATE_TEXT, "max");
		return text;
	}
	whole = div_u64_rem(rate, FIFO_RATE_UNIT, &decimals);
	len = snprintf(text, FIFO_RATE_TEXT, "%llu.%03u/s", whole, decimals);
	len -= sizeof("/s") - 1;
	while (text[len - 1] == '0')
		len--;
	if (text[len - 1] == '.')
		len--;
	snprintf(text + len, FIFO_RATE_TEXT - len, "/s");
	return text;
}

static u64 period(u64 rate)
{
	return div64_u64(PERIOD_UNITS, rate);
}

/* Items due by the clock: never too many, and at most those of one second. */
static unsigned int due_by(const struct fifo_schedule *schedule, u64 now)
{
	u64 units;

	if (now < schedule->next)
		return 0;
	units = min_t(u64, now - schedule->next, NSEC_PER_SEC) * schedule->rate;
	if (units < schedule->fraction)
		return 0;
	return div64_u64(units - schedule->fraction, PERIOD_UNITS) + 1;
}

/* Advances @next by @n periods. */
static void skip_periods(struct fifo_schedule *schedule, unsigned int n)
{
	u64 units = n * PERIOD_UNITS + schedule->fraction;
	u64 whole = div64_u64(units, schedule->rate);

	schedule->next += whole;
	schedule->fraction = units - whole * schedule->rate;
}

/**
 * fifo_schedule_start() - begin: the first item is due one period from now
 * @schedule: the schedule
 * @rate: thousandths of an item a second, or %FIFO_RATE_UNLIMITED
 * @now: nanoseconds
 */
void fifo_schedule_start(struct fifo_schedule *schedule, u64 rate, u64 now)
{
	schedule->rate = rate;
	schedule->next = now;
	schedule->fraction = 0;
	schedule->owed = 0;
	if (rate != FIFO_RATE_UNLIMITED)
		skip_periods(schedule, 1);
}

/**
 * fifo_schedule_due() - how many items are due
 * @schedule: the schedule
 * @now: nanoseconds
 * @most: the most that the caller can use, up to %FIFO_SCHEDULE_MAX
 *
 * Never too many. If more than a second's items are owed, it may return only those of
 * the first second: advance, and ask again.
 *
 * Return: 0 to @most
 */
unsigned int fifo_schedule_due(const struct fifo_schedule *schedule, u64 now,
			       unsigned int most)
{
	if (schedule->rate == FIFO_RATE_UNLIMITED)
		return most;
	return min(schedule->owed + due_by(schedule, now), most);
}

/**
 * fifo_schedule_batch() - how many items may be moved at once
 * @schedule: the schedule
 * @most: the most that the caller can use
 *
 * An operation may stall for any length of time, and may then move its whole batch. So a batch
 * must not be larger than what fifo_schedule_forgive() leaves.
 *
 * Return: 1 to @most
 */
unsigned int fifo_schedule_batch(const struct fifo_schedule *schedule,
				 unsigned int most)
{
	u64 debt = div64_u64(schedule->rate, PERIOD_UNITS / FIFO_DEBT_NS);

	return clamp_t(u64, debt, 1, most);
}

/**
 * fifo_schedule_advance() - account for items that were moved
 * @schedule: the schedule
 * @n: how many, up to %FIFO_SCHEDULE_MAX
 */
void fifo_schedule_advance(struct fifo_schedule *schedule, unsigned int n)
{
	unsigned int owed = min(n, schedule->owed);

	if (schedule->rate == FIFO_RATE_UNLIMITED)
		return;
	schedule->owed -= owed;
	skip_periods(schedule, n - owed);
}

/**
 * fifo_schedule_forgive() - cut what is owed after a stall
 * @schedule: the schedule; its next item is the one that stalled
 * @now: nanoseconds
 *
 * Leaves the items of %FIFO_DEBT_NS, at least one, for the worker to make up. It does
 * not tell items that the stall delayed from items that were late before.
 */
void fifo_schedule_forgive(struct fifo_schedule *schedule, u64 now)
{
	u64 one, debt;

	if (schedule->rate == FIFO_RATE_UNLIMITED)
		return;
	one = period(schedule->rate);
	debt = one < FIFO_DEBT_NS ? FIFO_DEBT_NS - one : 0;
	if (schedule->next + debt < now) {
		schedule->next = now - debt;
		schedule->fraction = 0;
		schedule->owed = 0;
	}
}

/**
 * fifo_schedule_bound() - cut what is owed, if a late wake-up does not explain it
 * @schedule: the schedule
 * @now: nanoseconds
 *
 * Cuts nothing up to %FIFO_LATE_NS or one period, whichever is longer. Beyond that it
 * cuts as after a stall.
 */
void fifo_schedule_bound(struct fifo_schedule *schedule, u64 now)
{
	u64 late;

	if (schedule->rate == FIFO_RATE_UNLIMITED || now <= schedule->next)
		return;
	late = now - schedule->next;
	if (late > FIFO_LATE_NS && late > period(schedule->rate))
		fifo_schedule_forgive(schedule, now);
}

/**
 * fifo_schedule_change() - let a new rate hold from now on
 * @schedule: the schedule
 * @rate: thousandths of an item a second, or %FIFO_RATE_UNLIMITED
 * @now: nanoseconds
 *
 * What is due stays due, up to the items of one tick, or one item if that is more.
 * Pacing alone never makes a worker later than that, and more would break the new
 * rate. The time since the last item counts, so that frequent
 * changes do not postpone the next item for ever.
 */
void fifo_schedule_change(struct fifo_schedule *schedule, u64 rate, u64 now)
{
	u64 old = schedule->rate, wait;
	unsigned int due, most;

	if (old == FIFO_RATE_UNLIMITED || rate == FIFO_RATE_UNLIMITED) {
		fifo_schedule_start(schedule, rate, now);
		return;
	}
	due = due_by(schedule, now);
	skip_periods(schedule, min(due, FIFO_SCHEDULE_MAX));
	most = div64_u64(TICK_NSEC * old, PERIOD_UNITS);
	schedule->owed = min(schedule->owed + due, max(most, 1U));
	wait = period(old);
	if (schedule->next > now)
		wait = min(schedule->next - now, wait);
	schedule->rate = rate;
	schedule->fraction = 0;
	schedule->next = now + div64_u64(wait * old, rate);
}

/**
 * fifo_schedule_gap() - the time until the next item is due
 * @schedule: the schedule
 * @now: nanoseconds
 *
 * Return: nanoseconds, rounded up; 0 if it is due
 */
u64 fifo_schedule_gap(const struct fifo_schedule *schedule, u64 now)
{
	u64 due = schedule->next + !!schedule->fraction;

	if (schedule->rate == FIFO_RATE_UNLIMITED || schedule->owed || due <= now)
		return 0;
	return due - now;
}
