/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Before 5.14 a task's state was looked at where it was needed; before 6.1 one was not
 * frozen where it sleeps, and told the freezer itself to leave it alone: freezer.h.
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
