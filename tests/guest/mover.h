/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Moves items at an end of queue 0, one at a time and without waiting: as text, or in a
 * mapping.
 */
#ifndef _MOVER_H
#define _MOVER_H

#include <poll.h>
#include "mapped_end.h"

struct mover {
	struct mapped_end end;	/* if it is not mapped, fd is the device's */
	int mapped;
};

static inline void must(int done, const char *what)
{
	if (!done) {
		perror(what);
		_exit(1);
	}
}

/* The process that had the end before may still be dying. */
static inline int end_open_soon(struct mapped_end *end, enum fifo_role role,
				int seconds)
{
	int tries = seconds * 1000;

	while (end_open(end, 0, role)) {
		if (errno != EBUSY || !tries--)
			return -1;
		usleep(1000);
	}
	return 0;
}

static inline void mover_open(struct mover *at, enum fifo_role role, int mapped,
			      int seconds)
{
	at->mapped = mapped;
	at->end.role = role;
	if (mapped) {
		must(!end_open_soon(&at->end, role, seconds), "end_open");
		return;
	}
	at->end.fd = device_open(0, O_NONBLOCK | (role == FIFO_CONSUMER ?
						  O_RDONLY : O_WRONLY));
	must(at->end.fd >= 0, "open");
}

static inline void mover_close(struct mover *at)
{
	if (at->mapped)
		end_close(&at->end);
	else
		close(at->end.fd);
}

static inline int move_mapped(struct mapped_end *end)
{
	__u64 position = *end->position;
	struct fifo_item *item = &end->items[position % end->size];

	if (!end_ready(end, position))
		return 0;
	if (end->role == FIFO_PRODUCER) {
		item->type = FIFO_ITEM_TEXT;
		item->len = 1;
		item->data[0] = 'x';
	}
	must(!end_move_to(end, position + 1), "kick");
	return 1;
}

/* Moves one item: a read has no room for more. Returns whether it was moved. */
static inline int mover_move(struct mover *at)
{
	char line[2] = "x\n";
	int n;

	if (at->mapped)
		return move_mapped(&at->end);
	n = at->end.role == FIFO_PRODUCER ? write(at->end.fd, line, 2) :
					    read(at->end.fd, line, 2);
	must(n == 2 || errno == EAGAIN, "move");
	return n == 2;
}

/* Makes the kernel look at what a process has done at the other end. */
static inline void mover_look(struct mover *at)
{
	struct pollfd one = { at->end.fd, POLLIN | POLLOUT, 0 };

	poll(&one, 1, 1);
}

#endif /* _MOVER_H */
