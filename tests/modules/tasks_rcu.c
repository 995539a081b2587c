// SPDX-License-Identifier: GPL-2.0
/*
 * While it is loaded, waits for a grace period of Tasks RCU, as tracing and kprobes do
 * before they change code. The time that it took is in
 * /sys/module/tasks_rcu/parameters/took_ms.
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>

static unsigned int took_ms;
module_param(took_ms, uint, 0444);
MODULE_PARM_DESC(took_ms, "How long it waited");

static int __init tasks_rcu_init(void)
{
	unsigned long start = jiffies;

	synchronize_rcu_tasks();
	took_ms = jiffies_to_msecs(jiffies - start);
	return 0;
}
module_init(tasks_rcu_init);

static void __exit tasks_rcu_exit(void)
{
}
module_exit(tasks_rcu_exit);

MODULE_DESCRIPTION("Waits for a grace period of Tasks RCU");
MODULE_LICENSE("GPL");
