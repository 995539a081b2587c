/* SPDX-License-Identifier: MIT OR LGPL-2.1-or-later */
/*
 * libfifo: moves items of fifo.ko's queues in a process, without system calls.
 *
 * A process opens one end of a queue with engine=ring. It becomes the only consumer,
 * or the only producer, and moves items through shared memory. It calls the kernel
 * only to wait, and to wake a waiter at the other end.
 *
 *	struct fifo_end *end = fifo_open(0, FIFO_CONSUMER);
 *	struct fifo_item item;
 *
 *	if (!end)
 *		errx(1, "%s", fifo_explain(0, FIFO_CONSUMER, errno, text,
 *					   sizeof(text)));
 *	while (!fifo_get(end, &item))
 *		printf("%.*s\n", item.len, (const char *)item.data);
 *	fifo_close(end);
 *
 * An item that was got is gone, even if the process dies before it has done anything with
 * it. To lose none, look at items in place, and release them when the work is done:
 *
 *	const struct fifo_item *items;
 *	int n;
 *
 *	while ((n = fifo_peek_many(end, &items, 64)) > 0) {
 *		store_for_good(items, n);
 *		fifo_release(end, n);
 *	}
 *
 * Threads: use an end in one thread at a time. Two ends are independent.
 * Forks: a child has no mapping. It must neither use nor close an end that its
 * parent opened: the first access is a SIGSEGV. exec() closes the descriptor.
 *
 * If a function returns -EBADMSG, this process has overwritten the mapping. The
 * kernel moves nothing more: close the end.
 */
#ifndef _LIBFIFO_H
#define _LIBFIFO_H

#include <stddef.h>
#include "fifo.h"

#ifdef __cplusplus
extern "C" {
#endif

struct fifo_end;

/**
 * fifo_open() - become the consumer, or the producer, of a queue
 * @queue: its index, the N of /dev/fifoN
 * @role: which end
 *
 * The process has the end until fifo_close(), or until it ends. A consumer begins
 * behind the last item that was got, a producer behind the last one that was put.
 *
 * Context: Any thread.
 * Return: The end. On failure NULL, and errno, which fifo_explain() puts in words:
 * ENOENT if there is no such queue, EACCES or EPERM, EBUSY if the end is in use,
 * EOPNOTSUPP if this end cannot be mapped, EINVAL for an unknown @role,
 * EPROTONOSUPPORT or ENOTTY if fifo.ko is of another release, or any error of
 * open(2) and mmap(2).
 */
struct fifo_end *fifo_open(unsigned int queue, enum fifo_role role);

/**
 * fifo_close() - release an end of a queue
 * @end: what fifo_open() returned, or NULL; freed
 *
 * What was got is got, and what was put is put. What a peek has shown and was not
 * released stays in the queue. errno does not change.
 *
 * Context: Any thread, if no other uses the end.
 */
void fifo_close(struct fifo_end *end);

/**
 * fifo_fd() - the descriptor of an end, for poll() or epoll
 * @end: what fifo_open() returned
 *
 * POLLIN while a consumer has an item to get, POLLOUT while a producer has room,
 * POLLERR while operations return -EBADMSG. It is level triggered. Do not close it.
 *
 * Context: Any thread.
 * Return: The descriptor.
 */
int fifo_fd(const struct fifo_end *end);

/**
 * fifo_size() - how many items fit into the queue
 * @end: what fifo_open() returned
 *
 * Context: Any thread.
 * Return: The number, a power of two.
 */
unsigned int fifo_size(const struct fifo_end *end);

/**
 * fifo_get() - get the oldest item; waits for one
 * @end: a consumer's
 * @item: where to store it
 *
 * Context: One thread at a time for each end. Waits.
 * Return: 0 on success. Otherwise nothing was got: -EINTR if a signal handler ended
 * the wait, -EBADF for a producer's end, or -EBADMSG.
 */
int fifo_get(struct fifo_end *end, struct fifo_item *item);

/**
 * fifo_put() - put an item; waits for room
 * @end: a producer's
 * @item: type, length and data; copied. The queue fills in the rest
 *
 * It waits, whatever the queue's overflow policy is: nothing is dropped.
 *
 * Context: One thread at a time for each end. Waits.
 * Return: 0 on success. -EINTR if a signal handler ended the wait, -EBADF for a
 * consumer's end, -EINVAL for an item whose length is above %FIFO_DATA_LEN or whose
 * type is %FIFO_ITEM_PROCESS: then nothing was put. Or -EBADMSG.
 */
int fifo_put(struct fifo_end *end, const struct fifo_item *item);

/**
 * fifo_try_get() - get the oldest item, if there is one
 * @end: a consumer's
 * @item: where to store it
 *
 * If another process has mapped the other end, its items may not be visible before
 * you call fifo_wait(), if only for 0 milliseconds. The same holds for the room that
 * fifo_try_put() needs.
 *
 * Context: One thread at a time for each end. Does not wait.
 * Return: 0; -EAGAIN if the queue is empty; -EBADF or -EBADMSG as fifo_get().
 */
int fifo_try_get(struct fifo_end *end, struct fifo_item *item);

/**
 * fifo_try_put() - put an item, if there is room
 * @end: a producer's
 * @item: type, length and data; copied. The queue fills in the rest
 *
 * Context: One thread at a time for each end. Does not wait.
 * Return: 0; -EAGAIN if the queue is full; -EBADF, -EINVAL or -EBADMSG as
 * fifo_put().
 */
int fifo_try_put(struct fifo_end *end, const struct fifo_item *item);

/**
 * fifo_get_many() - get the oldest items, as many as there are
 * @end: a consumer's
 * @items: where to store them
 * @n: how many at most, at least 1
 *
 * Waits like fifo_get() while there is none. All items together cost one store, one
 * barrier, and at most one system call.
 *
 * Context: One thread at a time for each end. Waits.
 * Return: How many were got, 1 to @n; -EINVAL for an @n of 0, or a negative errno
 * as fifo_get().
 */
int fifo_get_many(struct fifo_end *end, struct fifo_item *items,
		  unsigned int n);

/**
 * fifo_put_many() - put items, as many as fit at once
 * @end: a producer's
 * @items: the items
 * @n: how many, at least 1
 *
 * Waits like fifo_put() while none fits. It puts the first items of the array, at
 * the cost of fifo_get_many().
 *
 * Context: One thread at a time for each end. Waits.
 * Return: How many were put, 1 to @n. -EINVAL if @n is 0 or one of the @n items is
 * invalid: then none was put. Or a negative errno as fifo_put().
 */
int fifo_put_many(struct fifo_end *end, const struct fifo_item *items,
		  unsigned int n);

/**
 * fifo_try_get_many() - get as many items as there are, without waiting
 * @end: a consumer's
 * @items: where to store them
 * @n: how many at most, at least 1
 *
 * Context: One thread at a time for each end. Does not wait.
 * Return: How many were got, 1 to @n; -EAGAIN if the queue is empty; or a negative
 * errno as fifo_get_many().
 */
int fifo_try_get_many(struct fifo_end *end, struct fifo_item *items,
		      unsigned int n);

/**
 * fifo_try_put_many() - put as many items as fit, without waiting
 * @end: a producer's
 * @items: the items
 * @n: how many, at least 1
 *
 * Context: One thread at a time for each end. Does not wait.
 * Return: How many were put, 1 to @n; -EAGAIN if the queue is full; or a negative
 * errno as fifo_put_many().
 */
int fifo_try_put_many(struct fifo_end *end, const struct fifo_item *items,
		      unsigned int n);

/**
 * fifo_peek_many() - look at the oldest items in place, without getting them
 * @end: a consumer's
 * @items: where to store a pointer to the oldest; the others lie behind it. Read-only
 * @n: how many at most, at least 1
 *
 * Waits like fifo_get() while there is none. The items stay in the queue: they count in
 * its depth, their slots are not free, and poll() and fifo_wait() report them. If the
 * process dies, the next consumer sees them again. A second peek shows the same items,
 * and perhaps more.
 *
 * It shows no items beyond the last slot: those of a batch that begins again at the first
 * slot come with the next peek, after fifo_release().
 *
 * The pointer is valid until the items are released, got, or the end is closed.
 *
 * Context: One thread at a time for each end. Waits.
 * Return: How many there are at @items, 1 to @n; -EINVAL for an @n of 0, or a negative
 * errno as fifo_get().
 */
int fifo_peek_many(struct fifo_end *end, const struct fifo_item **items,
		   unsigned int n);

/**
 * fifo_try_peek_many() - look at the oldest items in place, if there are any
 * @end: a consumer's
 * @items: where to store a pointer to the oldest
 * @n: how many at most, at least 1
 *
 * Context: One thread at a time for each end. Does not wait.
 * Return: How many there are at @items, 1 to @n; -EAGAIN if the queue is empty; or a
 * negative errno as fifo_peek_many().
 */
int fifo_try_peek_many(struct fifo_end *end, const struct fifo_item **items,
		       unsigned int n);

/**
 * fifo_release() - get the oldest of the items that a peek has shown
 * @end: a consumer's
 * @n: how many, at least 1, at most as many as the last peek has shown and are not
 *	released since
 *
 * Their slots are free for other items: do not read them any more. The cost is one store,
 * one barrier, and at most one system call.
 *
 * Context: One thread at a time for each end. Does not wait.
 * Return: 0 on success. -EINVAL for any other @n, -EBADF for a producer's end: then
 * nothing was got. Or -EBADMSG.
 */
int fifo_release(struct fifo_end *end, unsigned int n);

/**
 * fifo_reserve_many() - have items of the queue to fill in place
 * @end: a producer's
 * @items: where to store a pointer to the first; the others lie behind it
 * @n: how many at most, at least 1
 *
 * Waits like fifo_put() while there is no room. Then fill in type, length and data of
 * each item: what is in them before is of no use. They are put by fifo_commit(), and not
 * if the process dies before that. A second reserve returns the same items, and perhaps
 * more. It gives none beyond the last slot: as fifo_peek_many().
 *
 * The pointer is valid until the items are committed, others are put, or the end is
 * closed.
 *
 * Context: One thread at a time for each end. Waits.
 * Return: How many there are at @items, 1 to @n; -EINVAL for an @n of 0, or a negative
 * errno as fifo_put().
 */
int fifo_reserve_many(struct fifo_end *end, struct fifo_item **items,
		      unsigned int n);

/**
 * fifo_try_reserve_many() - have items of the queue to fill in place, if there is room
 * @end: a producer's
 * @items: where to store a pointer to the first
 * @n: how many at most, at least 1
 *
 * Context: One thread at a time for each end. Does not wait.
 * Return: How many there are at @items, 1 to @n; -EAGAIN if the queue is full; or a
 * negative errno as fifo_reserve_many().
 */
int fifo_try_reserve_many(struct fifo_end *end, struct fifo_item **items,
			  unsigned int n);

/**
 * fifo_commit() - put the first of the items that a reserve has returned
 * @end: a producer's
 * @n: how many, at least 1, at most as many as the last reserve has returned and are not
 *	committed since
 *
 * Do not write to them any more. The cost is that of fifo_release().
 *
 * Context: One thread at a time for each end. Does not wait.
 * Return: 0 on success. -EINVAL for any other @n, or if one of the @n items is invalid
 * as for fifo_put(), -EBADF for a consumer's end: then nothing was put. Or -EBADMSG.
 */
int fifo_commit(struct fifo_end *end, unsigned int n);

/**
 * fifo_wait() - wait until there is an item to get, or room to put one
 * @end: a consumer's, or a producer's
 * @timeout_ms: how long at most, in milliseconds; 0 returns at once, below 0 there is
 *	no limit
 *
 * Context: One thread at a time for each end. Waits.
 * Return: 0 if the next fifo_try_get() or fifo_try_put() can move an item;
 * -ETIMEDOUT; -EINTR if a signal handler ended the wait; or -EBADMSG.
 */
int fifo_wait(struct fifo_end *end, int timeout_ms);

/* Size of a buffer for any text of fifo_explain(). */
#define FIFO_EXPLAIN_LEN	256

/**
 * fifo_explain() - explain an error of fifo_open(), and what to do about it
 * @queue: the argument of fifo_open()
 * @role: the argument of fifo_open()
 * @err: the errno that it set
 * @buf: where to store the text
 * @size: its size: %FIFO_EXPLAIN_LEN is enough
 *
 * It looks at /sys/class/misc/ as it is now. It also explains errors of opening,
 * reading or writing /dev/fifoN.
 *
 * Context: Any thread, at any time.
 * Return: @buf: one line, terminated, without a newline.
 */
const char *fifo_explain(unsigned int queue, enum fifo_role role, int err,
			 char *buf, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* _LIBFIFO_H */
