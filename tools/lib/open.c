// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Opening and closing a process's end of a queue.
 *
 * The protocol is "Mapping a queue" in include/uapi/fifo.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "end.h"

static int take_end(unsigned int queue, enum fifo_role role)
{
	char path[32];
	int dev, fd, err;

	snprintf(path, sizeof(path), "/dev/fifo%u", queue);
	dev = open(path, (role == FIFO_CONSUMER ? O_RDONLY : O_WRONLY) |
			 O_CLOEXEC);
	if (dev < 0)
		return -1;
	fd = ioctl(dev, FIFO_IOC_MAP, FIFO_MAP_VERSION);
	err = errno;
	close(dev);
	errno = err;
	return fd;
}

/* Maps @len bytes in whole pages. Returns NULL and errno. */
static void *map_region(struct fifo_end *end, struct region *region,
			off_t offset, size_t len, int prot)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *at;

	len = (len + page - 1) / page * page;
	at = mmap(NULL, len, prot, MAP_SHARED, end->fd, offset);
	if (at == MAP_FAILED)
		return NULL;
	region->at = at;
	region->len = len;
	return at;
}

static bool control_makes_sense(const struct fifo_map_control *control)
{
	__u32 size = control->size;

	return control->version == FIFO_MAP_VERSION && size >= 2 &&
	       !(size & (size - 1));
}

/* This page has the size of the queue, and so of the other regions. */
static int map_control(struct fifo_end *end)
{
	const struct fifo_map_end *other;

	end->control = map_region(end, &end->regions[0], FIFO_MAP_CONTROL,
				  sizeof(*end->control), PROT_READ);
	if (!end->control)
		return -1;
	if (!control_makes_sense(end->control)) {
		errno = EPROTONOSUPPORT;
		return -1;
	}
	other = &end->control->ends[end->role == FIFO_CONSUMER ?
				    FIFO_PRODUCER : FIFO_CONSUMER];
	end->waiting = (const void *)&other->waiting;
	end->polled = (const void *)&other->polled;
	end->mask = end->control->size - 1;
	end->filled = end->role == FIFO_CONSUMER;
	return 0;
}

static int map_rest(struct fifo_end *end)
{
	size_t size = end->control->size;

	end->told = map_region(end, &end->regions[1], FIFO_MAP_POSITION,
			       sizeof(struct fifo_map_position),
			       PROT_READ | PROT_WRITE);
	if (!end->told)
		return -1;
	end->turns = map_region(end, &end->regions[2], FIFO_MAP_TURNS,
				size * sizeof(*end->turns), PROT_READ);
	if (!end->turns)
		return -1;
	end->items = map_region(end, &end->regions[3], FIFO_MAP_ITEMS,
				size * sizeof(*end->items),
				end->role == FIFO_CONSUMER ? PROT_READ :
				PROT_READ | PROT_WRITE);
	if (!end->items)
		return -1;
	end->position = atomic_load_explicit(end->told, memory_order_relaxed);
	return 0;
}

struct fifo_end *fifo_open(unsigned int queue, enum fifo_role role)
{
	struct fifo_end *end;

	if (role != FIFO_PRODUCER && role != FIFO_CONSUMER) {
		errno = EINVAL;
		return NULL;
	}
	end = aligned_alloc(CACHE_LINE, sizeof(*end));
	if (!end)
		return NULL;
	memset(end, 0, sizeof(*end));
	end->role = role;
	end->fd = take_end(queue, role);
	if (end->fd < 0 || map_control(end) || map_rest(end)) {
		fifo_close(end);
		return NULL;
	}
	return end;
}

void fifo_close(struct fifo_end *end)
{
	int i, err = errno;

	if (!end)
		return;
	for (i = 0; i < 4; i++)
		if (end->regions[i].at)
			munmap(end->regions[i].at, end->regions[i].len);
	if (end->fd >= 0)
		close(end->fd);
	free(end);
	errno = err;
}

int fifo_fd(const struct fifo_end *end)
{
	return end->fd;
}

unsigned int fifo_size(const struct fifo_end *end)
{
	return end->mask + 1;
}
