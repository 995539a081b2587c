// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "sysfs.h"

/* How many queues there are; their numbers have no gaps. 0 if fifo.ko is not loaded. */
unsigned int fifo_sysfs_queues(void)
{
	char path[64];
	unsigned int n = 0;

	do
		snprintf(path, sizeof(path), "/sys/class/misc/fifo%u", n);
	while (!access(path, F_OK) && ++n);
	return n;
}

/* Opens a queue's file. Returns a descriptor, or a negative number. */
int fifo_sysfs_open(unsigned int queue, const char *name)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/class/misc/fifo%u/%s", queue, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/*
 * Reads a queue's file, without the newline. Returns false, and an empty @value, if it
 * cannot be read.
 */
bool fifo_sysfs_read(unsigned int queue, const char *name, char *value,
		     size_t size)
{
	int fd = fifo_sysfs_open(queue, name);
	ssize_t len;

	value[0] = '\0';
	if (fd < 0)
		return false;
	len = read(fd, value, size - 1);
	close(fd);
	if (len < 0)
		return false;
	value[len] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return true;
}
