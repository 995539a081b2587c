/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Maps an end of a queue by system calls alone, for programs that do what the library
 * would not.
 */
#ifndef _MAPPED_END_H
#define _MAPPED_END_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../../include/uapi/fifo.h"

struct mapped_end {
	enum fifo_role role;
	int fd;
	__u64 size;
	const volatile struct fifo_map_control *control;
	volatile __u64 *position;
	const volatile __u64 *turns;
	struct fifo_item *items;
};

static inline int device_open(unsigned int queue, int flags)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/fifo%u", queue);
	return open(path, flags | O_CLOEXEC);
}

static inline int end_take(unsigned int queue, enum fifo_role role)
{
	int device = device_open(queue, role == FIFO_CONSUMER ? O_RDONLY :
								O_WRONLY);
	int fd = device < 0 ? -1 : ioctl(device, FIFO_IOC_MAP, FIFO_MAP_VERSION);
	int error = errno;

	if (device >= 0)
		close(device);
	errno = error;
	return fd;
}

static inline size_t whole_pages(size_t bytes)
{
	size_t page = sysconf(_SC_PAGESIZE);

	return (bytes + page - 1) / page * page;
}

static inline void *end_map(int fd, unsigned long offset, size_t bytes, int prot)
{
	void *at = mmap(NULL, whole_pages(bytes), prot, MAP_SHARED, fd, offset);

	return at == MAP_FAILED ? NULL : at;
}

/* Maps all of an end. Returns 0, or -1 and errno. */
static inline int end_open(struct mapped_end *end, unsigned int queue,
			   enum fifo_role role)
{
	int write = role == FIFO_PRODUCER ? PROT_WRITE : 0;

	end->role = role;
	end->fd = end_take(queue, role);
	if (end->fd < 0)
		return -1;
	end->control = end_map(end->fd, FIFO_MAP_CONTROL, 1, PROT_READ);
	if (!end->control)
		return -1;
	end->size = end->control->size;
	end->position = end_map(end->fd, FIFO_MAP_POSITION, 1,
				PROT_READ | PROT_WRITE);
	end->turns = end_map(end->fd, FIFO_MAP_TURNS,
			     end->size * sizeof(*end->turns), PROT_READ);
	end->items = end_map(end->fd, FIFO_MAP_ITEMS,
			     end->size * sizeof(*end->items), PROT_READ | write);
	return end->position && end->turns && end->items ? 0 : -1;
}

static inline void end_close(struct mapped_end *end)
{
	munmap((void *)end->control, whole_pages(1));
	munmap((void *)end->position, whole_pages(1));
	munmap((void *)end->turns, whole_pages(end->size * sizeof(*end->turns)));
	munmap(end->items, whole_pages(end->size * sizeof(*end->items)));
	close(end->fd);
}

/* Is there an item, or room, at this position? */
static inline int end_ready(const struct mapped_end *end, __u64 position)
{
	return __atomic_load_n(&end->turns[position % end->size],
			       __ATOMIC_ACQUIRE) ==
	       position + (end->role == FIFO_CONSUMER);
}

static inline int end_kick(const struct mapped_end *end)
{
	return ioctl(end->fd, FIFO_IOC_KICK);
}

/* Publishes everything before a position. Returns as end_kick(). */
static inline int end_move_to(struct mapped_end *end, __u64 position)
{
	const volatile struct fifo_map_end *other = &end->control->ends[!end->role];

	__atomic_store_n(end->position, position, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return other->waiting || other->polled ? end_kick(end) : 0;
}

/* A counter of a queue, from sysfs. */
static inline long long queue_value(unsigned int queue, const char *name)
{
	char path[64];
	long long value;
	FILE *file;

	snprintf(path, sizeof(path), "/sys/class/misc/fifo%u/%s", queue, name);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%lld", &value) != 1) {
		perror(path);
		exit(2);
	}
	fclose(file);
	return value;
}

#endif /* _MAPPED_END_H */
