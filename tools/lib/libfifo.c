// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * A process's end of a queue: opening, waiting, and moving items.
 *
 * The protocol is "Mapping a queue" in include/uapi/fifo.h. The barriers, and their
 * pairs in the kernel:
 *
 * (R) acquire, of a slot's turn. Pairs with (E) in fifo/engine/turns.h, the release
 * of that turn, after the kernel
 * has filled the slot, or has read what this process put there.
 *
 * (S) release, of the position. Pairs with (F) in fifo/user/map_end.c, which the kernel
 * executes after it has read the position, and before it overwrites the slots that were
 * got, or reads those that were put.
 *
 * (T) full, between storing the position and reading the flags of the other end. Pairs
 * with (A) in fifo/wait.c, between setting a flag and reading the position. Without it
 * both sides may miss each other: this process does not kick, and the waiter sleeps.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "libfifo.h"

#define CACHE_LINE	64

/* A part of the mapping; include/uapi/fifo.h has the layout. */
struct region {
	void *at;
	size_t len;
};

/**
 * struct fifo_end - a process's end of a queue
 * @position: where it gets or puts next. The copy in the mapping, @told, is read only
 *	once, in fifo_open()
 * @mask: the size of the queue, less one
 * @filled: a slot is this end's if its turn is the position plus this
 * @turns: whose turn it is in each slot; written by the kernel
 * @items: the slots
 * @told: the position, for the kernel
 * @waiting: an operation may wait at the other end; written by the kernel
 * @polled: a task may poll the other end; written by the kernel
 * @role: which end it is
 * @fd: the descriptor that was mapped
 * @control: the page with what the kernel says
 * @regions: everything that is mapped
 */
struct fifo_end {
	alignas(CACHE_LINE) __u64 position;
	__u64 mask;
	__u64 filled;
	const atomic_ullong *turns;
	struct fifo_item *items;
	atomic_ullong *told;
	const atomic_uint *waiting;
	const atomic_uint *polled;
	enum fifo_role role;
	int fd;
	const struct fifo_map_control *control;
	struct region regions[4];
};

/* --- opening --------------------------------------------------------------- */

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

/* --- moving ---------------------------------------------------------------- */

/* Is the slot that is @ahead of the position this end's? */
static inline bool ready(const struct fifo_end *end, unsigned int ahead)
{
	__u64 position = end->position + ahead;

	/* (R) pairs with (E). */
	return atomic_load_explicit(&end->turns[position & end->mask],
				    memory_order_acquire) ==
	       position + end->filled;
}

static inline struct fifo_item *slot(const struct fifo_end *end,
				     unsigned int ahead)
{
	return &end->items[(end->position + ahead) & end->mask];
}

static int kick(const struct fifo_end *end)
{
	while (ioctl(end->fd, FIFO_IOC_KICK) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

/*
 * Hands over @n slots, at least 1, and wakes the other end if it waits. Returns @n or
 * a negative errno.
 */
static inline int hand_over(struct fifo_end *end, unsigned int n)
{
	int err = 0;

	end->position += n;
	/* (S) pairs with (F). */
	atomic_store_explicit(end->told, end->position, memory_order_release);
	/* (T) pairs with (A). */
	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load_explicit(end->waiting, memory_order_relaxed) ||
	    atomic_load_explicit(end->polled, memory_order_relaxed))
		err = kick(end);
	return err ? err : (int)n;
}

static inline int get_ready(struct fifo_end *end, struct fifo_item *items,
			    unsigned int n)
{
	unsigned int i;

	if (end->role != FIFO_CONSUMER)
		return -EBADF;
	for (i = 0; i < n && ready(end, i); i++)
		items[i] = *slot(end, i);
	return i ? hand_over(end, i) : -EAGAIN;
}

static bool items_valid(const struct fifo_item *items, unsigned int n)
{
	for (; n--; items++)
		if (items->len > FIFO_DATA_LEN ||
		    items->type == FIFO_ITEM_PROCESS)
			return false;
	return true;
}

/* Copies whole slots, each a cache line. The queue fills in the other fields. */
static inline int put_ready(struct fifo_end *end, const struct fifo_item *items,
			    unsigned int n)
{
	unsigned int i;

	if (end->role != FIFO_PRODUCER)
		return -EBADF;
	if (!items_valid(items, n))
		return -EINVAL;
	for (i = 0; i < n && ready(end, i); i++)
		*slot(end, i) = items[i];
	return i ? hand_over(end, i) : -EAGAIN;
}

/* Converts the result for a batch of one. */
static int zero_or_err(int moved)
{
	return moved < 0 ? moved : 0;
}

int fifo_try_get_many(struct fifo_end *end, struct fifo_item *items,
		      unsigned int n)
{
	return n ? get_ready(end, items, n) : -EINVAL;
}

int fifo_try_put_many(struct fifo_end *end, const struct fifo_item *items,
		      unsigned int n)
{
	return n ? put_ready(end, items, n) : -EINVAL;
}

int fifo_try_get(struct fifo_end *end, struct fifo_item *item)
{
	return zero_or_err(get_ready(end, item, 1));
}

int fifo_try_put(struct fifo_end *end, const struct fifo_item *item)
{
	return zero_or_err(put_ready(end, item, 1));
}

/* --- waiting --------------------------------------------------------------- */

int fifo_wait(struct fifo_end *end, int timeout_ms)
{
	struct pollfd pollfd = {
		.fd = end->fd,
		.events = end->role == FIFO_CONSUMER ? POLLIN : POLLOUT,
	};
	int n;

	if (ready(end, 0))
		return 0;
	n = poll(&pollfd, 1, timeout_ms);
	if (n < 0)
		return -errno;
	if (!n)
		return -ETIMEDOUT;
	return pollfd.revents & pollfd.events ? 0 : -EBADMSG;
}

int fifo_get_many(struct fifo_end *end, struct fifo_item *items,
		  unsigned int n)
{
	int moved;

	if (!n)
		return -EINVAL;
	while ((moved = get_ready(end, items, n)) == -EAGAIN) {
		moved = fifo_wait(end, -1);
		if (moved)
			break;
	}
	return moved;
}

int fifo_put_many(struct fifo_end *end, const struct fifo_item *items,
		  unsigned int n)
{
	int moved;

	if (!n)
		return -EINVAL;
	while ((moved = put_ready(end, items, n)) == -EAGAIN) {
		moved = fifo_wait(end, -1);
		if (moved)
			break;
	}
	return moved;
}

int fifo_get(struct fifo_end *end, struct fifo_item *item)
{
	return zero_or_err(fifo_get_many(end, item, 1));
}

int fifo_put(struct fifo_end *end, const struct fifo_item *item)
{
	return zero_or_err(fifo_put_many(end, item, 1));
}
