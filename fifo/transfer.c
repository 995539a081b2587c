// SPDX-License-Identifier: GPL-2.0
/*
 * Transfers: put and get for any engine. operation.h has the fast path; here are the
 * overflow policies, waiting, and the API.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include "attempt.h"
#include "engine.h"
#include "port.h"
#include "queue.h"
#include "trace.h"
#include "transfer.h"

/**
 * struct attempt - what a waiter tries
 * @port: whose operation it is
 * @from: the items of a put
 * @to: where the items of a get go
 * @n: how many items at most
 * @moved: how many of them the last attempt has moved, or claimed
 */
struct attempt {
	struct fifo_port *port;
	const struct fifo_item *from;
	struct fifo_item *to;
	unsigned int n;
	unsigned int moved;
};

static bool try(void *data)
{
	struct attempt *attempt = data;
	struct fifo_port *port = attempt->port;
	const struct fifo_engine *engine = port->queue->engine;

	if (port->role == FIFO_CONSUMER)
		attempt->moved = engine->get(port, attempt->to, attempt->n);
	else
		attempt->moved = fifo_try_to_put(engine, port, attempt->from,
						 attempt->n);
	return attempt->moved;
}

/* A wait of an operation has ended. */
static void waited(struct fifo_port *port, u64 ns, int result)
{
	fifo_count_wait(port->queue, port->role, ns);
	trace_fifo_wait(port, ns, result);
}

/* Returns 0 once an attempt has succeeded, or a negative errno. */
static int wait_for(struct attempt *attempt, enum fifo_patience patience)
{
	struct fifo_port *port = attempt->port;
	int err;
	u64 ns;

	if (patience != FIFO_WAITS && patience != FIFO_WAITS_KILLABLY) {
		port->again = true;
		return -EAGAIN;
	}
	might_sleep();
	port->waited = true;
	err = fifo_wait(&port->waiter, patience, try, attempt, &ns);
	waited(port, ns, err);
	return err;
}

/* An item that meets a full queue counts as put and as dropped. */
static int drop_newest(struct fifo_port *port, const struct fifo_item *newest)
{
	struct fifo_queue *queue = port->queue;
	struct fifo_item item = *newest;

	item.seq = ++port->seq;
	item.source = port->source;
	port->dropped = true;
	trace_fifo_drop(queue, &item, queue->engine->depth(queue));
	fifo_count(queue, FIFO_PRODUCER, 1);
	atomic64_inc(&queue->dropped);
	return 1;
}

/* What a put does that has found no room. Returns how many were put, or a negative errno. */
int fifo_put_into_full(struct fifo_port *port, const struct fifo_item *items,
		       unsigned int n, enum fifo_patience patience)
{
	struct attempt attempt = { .port = port, .from = items, .n = n };
	struct fifo_queue *queue = port->queue;
	int err;

	if (queue->overflow == FIFO_DROP_NEWEST)
		return drop_newest(port, items);
	err = wait_for(&attempt, patience);
	return err ? err : fifo_complete_put(queue->engine, port, items,
					     attempt.moved, false);
}

/* What a get does that has found no item. */
int fifo_get_from_empty(struct fifo_port *port, struct fifo_item *items,
			unsigned int n, enum fifo_patience patience)
{
	struct attempt attempt = { .port = port, .to = items, .n = n };
	int err = wait_for(&attempt, patience);

	return err ? err : fifo_complete_get(port->queue->engine, port, items,
					     attempt.moved, false);
}

/*
 * Puts up to %FIFO_BATCH items, at least 1. Returns how many, or a negative errno as
 * fifo_put().
 */
int fifo_put_items(struct fifo_port *port, const struct fifo_item *items,
		   unsigned int n, enum fifo_patience patience)
{
	return port->queue->engine->put_items(port, items, min(n, FIFO_BATCH),
					      patience);
}

/* Likewise gets items. */
int fifo_get_items(struct fifo_port *port, struct fifo_item *items,
		   unsigned int n, enum fifo_patience patience)
{
	return port->queue->engine->get_items(port, items, min(n, FIFO_BATCH),
					      patience);
}

/*
 * For a user of the port that must not sleep, after an operation that would have had to. A
 * wake-up then calls the waiter's @wake. Returns true if the port has just joined the wait
 * queue: then the user must try once more.
 */
bool fifo_port_stall(struct fifo_port *port)
{
	port->waited = true;
	return fifo_stall(&port->waiter);
}

/* Ends the stall, if there is one: the port leaves the wait queue. */
void fifo_port_end_stall(struct fifo_port *port, int result)
{
	u64 ns;

	if (fifo_stall_end(&port->waiter, &ns))
		waited(port, ns, result);
}

/**
 * fifo_put() - put an item, waiting for room if the queue's policy says so
 * @port: a producer's port, used by one task at a time
 * @item: type, length and data; copied
 *
 * With overflow=block it waits while the queue is full. With drop-newest it then drops the
 * item, with drop-oldest the oldest one; both count as success.
 *
 * Context: Process context, may sleep. Takes the engine's lock.
 * Return: 0; -ECANCELED if the port was cancelled, -EINTR if a signal ended the wait,
 * -ENOMEM if the engine is list and memory is short, -EBADF for a consumer's port, -EINVAL
 * for an item longer than %FIFO_DATA_LEN. After any of these errors nothing was put.
 */
int fifo_put(struct fifo_port *port, const struct fifo_item *item)
{
	return port->queue->engine->put_one(port, item, FIFO_WAITS);
}
EXPORT_SYMBOL_GPL(fifo_put);

/**
 * fifo_get() - get the oldest item, waiting for one
 * @port: a consumer's port, used by one task at a time
 * @item: filled with the item
 *
 * Context: Process context, may sleep. Takes the engine's lock.
 * Return: 0; -ECANCELED when the port was cancelled, -EINTR when a signal
 * ended the wait, -EBADF for a producer's port: then nothing was got.
 */
int fifo_get(struct fifo_port *port, struct fifo_item *item)
{
	return port->queue->engine->get_one(port, item, FIFO_WAITS);
}
EXPORT_SYMBOL_GPL(fifo_get);

/**
 * fifo_try_put() - put an item, or say that it cannot be done at once
 * @port: a producer's port, used by one task at a time
 * @item: type, length and data; copied
 *
 * Context: Never sleeps. Process context with interrupts enabled; also softirqs, unless the
 * engine is semaphore, whose lock is a mutex.
 * Return: 0; -EAGAIN if the queue is full and its policy is to block, or if it would have
 * to wait for the lock; -ENOMEM if the engine is list and memory is short; -ECANCELED,
 * -EBADF, -EINVAL as fifo_put(). After an error nothing was put. Nothing was dropped
 * either, except in a ring with drop-oldest: it may have dropped an item, and another
 * producer may have taken that room.
 */
int fifo_try_put(struct fifo_port *port, const struct fifo_item *item)
{
	return port->queue->engine->put_one(port, item, FIFO_NEVER_SLEEPS);
}
EXPORT_SYMBOL_GPL(fifo_try_put);

/**
 * fifo_try_get() - get the oldest item, or say that it cannot be done at once
 * @port: a consumer's port, used by one task at a time
 * @item: filled with the item
 *
 * Context: As fifo_try_put().
 * Return: 0; -EAGAIN when the queue is empty, or when it would have to wait
 * for the lock; -ECANCELED, -EBADF as fifo_get().
 */
int fifo_try_get(struct fifo_port *port, struct fifo_item *item)
{
	return port->queue->engine->get_one(port, item, FIFO_NEVER_SLEEPS);
}
EXPORT_SYMBOL_GPL(fifo_try_get);

/**
 * fifo_put_many() - put items, as many as fit at once, up to %FIFO_BATCH
 * @port: a producer's port, used by one task at a time
 * @items: the items
 * @n: how many, at least 1
 *
 * Waits like fifo_put() while not even one can be put. It puts the first of the items, with
 * no other item between them. If a full queue drops items (drop-newest), one call drops
 * one.
 *
 * Context: Process context, may sleep. Takes the engine's lock.
 * Return: How many were put, 1 to @n or %FIFO_BATCH; or a negative errno as
 * fifo_put(), and -EINVAL for an @n of 0.
 */
int fifo_put_many(struct fifo_port *port, const struct fifo_item *items,
		  unsigned int n)
{
	if (!n)
		return -EINVAL;
	return fifo_put_items(port, items, n, FIFO_WAITS);
}
EXPORT_SYMBOL_GPL(fifo_put_many);

/**
 * fifo_get_many() - get the oldest items, as many as there are, up to %FIFO_BATCH
 * @port: a consumer's port, used by one task at a time
 * @items: filled with the items
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
 * @items: filled with the items
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
