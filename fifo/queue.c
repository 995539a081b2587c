// SPDX-License-Identifier: GPL-2.0
/*
 * Queues: put and get over any engine, the overflow policies, and the ledger.
 *
 * Lock order, outer first. What is not named takes no other lock.
 *
 *	1. a module's param_lock    a write to /sys/module/.../rate holds it
 *	2. fifo_client.lock         mutex: starting allocates and sleeps
 *	3. sources_lock             mutex: adding a name allocates
 *	4. ports_lock               mutex: shows all ports
 *	   client_log.c's printing  mutex: a console may take long for a line
 *	5. an engine's own          semaphore: a mutex; others: a spinlock, also
 *	                            taken in softirqs, ring's for mapped ends
 *	6. fifo_worker.lock         spinlock: arms a timer or queues work; also
 *	                            taken in softirqs
 *	7. fifo_leftovers.lock      spinlock: cancels the ports of readers
 *	8. wait queue locks         as the kernel's wake-ups take them
 *	9. fifo_port.lock           spinlock: holds a waiter in place
 *	10. command.c's array,      spinlocks: innermost, also taken in softirqs;
 *	    client_log.c's log_lock  nothing is taken in them
 *
 * 1 to 4 are never held while an item is moved, 5 never while one waits; but who
 * reads or writes a device as text holds the lock of that open file meanwhile,
 * which is outer to all but 1 and 2.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/build_bug.h>
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include "engine.h"

static_assert(sizeof(struct fifo_item) == 64);
static_assert(sizeof(struct fifo_control) == sizeof(struct fifo_map_control));
static_assert(offsetof(struct fifo_control, ends[1].waiting) ==
	      offsetof(struct fifo_map_control, ends[1].waiting));
static_assert(offsetof(struct fifo_control, ends[1].polled) ==
	      offsetof(struct fifo_map_control, ends[1].polled));

const u8 fifo_payload_mask[2 * FIFO_DATA_LEN] = {
	[0 ... FIFO_DATA_LEN - 1] = 0xff
};

const char *const fifo_overflow_names[] = {
	[FIFO_BLOCK] = "block",
	[FIFO_DROP_NEWEST] = "drop-newest",
	[FIFO_DROP_OLDEST] = "drop-oldest",
	NULL
};

/*
 * Makes an empty queue of what describes it: its size, engine and overflow.
 * May sleep. Returns 0 or a negative errno.
 */
int fifo_queue_init(struct fifo_queue *queue, unsigned int index)
{
	enum fifo_role role;
	int err;

	queue->index = index;
	snprintf(queue->name, sizeof(queue->name), "fifo%u", index);
	for (role = FIFO_PRODUCER; role <= FIFO_CONSUMER; role++) {
		init_waitqueue_head(&queue->ends[role].waiters);
		init_waitqueue_head(&queue->ends[role].pollers);
		init_waitqueue_head(&queue->ends[role].watchers);
	}
	queue->control = (void *)get_zeroed_page(GFP_KERNEL);
	if (!queue->control)
		return -ENOMEM;
	queue->control->version = FIFO_MAP_VERSION;
	queue->control->size = queue->size;
	err = queue->engine->init(queue);
	if (err)
		free_page((unsigned long)queue->control);
	return err;
}

/*
 * What a process did in a mapping, up to a bounded number of items, is done for
 * everybody from here on. False when there was nothing.
 */
bool fifo_queue_settle(struct fifo_queue *queue)
{
	return queue->engine->settle && queue->engine->settle(queue);
}

/* All that it did up to here, a queue full, in steps. May sleep. */
void fifo_queue_settle_all(struct fifo_queue *queue)
{
	unsigned int steps = queue->size / FIFO_SETTLE_MOST + 1;

	while (steps-- && fifo_queue_settle(queue))
		cond_resched_tasks_rcu_qs();
}

/*
 * Could an operation of this role go on now? A hint: others may be faster. Where it
 * is false and comes to be true, who waits or polls is woken after that.
 */
bool fifo_queue_ready(const struct fifo_queue *queue, enum fifo_role role)
{
	if (role == FIFO_PRODUCER && queue->overflow != FIFO_BLOCK)
		return true;
	return queue->engine->ready(queue, role);
}

/* Writes off what is in a queue that nobody uses any more, and says so. */
void fifo_queue_discard(struct fifo_queue *queue)
{
	atomic64_set(&queue->discarded, queue->engine->depth(queue));
	pr_info("queue %u: put=%lld got=%lld dropped=%lld discarded=%lld\n",
		queue->index, (s64)fifo_items_put(queue),
		(s64)fifo_items_got(queue),
		(s64)atomic64_read(&queue->dropped),
		(s64)atomic64_read(&queue->discarded));
}

/**
 * fifo_read_ledger() - what became of the items of a queue so far
 * @queue: its index
 * @ledger: where to
 *
 * The counts are read one by one: while items move they need not add up.
 *
 * Context: Any with interrupts enabled.
 * Return: 0, or -ENODEV when there is no such queue.
 */
int fifo_read_ledger(unsigned int queue, struct fifo_ledger *ledger)
{
	struct fifo_queue *q = fifo_queue_find(queue);

	if (!q)
		return -ENODEV;
	fifo_queue_settle(q);
	ledger->put = fifo_items_put(q);
	ledger->got = fifo_items_got(q);
	ledger->dropped = atomic64_read(&q->dropped);
	ledger->depth = q->engine->depth(q);
	return 0;
}
EXPORT_SYMBOL_GPL(fifo_read_ledger);

/* Frees the store of a queue. May sleep. */
void fifo_queue_destroy(struct fifo_queue *queue)
{
	queue->engine->destroy(queue);
	free_page((unsigned long)queue->control);
}

static bool try_put(struct fifo_queue *queue, struct fifo_transfer *transfer)
{
	const struct fifo_engine *engine = queue->engine;

	transfer->moved = engine->put(queue, transfer);
	if (!transfer->moved && queue->overflow == FIFO_DROP_OLDEST)
		transfer->moved = engine->replace(queue, transfer);
	return transfer->moved;
}

static bool try_get(struct fifo_queue *queue, struct fifo_transfer *transfer)
{
	transfer->moved = queue->engine->get(queue, transfer);
	return transfer->moved;
}

/*
 * One attempt of a put or a get, without sleeping: what a waiter does, too, between
 * joining the wait queue and sleeping. Was something moved, or may it be in @finish?
 */
bool fifo_queue_try(struct fifo_queue *queue, struct fifo_transfer *transfer)
{
	if (transfer->port->role == FIFO_PRODUCER)
		return try_put(queue, transfer);
	return try_get(queue, transfer);
}

/* After items were put. Who is to drop the oldest item waits for one, too. */
static void wake_after_put(struct fifo_queue *queue, unsigned int n)
{
	fifo_wake(queue, FIFO_CONSUMER, n);
	if (queue->overflow == FIFO_DROP_OLDEST)
		fifo_wake(queue, FIFO_PRODUCER, n);
}

/*
 * The second half of an operation. Where that is not to be, what it had claimed
 * is there again for others, of whom some may have looked meanwhile.
 */
static bool finish(struct fifo_queue *queue, struct fifo_transfer *transfer)
{
	if (!queue->engine->finish || queue->engine->finish(queue, transfer))
		return true;
	fifo_wake(queue, FIFO_PRODUCER, transfer->moved);
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

/* The queue is full, or empty: for one who must not wait, or who waits. */
static int cannot_move(struct fifo_transfer *transfer)
{
	if (!transfer->nowait)
		return fifo_port_wait(transfer->port, transfer);
	transfer->port->again = true;
	return -EAGAIN;
}

static int move_prepared(struct fifo_queue *queue,
			 struct fifo_transfer *transfer)
{
	enum fifo_role role = transfer->port->role;
	int err;

	if (!fifo_queue_try(queue, transfer)) {
		if (role == FIFO_PRODUCER &&
		    queue->overflow == FIFO_DROP_NEWEST)
			return drop_newest(transfer->port, transfer->from);
		err = cannot_move(transfer);
		if (err)
			return err;
	}
	if (!finish(queue, transfer))
		return -EAGAIN;
	fifo_count(queue, role, transfer->moved);
	if (role == FIFO_PRODUCER)
		wake_after_put(queue, transfer->moved);
	else
		fifo_wake(queue, FIFO_PRODUCER, transfer->moved);
	return transfer->moved;
}

static void cleanup(struct fifo_queue *queue, struct fifo_transfer *transfer)
{
	if (queue->engine->cleanup)
		queue->engine->cleanup(queue, transfer);
}

/**
 * enum patience - what an operation may do that cannot be done at once
 * @WAITS: wait for room, or for an item
 * @WAITS_KILLABLY: that, until it is killed: no other signal ends it
 * @SLEEPS: not that, but sleep for a lock, or for memory
 * @NEVER_SLEEPS: neither
 */
enum patience {
	WAITS,
	WAITS_KILLABLY,
	SLEEPS,
	NEVER_SLEEPS,
};

static int put_items(struct fifo_port *port, const struct fifo_item *items,
		     unsigned int n, enum patience patience)
{
	struct fifo_transfer transfer = {
		.port = port, .from = items, .n = min(n, FIFO_BATCH),
		.nowait = patience >= SLEEPS,
		.killable = patience == WAITS_KILLABLY,
		.atomic = patience == NEVER_SLEEPS,
		.spare = LIST_HEAD_INIT(transfer.spare),
	};
	struct fifo_queue *queue = port->queue;
	int moved = 0;

	if (port->role != FIFO_PRODUCER)
		return -EBADF;
	if (!items_valid(items, n))
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

static int get_items(struct fifo_port *port, struct fifo_item *items,
		     unsigned int n, enum patience patience)
{
	struct fifo_transfer transfer = {
		.port = port, .to = items, .n = min(n, FIFO_BATCH),
		.nowait = patience >= SLEEPS,
		.atomic = patience == NEVER_SLEEPS,
		.spare = LIST_HEAD_INIT(transfer.spare),
	};
	struct fifo_queue *queue = port->queue;
	int moved;

	if (port->role != FIFO_CONSUMER)
		return -EBADF;
	if (fifo_port_cancelled(port))
		return -ECANCELED;
	moved = move_prepared(queue, &transfer);
	cleanup(queue, &transfer);
	return moved;
}

/* What a call for one item returns. */
static int zero_or_err(int moved)
{
	return moved < 0 ? moved : 0;
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
	return zero_or_err(put_items(port, item, 1, WAITS));
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
	return zero_or_err(get_items(port, item, 1, WAITS));
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
	return zero_or_err(put_items(port, item, 1, NEVER_SLEEPS));
}
EXPORT_SYMBOL_GPL(fifo_try_put);

/**
 * fifo_try_get() - get the oldest item, or say that it cannot be done at once
 * @port: a consumer's port, used by one task at a time
 * @item: where to
 *
 * Context: Never sleeps, interrupts enabled. Process context, or softirqs where the
 * engine is not semaphore, whose lock is a mutex.
 * Return: 0; -EAGAIN when the queue is empty, or when it would have to wait
 * for the lock; -ECANCELED, -EBADF as fifo_get().
 */
int fifo_try_get(struct fifo_port *port, struct fifo_item *item)
{
	return zero_or_err(get_items(port, item, 1, NEVER_SLEEPS));
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
	return put_items(port, items, n, WAITS);
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
	return get_items(port, items, n, WAITS);
}
EXPORT_SYMBOL_GPL(fifo_get_many);

/**
 * fifo_try_put_many() - put as many items as fit at once, up to %FIFO_BATCH, without
 *	waiting
 * @port: a producer's port, used by one task at a time
 * @items: the items
 * @n: how many, at least 1
 *
 * Context: Never sleeps, interrupts enabled. Process context, or softirqs where the
 * engine is not semaphore, whose lock is a mutex.
 * Return: How many were put, 1 to @n or %FIFO_BATCH; or a negative errno as
 * fifo_try_put(), and -EINVAL for an @n of 0.
 */
int fifo_try_put_many(struct fifo_port *port, const struct fifo_item *items,
		      unsigned int n)
{
	return n ? put_items(port, items, n, NEVER_SLEEPS) : -EINVAL;
}
EXPORT_SYMBOL_GPL(fifo_try_put_many);

/* As fifo_try_put_many(), but it may sleep for a lock or for memory, if not for room. */
int fifo_put_now(struct fifo_port *port, const struct fifo_item *items,
		 unsigned int n)
{
	return put_items(port, items, n, SLEEPS);
}

/*
 * As fifo_put(), but only a signal that kills ends the wait, and the task may be frozen
 * in it, with whatever locks it holds.
 */
int fifo_put_killably(struct fifo_port *port, const struct fifo_item *item)
{
	return zero_or_err(put_items(port, item, 1, WAITS_KILLABLY));
}

/* As fifo_try_get_many(), but it may sleep for a lock, if not for an item. */
int fifo_get_now(struct fifo_port *port, struct fifo_item *items,
		 unsigned int n)
{
	return get_items(port, items, n, SLEEPS);
}

/**
 * fifo_try_get_many() - get as many items as there are, up to %FIFO_BATCH, without
 *	waiting
 * @port: a consumer's port, used by one task at a time
 * @items: where to
 * @n: how many at most, at least 1
 *
 * Context: Never sleeps, interrupts enabled. Process context, or softirqs where the
 * engine is not semaphore, whose lock is a mutex.
 * Return: How many were got, 1 to @n or %FIFO_BATCH; or a negative errno as
 * fifo_try_get(), and -EINVAL for an @n of 0.
 */
int fifo_try_get_many(struct fifo_port *port, struct fifo_item *items,
		      unsigned int n)
{
	return n ? get_items(port, items, n, NEVER_SLEEPS) : -EINVAL;
}
EXPORT_SYMBOL_GPL(fifo_try_get_many);
