// SPDX-License-Identifier: GPL-2.0
/* Puts an item into the queue, rate times a second. */
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include "fifo.h"

static char *item = "A";
module_param(item, charp, 0444);
MODULE_PARM_DESC(item, "The letter to put");

static unsigned int rate = 1;
module_param(rate, uint, 0444);
MODULE_PARM_DESC(rate, "Items per second");

static struct task_struct *thread;

/* Sleeps until @due, or until the thread is to stop. */
static void sleep_until(ktime_t due)
{
	set_current_state(TASK_INTERRUPTIBLE);
	if (!kthread_should_stop())
		schedule_hrtimeout(&due, HRTIMER_MODE_ABS);
	__set_current_state(TASK_RUNNING);
}

/* Part 2: puts the letter, @rate times a second. */
static int run(void *unused)
{
	while (!kthread_should_stop())
		sleep_until(ktime_add_ns(ktime_get(), NSEC_PER_SEC));
	return 0;
}

static int __init producer_init(void)
{
	/* Part 3: refuse a rate that makes no sense. */
	thread = kthread_run(run, NULL, KBUILD_MODNAME);
	return PTR_ERR_OR_ZERO(thread);
}
module_init(producer_init);

static void __exit producer_exit(void)
{
	kthread_stop(thread);
}
module_exit(producer_exit);

MODULE_DESCRIPTION("Puts items");
MODULE_LICENSE("GPL");
