// SPDX-License-Identifier: GPL-2.0
/* Gets an item from the queue, rate times a second. */
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include "fifo.h"

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

/* Part 2: gets an item, @rate times a second. */
static int run(void *unused)
{
	while (!kthread_should_stop())
		sleep_until(ktime_add_ns(ktime_get(), NSEC_PER_SEC));
	return 0;
}

static int __init consumer_init(void)
{
	/* Part 3: refuse a rate that makes no sense. */
	thread = kthread_run(run, NULL, KBUILD_MODNAME);
	return PTR_ERR_OR_ZERO(thread);
}
module_init(consumer_init);

static void __exit consumer_exit(void)
{
	kthread_stop(thread);
}
module_exit(consumer_exit);

MODULE_DESCRIPTION("Gets items");
MODULE_LICENSE("GPL");
