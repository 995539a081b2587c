/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Reads /sys/class/misc/fifoN/. Internal to libfifo and fifoctl.
 */
#ifndef _FIFO_SYSFS_H
#define _FIFO_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

unsigned int fifo_sysfs_queues(void);
bool fifo_sysfs_read(unsigned int queue, const char *name, char *value,
		     size_t size);

#endif /* _FIFO_SYSFS_H */
