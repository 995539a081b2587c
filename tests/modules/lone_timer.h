/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A worker in a timer that gets from queue 0 at rate=max, and a producer's port of that
 * queue, for the modules that disturb a timer. Include it in one file of a module.
 */
#ifndef _LONE_TIMER_H
#define _LONE_TIMER_H

#include <linux/err.h>
#include "fifo.h"

static struct fifo_port *producer;
static struct fifo_port *consumer;
static struct fifo_worker *worker;

static int lone_timer_start(const char *name, const struct fifo_worker_ops *ops)
{
	struct fifo_worker_config config = {
		.name = name,
		.context = FIFO_CONTEXT_TIMER,
		.rate = FIFO_RATE_UNLIMITED,
		.ops = ops,
	};
	int err;

	producer = fifo_attach(0, FIFO_PRODUCER, name);
	if (IS_ERR(producer))
		return PTR_ERR(producer);
	consumer = fifo_attach(0, FIFO_CONSUMER, name);
	err = PTR_ERR_OR_ZERO(consumer);
	if (err)
		goto detach_producer;
	worker = fifo_worker_create(consumer, &config);
	err = PTR_ERR_OR_ZERO(worker);
	if (err)
		goto detach_consumer;
	fifo_worker_start(worker);
	return 0;

detach_consumer:
	fifo_detach(consumer);
detach_producer:
	fifo_detach(producer);
	return err;
}

static void lone_timer_end(void)
{
	fifo_worker_destroy(worker);
	fifo_detach(consumer);
	fifo_detach(producer);
}

#endif /* _LONE_TIMER_H */
