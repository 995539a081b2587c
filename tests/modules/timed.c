// SPDX-License-Identifier: GPL-2.0
/*
 * Gets items from queue 0, and reads the clock after each call: so it knows for each item
 * how long it was in the queue. Prints this in the form of wait_histogram:
 *
 *	timed: 64 0
 *	timed: 128 17
 *	...
 *	timed: +Inf 100000
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include "fifo.h"

static unsigned int count = 1;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "How many items to get");

static unsigned int batch = 1;
module_param(batch, uint, 0444);
MODULE_PARM_DESC(batch, "How many at a time, up to 64");

#define BOUNDS	40

/* How many items were in the queue for at most 64 << i ns. */
static unsigned int at_most[BOUNDS];

static struct fifo_item items[FIFO_BATCH];

static void time_items(int n, u64 now)
{
	unsigned int i;

	while (n--)
		for (i = 0; i < BOUNDS; i++)
			at_most[i] += now - items[n].time <= 64ULL << i;
}

/* Returns 0, or a negative errno. */
static int get_all(struct fifo_port *port)
{
	unsigned int got = 0;
	int n;

	while (got < count) {
		n = fifo_get_many(port, items,
				  min3(count - got, batch, FIFO_BATCH));
		if (n < 0)
			return n;
		time_items(n, ktime_get_ns());
		got += n;
	}
	return 0;
}

static int __init timed_init(void)
{
	struct fifo_port *port;
	unsigned int i;
	int err;

	port = fifo_attach(0, FIFO_CONSUMER, KBUILD_MODNAME);
	if (IS_ERR(port))
		return PTR_ERR(port);
	err = get_all(port);
	fifo_detach(port);
	if (err)
		return err;
	for (i = 0; i < BOUNDS; i++)
		pr_info("%llu %u\n", 64ULL << i, at_most[i]);
	pr_info("+Inf %u\n", count);
	return 0;
}

static void __exit timed_exit(void)
{
}

module_init(timed_init);
module_exit(timed_exit);

MODULE_DESCRIPTION("Times each item that it gets");
MODULE_LICENSE("GPL");
