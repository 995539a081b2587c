/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Before 5.14 there was no task_is_running(). Before 6.1 the kernel did not freeze a
 * task in its sleep; the task told the freezer to skip it: freezer.h.
 */
#ifndef _FIFO_COMPAT_SCHED_H
#define _FIFO_COMPAT_SCHED_H

#include_next <linux/sched.h>

#ifndef task_is_running
#define task_is_running(task) (READ_ONCE((task)->state) == TASK_RUNNING)
#endif

#ifdef TASK_FROZEN
#define task_is_frozen(task) (READ_ONCE((task)->__state) & TASK_FROZEN)
#else
#define task_is_frozen(task) ((void)(task), false)
#define TASK_FREEZABLE_UNSAFE 0
#endif

#endif /* _FIFO_COMPAT_SCHED_H */
