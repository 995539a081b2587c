// SPDX-License-Identifier: GPL-2.0
/*
 * Reading the clock for items that were got. While their times are added, interrupts are
 * off: no softirq of this processor adds others, and a reader retries only briefly.
 */
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include "got.h"

/* Times the items that are due; or counts the items, and times @all of them. */
static void add(struct fifo_queue *queue, const struct fifo_item *items,
		unsigned int n, u64 now, bool all)
{
	struct fifo_sojourns *sojourns;
	struct fifo_counts *counts;
	unsigned long flags;

	local_irq_save(flags);
	counts = this_cpu_ptr(queue->ends[FIFO_CONSUMER].counts);
	sojourns = this_cpu_ptr(queue->sojourns);
	write_seqcount_begin(&sojourns->sequence);
	if (all)
		fifo_sojourns_count_all(sojourns, counts, items, n, now,
					jiffies);
	else
		fifo_sojourns_add(sojourns, counts, items, n, now, jiffies);
	write_seqcount_end(&sojourns->sequence);
	local_irq_restore(flags);
}

/* Times what is due of the @n items that this processor has just counted. */
void fifo_time_got(struct fifo_queue *queue, const struct fifo_item *items,
		   unsigned int n)
{
	add(queue, items, n, ktime_get_ns(), false);
}

/*
 * When the items were got. If tracing was switched on or off during a get, @got_at is of an
 * earlier one.
 */
static u64 time_of_get(struct fifo_port *port, const struct fifo_item *last)
{
	u64 got_at = port->got_at;

	port->got_at = 0;
	return got_at >= last->time ? got_at : ktime_get_ns();
}

/* Counts items while the tracepoint is on, and times all of them as it does. */
void fifo_count_traced(struct fifo_port *port, const struct fifo_item *items,
		       unsigned int n)
{
	add(port->queue, items, n, time_of_get(port, &items[n - 1]), true);
}
