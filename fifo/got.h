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

void fifo_time_got(struct fifo_queue *queue, const struct fifo_item *items,
		   unsigned int n);
void fifo_count_traced(struct fifo_port *port, const struct fifo_item *items,
		       unsigned int n);

/*
 * Counts items as got, and times those that are due. The caller has copied them from their
 * slots, or still owns these. If the task moves to another processor just after it has
 * counted items that are due, the next get on the first one times them. To keep it there
 * would cost as much as all of this.
 */
static inline void fifo_count_got(struct fifo_port *port,
				  const struct fifo_item *items, unsigned int n)
{
	struct fifo_queue *queue = port->queue;
	struct fifo_counts __percpu *counts = queue->ends[FIFO_CONSUMER].counts;

	if (trace_fifo_get_enabled()) {
		fifo_count_traced(port, items, n);
		return;
	}
	fifo_count(queue, FIFO_CONSUMER, n);
	if (unlikely(this_cpu_read(counts->items) >= this_cpu_read(counts->due)))
		fifo_time_got(queue, items, n);
}

#endif /* _FIFO_GOT_H */
