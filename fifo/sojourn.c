// SPDX-License-Identifier: GPL-2.0
/*
 * Timing items that were got; sojourn.h says which.
 */
#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/minmax.h>
#include "fifo.h"
#include "sojourn.h"

/* Those of all processors, whose @counts this makes ready; or NULL. */
struct fifo_sojourns __percpu *
fifo_sojourns_new(struct fifo_counts __percpu *counts)
{
	struct fifo_sojourns __percpu *sojourns;
	int cpu;

	sojourns = alloc_percpu(struct fifo_sojourns);
	if (!sojourns)
		return NULL;
	for_each_possible_cpu(cpu) {
		seqcount_init(&per_cpu_ptr(sojourns, cpu)->sequence);
		per_cpu_ptr(counts, cpu)->due = 1;
	}
	return sojourns;
}

/* How many items after the last that was timed the next one is due. */
static u64 stride(struct fifo_sojourns *sojourns, unsigned long tick)
{
	s64 n;

	if (sojourns->tick != tick) {
		sojourns->tick = tick;
		sojourns->first = sojourns->timed;
	}
	n = sojourns->timed - sojourns->first;
	return clamp_t(s64, n / FIFO_SOJOURN_SHARE, 1, FIFO_STRIDE_MAX);
}

/* Item number @number was in the queue for @ns. Those after @timed count as that one. */
static void count_time(struct fifo_sojourns *sojourns, u64 number, s64 ns)
{
	u64 *counts = sojourns->times.counts;

	counts[sojourns->bucket] += number - sojourns->timed - 1;
	sojourns->bucket = fifo_bucket(ns);
	counts[sojourns->bucket]++;
	sojourns->timed = number;
}

/*
 * Times what is due of the @n items that were counted last. An item that is due may not be
 * in @items: a softirq may have counted more in between, and a task that has left this
 * processor may not have timed its own. Then the oldest of @items stands for it.
 */
void fifo_sojourns_add(struct fifo_sojourns *sojourns,
		       struct fifo_counts *counts,
		       const struct fifo_item *items, unsigned int n, u64 now,
		       unsigned long tick)
{
	u64 ago;

	while (counts->due <= counts->items) {
		ago = counts->items - counts->due;
		count_time(sojourns, counts->due,
			   now - items[ago < n ? n - 1 - ago : 0].time);
		counts->due += stride(sojourns, tick);
	}
}

/* Counts @n items as got, and times all of them. */
void fifo_sojourns_count_all(struct fifo_sojourns *sojourns,
			     struct fifo_counts *counts,
			     const struct fifo_item *items, unsigned int n,
			     u64 now, unsigned long tick)
{
	counts->due = counts->items + 1;
	WRITE_ONCE(counts->items, counts->items + n);
	sojourns->tick = tick;
	sojourns->first = counts->items;
	fifo_sojourns_add(sojourns, counts, items, n, now, tick);
}

/*
 * Adds what one processor has counted to @sum. An item that is due and not yet timed is not
 * there: it would move to another bucket later.
 */
static void read_one(const struct fifo_sojourns *sojourns,
		     const struct fifo_counts *counts,
		     struct fifo_histogram *sum)
{
	struct fifo_sojourns copy;
	unsigned int sequence;
	u64 until;

	do {
		sequence = read_seqcount_begin(&sojourns->sequence);
		copy = *sojourns;
		until = min(READ_ONCE(counts->items), counts->due - 1);
	} while (read_seqcount_retry(&sojourns->sequence, sequence));
	fifo_histogram_add(sum, &copy.times);
	sum->counts[copy.bucket] += until - copy.timed;
}

/* Adds up the times of all items that were got. No count in it ever decreases. */
void fifo_sojourns_read(const struct fifo_sojourns __percpu *sojourns,
			const struct fifo_counts __percpu *counts,
			struct fifo_histogram *sum)
{
	int cpu;

	for_each_possible_cpu(cpu)
		read_one(per_cpu_ptr(sojourns, cpu), per_cpu_ptr(counts, cpu),
			 sum);
}
