// SPDX-License-Identifier: GPL-2.0
/*
 * Loading it takes as long as a grace period of Tasks RCU, which a task ends by
 * sleeping, or by saying so where it does not: tracing and kprobes wait for that.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>

static int __init tasks_rcu_init(void)
{
	synchronize_rcu_tasks();
	return 0;
}
module_init(tasks_rcu_init);

static void __exit tasks_rcu_exit(void)
{
}
module_exit(tasks_rcu_exit);

MODULE_DESCRIPTION("Waits for Tasks RCU");
MODULE_LICENSE("GPL");
