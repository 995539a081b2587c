/* SPDX-License-Identifier: MIT OR LGPL-2.1-or-later */
/*
 * Reads /sys/class/misc/fifoN/. Internal to libfifo and fifoctl.
 */
#ifndef _FIFO_SYSFS_H
#define _FIFO_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

unsigned int fifo_sysfs_queues(void);
int fifo_sysfs_open(unsigned int queue, const char *name);
bool fifo_sysfs_read(unsigned int queue, const char *name, char *value,
		     size_t size);

#endif /* _FIFO_SYSFS_H */
