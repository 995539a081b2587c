/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When the items of a worker are due: item k at start + k / rate, for ever.
 *
 * Arithmetic only, in integers, without drift: the due time of the next item
 * is kept in nanoseconds with the fraction that a nanosecond cannot hold.
 */
#ifndef _FIFO_SCHEDULE_H
#define _FIFO_SCHEDULE_H

#include <linux/types.h>
#include "fifo.h"

/* Room for a rate as text. */
#define FIFO_RATE_TEXT		24

/*
 * A worker makes up all that it owes, so that its rate is exact in the long run. But
 * after a stall, or if it is late by more than FIFO_LATE_NS and more than one item, it
 * owes only the items of FIFO_DEBT_NS, at least one. The machine was paused, the clock
 * has jumped, or the rate is out of reach: making up all of it would be a burst.
 */
#define FIFO_DEBT_NS		100000000ULL
#define FIFO_LATE_NS		1000000000ULL

/* The most items that one call may ask for or account for. */
#define FIFO_SCHEDULE_MAX	1000000U

/**
 * struct fifo_schedule - the absolute schedule of one worker
 * @rate: thousandths of an item a second, or %FIFO_RATE_UNLIMITED
 * @next: when the next item is due, in nanoseconds
 * @fraction: what to add to @next, less than a nanosecond, in units of 1/@rate
 *	nanoseconds
 * @owed: items still due from before a change of rate, which @next does not count: at
 *	most a tick's, or one
 */
struct fifo_schedule {
	u64 rate;
	u64 next;
	u64 fraction;
	unsigned int owed;
};

static inline bool fifo_rate_valid(u64 rate)
{
	return rate == FIFO_RATE_UNLIMITED || (rate && rate <= FIFO_FINITE_RATE_MAX);
}

char *fifo_rate_text(char *text, u64 rate);

void fifo_schedule_start(struct fifo_schedule *schedule, u64 rate, u64 now);
unsigned int fifo_schedule_batch(const struct fifo_schedule *schedule,
				 unsigned int most);
unsigned int fifo_schedule_due(const struct fifo_schedule *schedule, u64 now,
			       unsigned int most);
void fifo_schedule_advance(struct fifo_schedule *schedule, unsigned int n);
void fifo_schedule_forgive(struct fifo_schedule *schedule, u64 now);
void fifo_schedule_bound(struct fifo_schedule *schedule, u64 now);
void fifo_schedule_change(struct fifo_schedule *schedule, u64 rate, u64 now);
u64 fifo_schedule_gap(const struct fifo_schedule *schedule, u64 now);

#endif /* _FIFO_SCHEDULE_H */
