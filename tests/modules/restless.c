// SPDX-License-Identifier: GPL-2.0
/*
 * A timer that finds queue 0 empty whenever it looks, and is woken before it can rest: by
 * an item that it puts and takes back itself. It stops after LOOKS looks. The time that
 * this took is in /sys/module/restless/parameters/took_ms.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include "lone_timer.h"

#define LOOKS	2000

static unsigned long first;
static unsigned int looks;

static unsigned int took_ms;
module_param(took_ms, uint, 0444);
MODULE_PARM_DESC(took_ms, "From the first look to the last, or 0 until then");

static int move(void *data, unsigned int n, bool nowait)
{
	struct fifo_item item = { .len = 0 };

	if (!looks)
		first = jiffies;
	if (++looks == LOOKS) {
		WRITE_ONCE(took_ms, max(jiffies_to_msecs(jiffies - first), 1U));
		return -ECANCELED;
	}
	return fifo_try_put(producer, &item) ?:
	       fifo_try_get(consumer, &item) ?:
	       fifo_try_get(consumer, &item);
}

static const struct fifo_worker_ops ops = { .move = move };

static int __init restless_init(void)
{
	return lone_timer_start("restless", &ops);
}
module_init(restless_init);

static void __exit restless_exit(void)
{
	lone_timer_end();
}
module_exit(restless_exit);

MODULE_DESCRIPTION("A timer that is woken again and again for nothing");
MODULE_LICENSE("GPL");
