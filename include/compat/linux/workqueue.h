/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Before 6.17 the workqueue for long work had another name, and one was bound to processors
 * unless it said that it was not.
 */
#ifndef _FIFO_COMPAT_WORKQUEUE_H
#define _FIFO_COMPAT_WORKQUEUE_H

#include_next <linux/workqueue.h>

#ifndef FIFO_HAVE_system_dfl_wq
#define system_dfl_wq	system_unbound_wq
#endif

#ifndef FIFO_HAVE_WQ_PERCPU
#define WQ_PERCPU	0
#endif

#endif /* _FIFO_COMPAT_WORKQUEUE_H */
