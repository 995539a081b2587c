// SPDX-License-Identifier: GPL-2.0
/*
 * A timer that stalls in an empty queue 0. Write to one of these files in
 * /sys/module/stalled/parameters:
 *
 *	cancel	it is chosen for a wake-up, and cancelled before it can run. Then the item
 *		is for another waiter, and the timer ends only with rmmod
 *	close	its port is cancelled, and nothing else happens: "stopped" shows Y once it
 *		has ended
 */
#include <linux/bottom_half.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include "lone_timer.h"

static int move(void *data, unsigned int n, bool nowait)
{
	struct fifo_item item;

	return fifo_try_get(consumer, &item) ?: 1;
}

static bool stopped;
module_param(stopped, bool, 0444);
MODULE_PARM_DESC(stopped, "Whether it has ended");

static void note_stopped(void *data)
{
	WRITE_ONCE(stopped, true);
}

static const struct fifo_worker_ops ops = {
	.move = move,
	.stopped = note_stopped,
};

static int close_port(const char *text, const struct kernel_param *param)
{
	fifo_cancel(consumer);
	return 0;
}

static const struct kernel_param_ops close_ops = { .set = close_port };
module_param_cb(close, &close_ops, NULL, 0200);
MODULE_PARM_DESC(close, "Written once it stalls: cancel its port");

/*
 * The put arms the timer on this processor. The timer cannot run here while softirqs are
 * off.
 */
static int cancel_woken(const char *text, const struct kernel_param *param)
{
	struct fifo_item item = { .len = 0 };
	int err;

	local_bh_disable();
	err = fifo_try_put(producer, &item);
	fifo_worker_cancel(worker);
	local_bh_enable();
	return err;
}

static const struct kernel_param_ops cancel_ops = { .set = cancel_woken };
module_param_cb(cancel, &cancel_ops, NULL, 0200);
MODULE_PARM_DESC(cancel, "Written once it stalls: put an item, and cancel it");

static int __init stalled_init(void)
{
	return lone_timer_start("stalled", &ops);
}
module_init(stalled_init);

static void __exit stalled_exit(void)
{
	lone_timer_end();
}
module_exit(stalled_exit);

MODULE_DESCRIPTION("A timer that is cancelled when it has been woken");
MODULE_LICENSE("GPL");
