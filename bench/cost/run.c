// SPDX-License-Identifier: GPL-2.0
/*
 * A worker that moves no items: what its runs cost by themselves. It says each time
 * that it has moved one.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include "cost.h"

static const char * const contexts[] = { "work", "kthread", "timer" };

static struct fifo_port *port;
static struct fifo_worker *worker;

static unsigned long count;
module_param(count, ulong, 0444);
MODULE_PARM_DESC(count, "Items after which the worker ends");

static unsigned long calls;
module_param(calls, ulong, 0444);
MODULE_PARM_DESC(calls, "How often the worker was asked to move items");

static int set_rate(const char *text, const struct kernel_param *kp)
{
	u64 rate = FIFO_RATE_UNLIMITED;
	int err = 0;

	if (!sysfs_streq(text, "max"))
		err = kstrtou64(text, 10, &rate);
	if (!err && worker)
		fifo_worker_set_rate(worker, rate);
	return err;
}

static const struct kernel_param_ops rate_ops = { .set = set_rate };

module_param_cb(rate, &rate_ops, NULL, 0200);
MODULE_PARM_DESC(rate, "The worker's rate, in thousandths of an item a second, or max");

static int move(void *data, unsigned int n, bool nowait)
{
	calls++;
	return 1;
}

static const struct fifo_worker_ops ops = { .move = move };

/* In the context of that name; it rests until a rate is set. */
int cost_run_start(const char *context)
{
	struct fifo_worker_config config = {
		.name = "cost", .rate = 1, .count = count, .ops = &ops,
	};
	int i = match_string(contexts, ARRAY_SIZE(contexts), context);

	if (i < 0)
		return i;
	config.context = i;
	port = fifo_attach(0, FIFO_PRODUCER, "cost");
	if (IS_ERR(port))
		return PTR_ERR(port);
	worker = fifo_worker_create(port, &config);
	if (IS_ERR(worker)) {
		fifo_detach(port);
		return PTR_ERR(worker);
	}
	fifo_worker_start(worker);
	return 0;
}

void cost_run_stop(void)
{
	if (!worker)
		return;
	fifo_worker_stop(worker);
	fifo_worker_destroy(worker);
	fifo_detach(port);
}
