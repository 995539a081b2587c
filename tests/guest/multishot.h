/* SPDX-License-Identifier: GPL-2.0 */
/*
 * io_uring's multishot poll, by system calls alone: it is started once, and then reports
 * each event.
 */
#ifndef _MULTISHOT_H
#define _MULTISHOT_H

#include <errno.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct multishot {
	int fd;
	unsigned int *head, *tail, mask;
	struct io_uring_cqe *events;
};

static inline void *ring_at(void *ring, unsigned int offset)
{
	return (char *)ring + offset;
}

/* Returns 0, or -1 and errno. */
static inline int multishot_begin(struct multishot *shot, int fd, unsigned int events)
{
	struct io_uring_params params = { 0 };
	struct io_uring_sqe *entry;
	void *submitted, *completed;
	size_t len;

	shot->fd = syscall(__NR_io_uring_setup, 8, &params);
	if (shot->fd < 0)
		return -1;
	len = params.sq_off.array + params.sq_entries * sizeof(unsigned int);
	submitted = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, shot->fd,
			 IORING_OFF_SQ_RING);
	len = params.cq_off.cqes + params.cq_entries * sizeof(*shot->events);
	completed = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, shot->fd,
			 IORING_OFF_CQ_RING);
	entry = mmap(NULL, params.sq_entries * sizeof(*entry),
		     PROT_READ | PROT_WRITE, MAP_SHARED, shot->fd, IORING_OFF_SQES);
	if (submitted == MAP_FAILED || completed == MAP_FAILED || entry == MAP_FAILED)
		return -1;
	shot->head = ring_at(completed, params.cq_off.head);
	shot->tail = ring_at(completed, params.cq_off.tail);
	shot->mask = *(unsigned int *)ring_at(completed, params.cq_off.ring_mask);
	shot->events = ring_at(completed, params.cq_off.cqes);
	entry->opcode = IORING_OP_POLL_ADD;
	entry->fd = fd;
	entry->poll32_events = events;
	entry->len = IORING_POLL_ADD_MULTI;
	*(unsigned int *)ring_at(submitted, params.sq_off.array) = 0;
	__atomic_store_n((unsigned int *)ring_at(submitted, params.sq_off.tail), 1,
			 __ATOMIC_RELEASE);
	return syscall(__NR_io_uring_enter, shot->fd, 1, 0, 0, NULL, 0) == 1 ? 0 : -1;
}

/* Waits for an event, and takes all. Returns 0; or -1 and errno if the poll has ended. */
static inline int multishot_wait(struct multishot *shot)
{
	unsigned int head = *shot->head;
	struct io_uring_cqe *event;

	if (head == __atomic_load_n(shot->tail, __ATOMIC_ACQUIRE) &&
	    syscall(__NR_io_uring_enter, shot->fd, 0, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) < 0)
		return -1;
	for (; head != __atomic_load_n(shot->tail, __ATOMIC_ACQUIRE); head++) {
		event = &shot->events[head & shot->mask];
		if (event->res < 0 || !(event->flags & IORING_CQE_F_MORE)) {
			errno = event->res < 0 ? -event->res : ENOENT;
			return -1;
		}
	}
	__atomic_store_n(shot->head, head, __ATOMIC_RELEASE);
	return 0;
}

#endif /* _MULTISHOT_H */
