/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Since 6.1 a task's sleeping state says whether the freezer may freeze it. Older
 * kernels need these two calls around the sleep; newer ones do not.
 */
#ifndef _FIFO_COMPAT_FREEZER_H
#define _FIFO_COMPAT_FREEZER_H

#include_next <linux/freezer.h>
#include <linux/sched.h>

#ifdef TASK_FROZEN
static inline void freezer_do_not_count(void)
{
}

static inline void freezer_count(void)
{
}
#endif

#endif /* _FIFO_COMPAT_FREEZER_H */
