/* SPDX-License-Identifier: MIT OR LGPL-2.1-or-later */
/*
 * What an end of a queue is, inside the library.
 */
#ifndef _LIBFIFO_END_H
#define _LIBFIFO_END_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
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
 * @shown: the position behind the slots that the last peek or reserve returned
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
	__u64 shown;
	enum fifo_role role;
	int fd;
	const struct fifo_map_control *control;
	struct region regions[4];
};

#endif /* _LIBFIFO_END_H */
