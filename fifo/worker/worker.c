// SPDX-License-Identifier: GPL-2.0
/*
 * Workers: moving items at a rate, on an absolute schedule, until stopped.
 *
 * run.c has what a run does. A context decides where it runs, and how it waits until the
 * next item is due: work.c, kthread.c, timer.c.
 *
 * Stopping, in two phases. fifo_worker_cancel() sets @stopping and cancels the
 * port; fifo_worker_stop() waits. These may still hold the worker then:
 *
 * - What the context has armed: a timer, a work in the list of its pool, a sleeping
 *   thread. The context's @stop cancels it or wakes it. Except for a wake-up of a timer's
 *   port, nothing arms it again: each function that arms tests @stopping under the lock
 *   under which it was set. timer.c shows why the exception is safe.
 * - A run. If it waits in @move, cancelling the port ends that wait. If it is in
 *   fifo_worker_nap(), @stopping ends that. Otherwise it calls @move at most once more,
 *   and returns. The context's @stop waits for it.
 * - fifo_worker_set_rate() in another task. It arms nothing any more. The owner makes
 *   sure that no task calls it once the worker is destroyed.
 * - A processor that goes offline takes the pin of the worker away, under pin.c's mutex.
 *   fifo_worker_unpin() removes the worker from the list under the same mutex.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include "fifo.h"
#include "pin.h"
#include "port.h"
#include "worker.h"

const struct fifo_context_ops *const fifo_contexts[] = {
	[FIFO_CONTEXT_WORK] = &fifo_context_work,
	[FIFO_CONTEXT_KTHREAD] = &fifo_context_kthread,
	[FIFO_CONTEXT_TIMER] = &fifo_context_timer,
};

static void show(struct fifo_port_user *user, struct seq_file *seq)
{
	struct fifo_worker *worker = container_of(user, struct fifo_worker,
						  user);
	char rate[FIFO_RATE_TEXT];
	int cpu = fifo_worker_cpu(worker);

	seq_printf(seq, "%s %s %llu ", worker->context->name,
		   fifo_rate_text(rate, READ_ONCE(worker->rate)),
		   fifo_worker_moved(worker));
	if (cpu == FIFO_CPU_ANY)
		seq_puts(seq, "any");
	else
		seq_printf(seq, "%d", cpu);
}

/* Pins the worker, if it is to be pinned, and allocates what its context needs. */
static int prepare(struct fifo_worker *worker,
		   const struct fifo_worker_config *config)
{
	int err = 0;

	INIT_LIST_HEAD(&worker->pin);
	worker->cpu = FIFO_CPU_ANY;
	if (config->pinned)
		err = fifo_worker_pin(worker, config->cpu);
	if (!err)
		err = worker->context->create(worker, config);
	if (err)
		fifo_worker_unpin(worker);
	return err;
}

/**
 * fifo_worker_create() - make a worker that does not run yet
 * @port: what it moves items through; no one else uses it from the start of
 *	the worker until it is destroyed
 * @config: how it is to run; copied
 *
 * Context: Process context, may sleep.
 * Return: The worker, or an error pointer: -EINVAL for a rate out of range or
 * an unknown context, -EOPNOTSUPP for %FIFO_CONTEXT_TIMER where the engine of
 * the port's queue sleeps (semaphore), -ENODEV when it is to be pinned to a processor
 * that is not online, -ENOMEM.
 */
struct fifo_worker *
fifo_worker_create(struct fifo_port *port,
		   const struct fifo_worker_config *config)
{
	struct fifo_worker *worker;
	int err;

	if (config->context >= FIFO_CONTEXTS || !fifo_rate_valid(config->rate))
		return ERR_PTR(-EINVAL);
	if (!fifo_context_fits(config->context, port->queue))
		return ERR_PTR(-EOPNOTSUPP);
	worker = kzalloc(sizeof(*worker), GFP_KERNEL);
	if (!worker)
		return ERR_PTR(-ENOMEM);
	worker->port = port;
	worker->user.show = show;
	worker->context = fifo_contexts[config->context];
	worker->ops = config->ops;
	worker->data = config->data;
	worker->count = config->count;
	worker->rate = config->rate;
	spin_lock_init(&worker->lock);
	init_waitqueue_head(&worker->napping);
	err = prepare(worker, config);
	if (err) {
		kfree(worker);
		return ERR_PTR(err);
	}
	fifo_port_set_user(port, &worker->user);
	return worker;
}
EXPORT_SYMBOL_GPL(fifo_worker_create);

/**
 * fifo_worker_start() - let a worker run
 * @worker: the worker, not started before
 *
 * Its first item is due one period from now.
 *
 * Context: Process context. Takes the worker's lock.
 */
void fifo_worker_start(struct fifo_worker *worker)
{
	u64 now = ktime_get_ns();

	spin_lock_bh(&worker->lock);
	worker->started = now;
	fifo_schedule_start(&worker->schedule, worker->rate, now);
	if (!worker->stopping)
		worker->context->start(worker,
				       fifo_schedule_gap(&worker->schedule, now));
	spin_unlock_bh(&worker->lock);
}
EXPORT_SYMBOL_GPL(fifo_worker_start);

/**
 * fifo_worker_set_rate() - let a new rate hold from now on
 * @worker: the worker
 * @rate: thousandths of an item a second, 1 to 10^10, or %FIFO_RATE_UNLIMITED;
 *	others are ignored
 *
 * Context: Process context. Takes the worker's lock.
 */
void fifo_worker_set_rate(struct fifo_worker *worker, u64 rate)
{
	if (!fifo_rate_valid(rate))
		return;
	spin_lock_bh(&worker->lock);
	WRITE_ONCE(worker->rate, rate);
	worker->since = ktime_get_ns();
	if (worker->started && !worker->stopping && worker->context->poke)
		worker->context->poke(worker);
	spin_unlock_bh(&worker->lock);
	wake_up(&worker->napping);
}
EXPORT_SYMBOL_GPL(fifo_worker_set_rate);

/**
 * fifo_worker_cancel() - the first phase of stopping: tell it, do not wait
 * @worker: the worker
 *
 * Cancels the worker's port, too. To stop many workers, cancel all of them
 * before the first is destroyed. May be called more than once.
 *
 * Context: Process context. Takes the worker's lock and the port's.
 */
void fifo_worker_cancel(struct fifo_worker *worker)
{
	spin_lock_bh(&worker->lock);
	WRITE_ONCE(worker->stopping, true);
	fifo_worker_stop_clock(worker);
	spin_unlock_bh(&worker->lock);
	wake_up(&worker->napping);
	fifo_cancel(worker->port);
}
EXPORT_SYMBOL_GPL(fifo_worker_cancel);

/**
 * fifo_worker_stop() - the second phase: wait until it has stopped
 * @worker: the worker, started or not. Cancels its port, but does not detach it
 *
 * When it returns, no function of @ops runs or will run, and @stopped has been called if
 * the worker was started. It cannot be started again.
 *
 * Context: Process context, waits for the run that is under way: an operation
 * of the port or 64 items at most. Not from the worker itself.
 */
void fifo_worker_stop(struct fifo_worker *worker)
{
	fifo_worker_cancel(worker);
	fifo_worker_unpin(worker);
	worker->context->stop(worker);
	if (worker->started)
		fifo_worker_end(worker);
}
EXPORT_SYMBOL_GPL(fifo_worker_stop);

/**
 * fifo_worker_destroy() - stop a worker and free it
 * @worker: the worker, which nobody uses any more
 *
 * Context: Process context, waits like fifo_worker_stop().
 */
void fifo_worker_destroy(struct fifo_worker *worker)
{
	fifo_worker_stop(worker);
	fifo_port_set_user(worker->port, NULL);
	if (worker->context->destroy)
		worker->context->destroy(worker);
	kfree(worker);
}
EXPORT_SYMBOL_GPL(fifo_worker_destroy);

/**
 * fifo_worker_moved() - how many items a worker has moved
 * @worker: the worker
 *
 * Context: Any.
 * Return: Items since its start.
 */
u64 fifo_worker_moved(const struct fifo_worker *worker)
{
	return atomic64_read(&worker->moved);
}
EXPORT_SYMBOL_GPL(fifo_worker_moved);

/**
 * fifo_worker_elapsed() - how long a worker has been running
 * @worker: the worker, started
 *
 * Context: Any but interrupts. Takes the worker's lock.
 * Return: Nanoseconds from its start until now, or until it was told to stop or reached
 * its count; 0 if it was told to stop before its start.
 */
u64 fifo_worker_elapsed(struct fifo_worker *worker)
{
	u64 started, until;

	spin_lock_bh(&worker->lock);
	started = worker->started;
	until = worker->until ?: ktime_get_ns();
	spin_unlock_bh(&worker->lock);
	return until > started ? until - started : 0;
}
EXPORT_SYMBOL_GPL(fifo_worker_elapsed);
