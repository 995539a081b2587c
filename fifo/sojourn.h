/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sojourn times: how long the items that were got had been in their queue.
 *
 * To time an item takes a reading of the clock, up to a seventh of what a put and a get cost.
 * So only some are timed. Each of these stands for those until the next timed one.
 * After n items in a tick a processor times every (n/16)th item, but no fewer than one in 97.
 * Up to 32 in a tick, it times all; after a tick with many, up to 96 may pass before the next
 * one is due. The count of items, which is kept anyway, shows whether one is due.
 *
 * While the tracepoint reads the clock anyway, each item is timed, and with the same reading.
 */
#ifndef _FIFO_SOJOURN_H
#define _FIFO_SOJOURN_H

#include <linux/percpu.h>
#include <linux/seqlock.h>
#include "histogram.h"

#define FIFO_SOJOURN_SHARE	16
/* A prime: it meets each place of a batch, and of a burst, in turn. */
#define FIFO_STRIDE_MAX		97

struct fifo_item;

/**
 * struct fifo_counts - what one processor has counted at an end; only it changes this
 * @items: how many items were moved there, dropped ones included; atomic
 * @due: consumers: the number of the next item that sojourn.c is to time. Written as
 *	struct fifo_sojourns
 * @waits: how long operations waited; atomic
 */
struct fifo_counts {
	u64 items;
	u64 due;
	struct fifo_histogram waits;
};

/**
 * struct fifo_sojourns - the sojourn times of items that one processor has got
 * @sequence: tells a reader whether it has read the rest as it was at one time; written,
 *	as all of this, by its processor, with interrupts off
 * @timed: the number of the last item that was timed, from 1 on
 * @bucket: its bucket. The items after it stand there, too
 * @tick: the jiffy in which it was timed
 * @first: the number of the first item that was timed in that jiffy
 * @times: the items until @timed
 */
struct fifo_sojourns {
	seqcount_t sequence;
	unsigned int bucket;
	u64 timed;
	unsigned long tick;
	u64 first;
	struct fifo_histogram times;
};

struct fifo_sojourns __percpu *
fifo_sojourns_new(struct fifo_counts __percpu *counts);
void fifo_sojourns_add(struct fifo_sojourns *sojourns,
		       struct fifo_counts *counts,
		       const struct fifo_item *items, unsigned int n, u64 now,
		       unsigned long tick);
void fifo_sojourns_count_all(struct fifo_sojourns *sojourns,
			     struct fifo_counts *counts,
			     const struct fifo_item *items, unsigned int n,
			     u64 now, unsigned long tick);
void fifo_sojourns_read(const struct fifo_sojourns __percpu *sojourns,
			const struct fifo_counts __percpu *counts,
			struct fifo_histogram *sum);

#endif /* _FIFO_SOJOURN_H */
