// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * A process's end of a queue: moving items, by copying them or in place, and waiting.
 *
 * The protocol is "Mapping a queue" in include/uapi/fifo.h. The barriers, and their
 * pairs in the kernel:
 *
 * (R) acquire, of a slot's turn. Pairs with (E) in fifo/engine/turns.h, the release
 * of that turn, after the kernel has filled the slot, or has read what this process put
 * there.
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
#include <poll.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include "end.h"

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

/* --- in place -------------------------------------------------------------- */

/*
 * How many slots from the position on are this end's, and lie one behind the other: up to
 * @n, and as far as the last slot. Returns at least 1, or a negative errno.
 */
static int show(struct fifo_end *end, enum fifo_role role, unsigned int n)
{
	unsigned int to_last = end->mask + 1 - (end->position & end->mask);
	unsigned int i;

	if (end->role != role)
		return -EBADF;
	if (!n)
		return -EINVAL;
	if (n > to_last)
		n = to_last;
	for (i = 0; i < n && ready(end, i); i++)
		;
	if (!i)
		return -EAGAIN;
	end->shown = end->position + i;
	return i;
}

static int show_waiting(struct fifo_end *end, enum fifo_role role,
			unsigned int n)
{
	int err, shown;

	while ((shown = show(end, role, n)) == -EAGAIN) {
		err = fifo_wait(end, -1);
		if (err)
			return err;
	}
	return shown;
}

/* A get or a put since then has moved the position, perhaps beyond what was shown. */
static int check_shown(const struct fifo_end *end, enum fifo_role role,
		       unsigned int n)
{
	__s64 left = end->shown - end->position;

	if (end->role != role)
		return -EBADF;
	return n && n <= left ? 0 : -EINVAL;
}

int fifo_peek_many(struct fifo_end *end, const struct fifo_item **items,
		   unsigned int n)
{
	int shown = show_waiting(end, FIFO_CONSUMER, n);

	if (shown > 0)
		*items = slot(end, 0);
	return shown;
}

int fifo_try_peek_many(struct fifo_end *end, const struct fifo_item **items,
		       unsigned int n)
{
	int shown = show(end, FIFO_CONSUMER, n);

	if (shown > 0)
		*items = slot(end, 0);
	return shown;
}

int fifo_release(struct fifo_end *end, unsigned int n)
{
	int err = check_shown(end, FIFO_CONSUMER, n);

	return err ? err : zero_or_err(hand_over(end, n));
}

int fifo_reserve_many(struct fifo_end *end, struct fifo_item **items,
		      unsigned int n)
{
	int shown = show_waiting(end, FIFO_PRODUCER, n);

	if (shown > 0)
		*items = slot(end, 0);
	return shown;
}

int fifo_try_reserve_many(struct fifo_end *end, struct fifo_item **items,
			  unsigned int n)
{
	int shown = show(end, FIFO_PRODUCER, n);

	if (shown > 0)
		*items = slot(end, 0);
	return shown;
}

int fifo_commit(struct fifo_end *end, unsigned int n)
{
	int err = check_shown(end, FIFO_PRODUCER, n);

	if (err)
		return err;
	if (!items_valid(slot(end, 0), n))
		return -EINVAL;
	return zero_or_err(hand_over(end, n));
}
