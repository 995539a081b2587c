/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_SYSFS_H
#define _FIFO_SYSFS_H

struct attribute_group;

extern const struct attribute_group *fifo_queue_groups[];

#endif /* _FIFO_SYSFS_H */
