// SPDX-License-Identifier: GPL-2.0
/*
 * A thread that beats rate times a second, by an absolute schedule: shows whether this machine
 * can keep a rate at all. Of a pause it makes up for less than any other may: where this is
 * steady, so can they be.
 */
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>

static unsigned int rate = 100;
module_param(rate, uint, 0444);
MODULE_PARM_DESC(rate, "Beats per second, 1 to 1000");

#define MADE_UP_NS	(50 * NSEC_PER_MSEC)

static struct task_struct *thread;

/* What a probe is put on. */
static noinline void steady_beat(void)
{
	barrier();
}

static ktime_t next(ktime_t due)
{
	ktime_t earliest = ktime_sub_ns(ktime_get(), MADE_UP_NS);

	due = ktime_add_ns(due, NSEC_PER_SEC / rate);
	return ktime_before(due, earliest) ? earliest : due;
}

static int run(void *unused)
{
	ktime_t due = ktime_get();

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule_hrtimeout(&due, HRTIMER_MODE_ABS);
		if (ktime_before(ktime_get(), due))
			continue;
		steady_beat();
		due = next(due);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static int __init steady_init(void)
{
	if (rate < 1 || rate > 1000)
		return -EINVAL;
	thread = kthread_run(run, NULL, KBUILD_MODNAME);
	return PTR_ERR_OR_ZERO(thread);
}
module_init(steady_init);

static void __exit steady_exit(void)
{
	kthread_stop(thread);
}
module_exit(steady_exit);

MODULE_DESCRIPTION("Beats at a steady rate");
MODULE_LICENSE("GPL");
