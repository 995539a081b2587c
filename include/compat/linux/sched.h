/* SPDX-License-Identifier: GPL-2.0 */
/* Before 5.14 a task's state was looked at where it was needed. */
#ifndef _FIFO_COMPAT_SCHED_H
#define _FIFO_COMPAT_SCHED_H

#include_next <linux/sched.h>

#ifndef task_is_running
#define task_is_running(task) (READ_ONCE((task)->state) == TASK_RUNNING)
#endif

#endif /* _FIFO_COMPAT_SCHED_H */
