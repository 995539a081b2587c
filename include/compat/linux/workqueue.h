/* SPDX-License-Identifier: GPL-2.0 */
/* Before 6.17 the workqueue for long work had another name. */
#ifndef _FIFO_COMPAT_WORKQUEUE_H
#define _FIFO_COMPAT_WORKQUEUE_H

#include_next <linux/workqueue.h>

#ifndef FIFO_HAVE_system_dfl_wq
#define system_dfl_wq	system_unbound_wq
#endif

#endif /* _FIFO_COMPAT_WORKQUEUE_H */
