// SPDX-License-Identifier: GPL-2.0
/*
 * Transfers: put and get over any engine, what a put meets in a full queue, and waiting.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include "engine.h"
#include "port.h"
#include "queue.h"
#include "trace.h"
#include "transfer.h"

/*
 * One attempt, without sleeping: what a waiter does, too. Was something moved, or may it
 * be in @finish?
 */
static bool try(void *data)
{
	struct fifo_transfer *transfer = data;
	struct fifo_queue *queue = transfer->port->queue;
	const struct fifo_engine *engine = queue->engine;

	if (transfer->port->role == FIFO_CONSUMER) {
		transfer->moved = engine->get(queue, transfer);
		return transfer->moved;
	}
	transfer->moved = engine->put(queue, transfer);
	if (!transfer->moved && queue->overflow == FIFO_DROP_OLDEST)
		transfer->moved = engine->replace(queue, transfer);
	return transfer->moved;
}

static void wake(struct fifo_queue *queue, enum fifo_role role, unsigned int n)
{
	fifo_wake(&queue->ends[role].wait, n);
}

/* After items were put. A producer that is to drop the oldest waits for one, too. */
static void wake_after_put(struct fifo_queue *queue, unsigned int n)
{
	wake(queue, FIFO_CONSUMER, n);
	if (queue->overflow == FIFO_DROP_OLDEST)
		wake(queue, FIFO_PRODUCER, n);
}

/*
 * The second half of an operation. If the engine must not sleep and cannot do it, it gives
 * back what it had claimed. Waiters may have tried meanwhile, so this wakes them.
 */
static bool finish(struct fifo_queue *queue, struct fifo_transfer *transfer)
{
	if (!queue->engine->finish || queue->engine->finish(queue, transfer))
		return true;
	wake(queue, FIFO_PRODUCER, transfer->moved);
	wake_after_put(queue, transfer->moved);
	return false;
}

/* An item that meets a full queue counts as put and as dropped. */
static int drop_newest(struct fifo_port *port, const struct fifo_item *newest)
{
	struct fifo_queue *queue = port->queue;
	struct fifo_item item = *newest;

	item.seq = ++port->seq;
	item.source = port->source;
	port->depth = queue->engine->depth(queue);
	port->dropped = true;
	trace_fifo_drop(queue, &item, port->depth);
	fifo_count(queue, FIFO_PRODUCER, 1);
	atomic64_inc(&queue->dropped);
	return 1;
}

static bool items_valid(const struct fifo_item *items, unsigned int n)
{
	while (n--)
		if (items++->len > FIFO_DATA_LEN)
			return false;
	return true;
}

/* The queue is full, or empty. */
static int wait_for(struct fifo_transfer *transfer)
{
	struct fifo_port *port = transfer->port;
	u64 since;
	int err;

	if (transfer->patience > FIFO_WAITS_KILLABLY) {
		port->again = true;
		return -EAGAIN;
	}
	since = ktime_get_ns();
	port->waited = true;
	err = fifo_wait(&port->waiter, transfer->patience, try, transfer);
	trace_fifo_wait(port, ktime_get_ns() - since, err);
	return err;
}

static int move_prepared(struct fifo_queue *queue,
			 struct fifo_transfer *transfer)
{
	enum fifo_role role = transfer->port->role;
	int err;

	if (!try(transfer)) {
		if (role == FIFO_PRODUCER &&
		    queue->overflow == FIFO_DROP_NEWEST)
			return drop_newest(transfer->port, transfer->from);
		err = wait_for(transfer);
		if (err)
			return err;
	}
	if (!finish(queue, transfer))
		return -EAGAIN;
	fifo_count(queue, role, transfer->moved);
	if (role == FIFO_PRODUCER)
		wake_after_put(queue, transfer->moved);
	else
		wake(queue, FIFO_PRODUCER, transfer->moved);
	return transfer->moved;
}

static void cleanup(struct fifo_queue *queue, struct fifo_transfer *transfer)
{
	if (queue->engine->cleanup)
		queue->engine->cleanup(queue, transfer);
}

/* Puts up to %FIFO_BATCH items. Returns how many, or a negative errno as fifo_put(). */
int fifo_put_items(struct fifo_port *port, const struct fifo_item *items,
		   unsigned int n, enum fifo_patience patience)
{
	struct fifo_transfer transfer = {
		.port = port, .from = items, .n = min(n, FIFO_BATCH),
		.patience = patience,
		.spare = LIST_HEAD_INIT(transfer.spare),
	};
	struct fifo_queue *queue = port->queue;
	int moved = 0;

	if (port->role != FIFO_PRODUCER)
		return -EBADF;
	if (!items_valid(items, transfer.n))
		return -EINVAL;
	if (fifo_port_cancelled(port))
		return -ECANCELED;
	port->dropped = false;
	if (queue->engine->prepare)
		moved = queue->engine->prepare(queue, &transfer);
	if (!moved)
		moved = move_prepared(queue, &transfer);
	cleanup(queue, &transfer);
	return moved;
}

/* Gets up to %FIFO_BATCH items. Returns how many, or a negative errno as fifo_get(). */
int fifo_get_items(struct fifo_port *port, struct fifo_item *items,
		   unsigned int n, enum fifo_patience patience)
{
	struct fifo_transfer transfer = {
		.port = port, .to = items, .n = min(n, FIFO_BATCH),
		.patience = patience,
		.spare = LIST_HEAD_INIT(transfer.spare),
	};
	int moved;

	if (port->role != FIFO_CONSUMER)
		return -EBADF;
	if (fifo_port_cancelled(port))
		return -ECANCELED;
	moved = move_prepared(port->queue, &transfer);
	cleanup(port->queue, &transfer);
	return moved;
}

/*
 * For a port's user that must not wait, and would have had to: it is woken by the waiter's
 * @wake. Returns whether it has joined the wait queue just now: then it must try again.
 */
bool fifo_port_stall(struct fifo_port *port)
{
	port->waited = true;
	return fifo_stall(&port->waiter);
}

/* The stall, if there is one, is over: it waits for no wake-up any more. */
void fifo_port_end_stall(struct fifo_port *port, int result)
{
	u64 ns;

	if (fifo_stall_end(&port->waiter, &ns))
		trace_fifo_wait(port, ns, result);
}

/**
 * fifo_put() - put an item, waiting for room if the queue's policy says so
 * @port: a producer's port, used by one task at a time
 * @item: type, length and data; copied
 *
 * With overflow=block it waits while the queue is full. With drop-newest the
 * item is dropped then, with drop-oldest the oldest one: both are a success.
 *
 * Context: Process context, may sleep. Takes the engine's lock.
 * Return: 0; -ECANCELED when the port was cancelled, -EINTR when a signal
 * ended the wait, -ENOMEM where the engine is list, -EBADF for a consumer's
 * port, -EINVAL for an item whose length is above %FIFO_DATA_LEN: then nothing
 * was put.
 */
int fifo_put(struct fifo_port *port, const struct fifo_item *item)
{
	might_sleep();
	return min(fifo_put_items(port, item, 1, FIFO_WAITS), 0);
}
EXPORT_SYMBOL_GPL(fifo_put);

/**
 * fifo_get() - get the oldest item, waiting for one
 * @port: a consumer's port, used by one task at a time
 * @item: where to
 *
 * Context: Process context, may sleep. Takes the engine's lock.
 * Return: 0; -ECANCELED when the port was cancelled, -EINTR when a signal
 * ended the wait, -EBADF for a producer's port: then nothing was got.
 */
int fifo_get(struct fifo_port *port, struct fifo_item *item)
{
	might_sleep();
	return min(fifo_get_items(port, item, 1, FIFO_WAITS), 0);
}
EXPORT_SYMBOL_GPL(fifo_get);

/**
 * fifo_try_put() - put an item, or say that it cannot be done at once
 * @port: a producer's port, used by one task at a time
 * @item: type, length and data; copied
 *
 * Context: Never sleeps, interrupts enabled. Process context, or softirqs where the
 * engine is not semaphore, whose lock is a mutex.
 * Return: 0; -EAGAIN when the queue is full and its policy is to block, or
 * when it would have to wait for the lock; -ENOMEM where the engine is list;
 * -ECANCELED, -EBADF, -EINVAL as fifo_put(). In each of these cases nothing was
 * put, nor dropped; but where a ring drops the oldest, another producer may have
 * taken the room that was made.
 */
int fifo_try_put(struct fifo_port *port, const struct fifo_item *item)
{
	return min(fifo_put_items(port, item, 1, FIFO_NEVER_SLEEPS), 0);
}
EXPORT_SYMBOL_GPL(fifo_try_put);

/**
 * fifo_try_get() - get the oldest item, or say that it cannot be done at once
 * @port: a consumer's port, used by one task at a time
 * @item: where to
 *
 * Context: As fifo_try_put().
 * Return: 0; -EAGAIN when the queue is empty, or when it would have to wait
 * for the lock; -ECANCELED, -EBADF as fifo_get().
 */
int fifo_try_get(struct fifo_port *port, struct fifo_item *item)
{
	return min(fifo_get_items(port, item, 1, FIFO_NEVER_SLEEPS), 0);
}
EXPORT_SYMBOL_GPL(fifo_try_get);

/**
 * fifo_put_many() - put items, as many as fit at once, up to %FIFO_BATCH
 * @port: a producer's port, used by one task at a time
 * @items: the items
 * @n: how many, at least 1
 *
 * Waits like fifo_put() while not even one can be put. The items that are put
 * are the first ones, and stay together. Of those that a full queue drops, one
 * call drops one.
 *
 * Context: Process context, may sleep. Takes the engine's lock.
 * Return: How many were put, 1 to @n or %FIFO_BATCH; or a negative errno as
 * fifo_put(), and -EINVAL for an @n of 0.
 */
int fifo_put_many(struct fifo_port *port, const struct fifo_item *items,
		  unsigned int n)
{
	might_sleep();
	if (!n)
		return -EINVAL;
	return fifo_put_items(port, items, n, FIFO_WAITS);
}
EXPORT_SYMBOL_GPL(fifo_put_many);

/**
 * fifo_get_many() - get the oldest items, as many as there are, up to %FIFO_BATCH
 * @port: a consumer's port, used by one task at a time
 * @items: where to
 * @n: how many at most, at least 1
 *
 * Waits like fifo_get() while there is not even one.
 *
 * Context: Process context, may sleep. Takes the engine's lock.
 * Return: How many were got, 1 to @n or %FIFO_BATCH; or a negative errno as
 * fifo_get(), and -EINVAL for an @n of 0.
 */
int fifo_get_many(struct fifo_port *port, struct fifo_item *items,
		  unsigned int n)
{
	might_sleep();
	if (!n)
		return -EINVAL;
	return fifo_get_items(port, items, n, FIFO_WAITS);
}
EXPORT_SYMBOL_GPL(fifo_get_many);

/**
 * fifo_try_put_many() - put items, as many as fit at once, without waiting
 * @port: a producer's port, used by one task at a time
 * @items: the items
 * @n: how many, at least 1
 *
 * Context: As fifo_try_put().
 * Return: How many were put, 1 to @n or %FIFO_BATCH; or a negative errno as
 * fifo_try_put(), and -EINVAL for an @n of 0.
 */
int fifo_try_put_many(struct fifo_port *port, const struct fifo_item *items,
		      unsigned int n)
{
	return n ? fifo_put_items(port, items, n, FIFO_NEVER_SLEEPS) : -EINVAL;
}
EXPORT_SYMBOL_GPL(fifo_try_put_many);

/**
 * fifo_try_get_many() - get items, as many as there are, without waiting
 * @port: a consumer's port, used by one task at a time
 * @items: where to
 * @n: how many at most, at least 1
 *
 * Context: As fifo_try_put().
 * Return: How many were got, 1 to @n or %FIFO_BATCH; or a negative errno as
 * fifo_try_get(), and -EINVAL for an @n of 0.
 */
int fifo_try_get_many(struct fifo_port *port, struct fifo_item *items,
		      unsigned int n)
{
	return n ? fifo_get_items(port, items, n, FIFO_NEVER_SLEEPS) : -EINVAL;
}
EXPORT_SYMBOL_GPL(fifo_try_get_many);
