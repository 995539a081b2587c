// SPDX-License-Identifier: GPL-2.0
/*
 * The process's end of stress.c, if it uses the items in place.
 */
#include <errno.h>
#include <stddef.h>
#include "stress.h"

/*
 * Looks at items, and releases only the first half of them: the others come again. No run
 * goes beyond the last slot.
 */
void process_peeks(struct fifo_end *end)
{
	const struct fifo_item *item;
	__u64 seq = 0;
	int i, n, half, err;

	while (seq < items) {
		n = fifo_peek_many(end, &item, batch);
		if (n < 1 || n > (int)least(batch, size - seq % size))
			reject("peek at %llu: %d", seq, n);
		for (i = 0; i < n; i++)
			check(&item[i], seq + i);
		if (atomic_load(position) != seq)
			reject("a peek has taken items");
		half = (n + 1) / 2;
		err = fifo_release(end, half);
		if (err || fifo_release(end, n - half + 1) != -EINVAL)
			reject("release %d of %d: %d", half, n, err);
		seq += half;
	}
}

void process_reserves(struct fifo_end *end)
{
	struct fifo_item *item;
	__u64 seq = 0;
	int i, n, half, err;

	while (seq < items) {
		n = fifo_reserve_many(end, &item, least(batch, items - seq));
		if (n < 1 || n > (int)least(batch, size - seq % size))
			reject("reserve at %llu: %d", seq, n);
		half = (n + 1) / 2;
		for (i = 0; i < half; i++)
			fill(&item[i], seq + i);
		if (atomic_load(position) != seq)
			reject("a reserve has put items");
		err = fifo_commit(end, half);
		if (err || fifo_commit(end, n - half + 1) != -EINVAL)
			reject("commit %d of %d: %d", half, n, err);
		seq += half;
	}
}

/* Calls that are refused, and move nothing. */
void check_refusals_in_place(struct fifo_end *end)
{
	struct fifo_item *room = NULL;
	const struct fifo_item *item = NULL;

	if (role == FIFO_CONSUMER) {
		if (fifo_reserve_many(end, &room, 1) != -EBADF ||
		    fifo_commit(end, 1) != -EBADF)
			reject("the wrong end is not refused");
		if (fifo_peek_many(end, &item, 0) != -EINVAL ||
		    fifo_try_peek_many(end, &item, 1) != -EAGAIN ||
		    fifo_release(end, 0) != -EINVAL ||
		    fifo_release(end, 1) != -EINVAL)
			reject("a peek, or a release, of nothing is not refused");
		return;
	}
	if (fifo_peek_many(end, &item, 1) != -EBADF ||
	    fifo_release(end, 1) != -EBADF)
		reject("the wrong end is not refused");
	if (fifo_reserve_many(end, &room, 0) != -EINVAL ||
	    fifo_commit(end, 0) != -EINVAL || fifo_commit(end, 1) != -EINVAL)
		reject("a reserve, or a commit, of nothing is not refused");
	if (fifo_try_reserve_many(end, &room, size + 1) != (int)size)
		reject("an empty queue is not reserved as a whole");
	room[0].type = FIFO_ITEM_TEXT;
	room[0].len = 41;
	if (fifo_commit(end, 1) != -EINVAL)
		reject("41 bytes are not refused");
}
