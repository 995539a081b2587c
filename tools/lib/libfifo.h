/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * libfifo: items of fifo.ko's queues in a process, without system calls.
 *
 * A process opens one end of a queue whose engine is ring: it becomes the one
 * consumer, or the one producer, and moves items through shared memory. It enters
 * the kernel only to wait, and to wake somebody who waits at the other end.
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
 * Threads: an end is for one thread at a time; two ends have nothing in common.
 * Forks: a child has no mapping. It must not use, nor close, an end that its
 * parent opened: the first access is a SIGSEGV. The descriptor closes at exec.
 *
 * Where a function returns -EBADMSG, something in this process has written over
 * the mapping, and the kernel moves nothing more: close the end.
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
 * @queue: its index: that of /dev/fifoN
 * @role: which end of it
 *
 * The end is taken until fifo_close(), or until the process ends. A consumer
 * begins behind the last item that was got, a producer behind the last one that
 * was put.
 *
 * Return: The end; or NULL and errno, which fifo_explain() puts in words: ENOENT
 * where there is no such queue, EACCES or EPERM, EBUSY where the end is in use,
 * EOPNOTSUPP where the queue cannot be mapped so, EINVAL for an unknown @role,
 * EPROTONOSUPPORT or ENOTTY where fifo.ko is of another release, and any of open(2)
 * and mmap(2).
 */
struct fifo_end *fifo_open(unsigned int queue, enum fifo_role role);

/**
 * fifo_close() - let an end of a queue go
 * @end: what fifo_open() returned, or NULL; gone afterwards
 *
 * What was got is got, and what was put is put. errno is left as it was.
 */
void fifo_close(struct fifo_end *end);

/**
 * fifo_fd() - the descriptor of an end, for poll() or epoll
 * @end: what fifo_open() returned
 *
 * Readable (POLLIN) while a consumer has an item to get, writable (POLLOUT) while
 * a producer has room, POLLERR where operations return -EBADMSG. It is level
 * triggered, and must not be closed.
 *
 * Return: The descriptor.
 */
int fifo_fd(const struct fifo_end *end);

/**
 * fifo_size() - how many items fit into the queue
 * @end: what fifo_open() returned
 *
 * Return: That number, a power of two.
 */
unsigned int fifo_size(const struct fifo_end *end);

/**
 * fifo_get() - get the oldest item, waiting for one
 * @end: a consumer's
 * @item: where to
 *
 * Return: 0; -EINTR when a signal handler ended the wait, -EBADF for a producer's
 * end: then nothing was got; or -EBADMSG.
 */
int fifo_get(struct fifo_end *end, struct fifo_item *item);

/**
 * fifo_put() - put an item, waiting for room
 * @end: a producer's
 * @item: type, length and data; copied. The queue fills in the rest
 *
 * It waits whatever the queue's overflow policy is: nothing is dropped.
 *
 * Return: 0; -EINTR when a signal handler ended the wait, -EBADF for a consumer's
 * end, -EINVAL for an item whose length is above %FIFO_DATA_LEN or whose type is
 * %FIFO_ITEM_PROCESS: then nothing was put; or -EBADMSG.
 */
int fifo_put(struct fifo_end *end, const struct fifo_item *item);

/**
 * fifo_try_get() - get the oldest item, if there is one
 * @end: a consumer's
 * @item: where to
 *
 * What another process has put through a mapping may not be seen before
 * fifo_wait(), if only for 0 milliseconds; nor, by fifo_try_put(), the room that
 * one has made.
 *
 * Return: 0; -EAGAIN when the queue is empty, -EBADF or -EBADMSG as fifo_get().
 */
int fifo_try_get(struct fifo_end *end, struct fifo_item *item);

/**
 * fifo_try_put() - put an item, if there is room
 * @end: a producer's
 * @item: type, length and data; copied. The queue fills in the rest
 *
 * Return: 0; -EAGAIN when the queue is full, -EBADF, -EINVAL or -EBADMSG as
 * fifo_put().
 */
int fifo_try_put(struct fifo_end *end, const struct fifo_item *item);

/**
 * fifo_get_many() - get the oldest items, as many as there are
 * @end: a consumer's
 * @items: where to
 * @n: how many at most, at least 1
 *
 * Waits like fifo_get() while there is not even one. The items cost one store,
 * one barrier, and at most one system call together.
 *
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
 * Waits like fifo_put() while not even one fits. The items that are put are the
 * first ones; they cost as little as with fifo_get_many().
 *
 * Return: How many were put, 1 to @n; -EINVAL for an @n of 0, or for any of the
 * @n items: then none was put; or a negative errno as fifo_put().
 */
int fifo_put_many(struct fifo_end *end, const struct fifo_item *items,
		  unsigned int n);

/**
 * fifo_try_get_many() - get as many items as there are, without waiting
 * @end: a consumer's
 * @items: where to
 * @n: how many at most, at least 1
 *
 * Return: How many were got, 1 to @n; -EAGAIN when the queue is empty, or a
 * negative errno as fifo_get_many().
 */
int fifo_try_get_many(struct fifo_end *end, struct fifo_item *items,
		      unsigned int n);

/**
 * fifo_try_put_many() - put as many items as fit, without waiting
 * @end: a producer's
 * @items: the items
 * @n: how many, at least 1
 *
 * Return: How many were put, 1 to @n; -EAGAIN when the queue is full, or a
 * negative errno as fifo_put_many().
 */
int fifo_try_put_many(struct fifo_end *end, const struct fifo_item *items,
		      unsigned int n);

/**
 * fifo_wait() - wait until there is an item to get, or room to put one
 * @end: a consumer's, or a producer's
 * @timeout_ms: for so many milliseconds; 0 returns at once, below 0 there is no
 *	limit
 *
 * Return: 0 when the next fifo_try_get() or fifo_try_put() finds something;
 * -ETIMEDOUT, -EINTR when a signal handler ended the wait, or -EBADMSG.
 */
int fifo_wait(struct fifo_end *end, int timeout_ms);

/* Bytes that hold whatever fifo_explain() has to say. */
#define FIFO_EXPLAIN_LEN	256

/**
 * fifo_explain() - put an error of fifo_open() in words, and what to do about it
 * @queue: what fifo_open() was given
 * @role: likewise
 * @err: what it left in errno
 * @buf: where to
 * @size: its length: %FIFO_EXPLAIN_LEN is enough
 *
 * It looks at what there is now, in /sys/class/misc/. Errors of opening, reading
 * or writing /dev/fifoN are explained too. Any thread may call it at any time.
 *
 * Return: @buf: one line, terminated, without a newline.
 */
const char *fifo_explain(unsigned int queue, enum fifo_role role, int err,
			 char *buf, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* _LIBFIFO_H */
