/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Since 6.1 the state in which a task sleeps says whether it may be frozen there: what
 * older kernels are told around the sleep is said already.
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
