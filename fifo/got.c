// SPDX-License-Identifier: GPL-2.0
/*
 * Reading the clock for items that were got.
 */
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include "got.h"

/*
 * Times what is due of the @n items that this processor has just counted. Interrupts are
 * off, so that no softirq does so meanwhile.
 */
void fifo_time_got(struct fifo_port *port, const struct fifo_item *items,
		   unsigned int n)
{
	bool traced = trace_fifo_get_enabled() && port->got_at;
	u64 now = traced ? port->got_at : ktime_get_ns();
	struct fifo_queue *queue = port->queue;
	struct fifo_sojourns *sojourns;
	struct fifo_counts *counts;
	unsigned long flags;

	port->got_at = 0;
	local_irq_save(flags);
	counts = this_cpu_ptr(queue->ends[FIFO_CONSUMER].counts);
	sojourns = this_cpu_ptr(queue->sojourns);
	write_seqcount_begin(&sojourns->sequence);
	if (traced)
		fifo_sojourns_add_all(sojourns, counts, items, n, now, jiffies);
	else
		fifo_sojourns_add(sojourns, counts, items, n, now, jiffies);
	write_seqcount_end(&sojourns->sequence);
	local_irq_restore(flags);
}
