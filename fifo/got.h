/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counting the items that were got, and timing those that are due: sojourn.h says which.
 */
#ifndef _FIFO_GOT_H
#define _FIFO_GOT_H

#include <linux/compiler.h>
#include <linux/percpu.h>
#include "port.h"
#include "queue.h"
#include "trace.h"

void fifo_time_got(struct fifo_port *port, const struct fifo_item *items,
		   unsigned int n);

/*
 * Counts items as got, and times those that are due. The caller has copied them from their
 * slots, or still owns these. If the task moves to another processor in here, items that
 * were due there are timed at the next get there.
 */
static inline void fifo_count_got(struct fifo_port *port,
				  const struct fifo_item *items, unsigned int n)
{
	struct fifo_queue *queue = port->queue;
	struct fifo_counts __percpu *counts = queue->ends[FIFO_CONSUMER].counts;

	fifo_count(queue, FIFO_CONSUMER, n);
	if (unlikely(this_cpu_read(counts->items) >= this_cpu_read(counts->due)) ||
	    trace_fifo_get_enabled())
		fifo_time_got(port, items, n);
}

#endif /* _FIFO_GOT_H */
