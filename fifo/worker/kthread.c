// SPDX-License-Identifier: GPL-2.0
/*
 * The kthread context: a thread of each worker, which sleeps on a
 * high-resolution timer until the next item is due.
 *
 * It can be killed. Then it moves nothing more, as if it had reached its count, and
 * stays until its worker is stopped.
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include "run.h"

/* How long it waits after a temporary error. */
#define AGAIN_NS	((u64)TICK_NSEC)

static void move_until_over(struct fifo_worker *worker)
{
	u64 gap;

	while (!fifo_worker_over(worker) && !signal_pending(current)) {
		gap = fifo_worker_gap(worker);
		if (gap)
			fifo_worker_nap(worker, gap);
		if (fifo_worker_move(worker) < 0)
			fifo_worker_nap(worker, AGAIN_NS);
		cond_resched_tasks_rcu_qs();
	}
}

/*
 * TASK_IDLE takes no signal, and does not count as load. A thread that sees @stopping
 * exits at once. All threads of a client are told together. Only a thread that had ended
 * before still sleeps here until kthread_stop() wakes it.
 *
 * (U) full, of set_current_state(), between setting the state and reading @stopping.
 * Pairs with (V), full, of kthread_stop()'s wake-up, between setting @stopping and
 * reading the state. Without them the thread may miss the flag, and sleep for ever.
 */
static void wait_for_stop(const struct fifo_worker *worker)
{
	for (;;) {
		/* (U) pairs with (V). */
		set_current_state(TASK_IDLE);
		if (READ_ONCE(worker->stopping))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

static int run(void *data)
{
	struct fifo_worker *worker = data;

	allow_signal(SIGKILL);
	move_until_over(worker);
	fifo_worker_end(worker);
	wait_for_stop(worker);
	return 0;
}

static int thread_create(struct fifo_worker *worker,
			 const struct fifo_worker_config *config)
{
	struct task_struct *task;

	task = kthread_create(run, worker, "%s/%u", config->name,
			      config->index);
	if (IS_ERR(task))
		return PTR_ERR(task);
	/* taskset shows this, and cannot change it. */
	if (fifo_worker_pinned(worker))
		kthread_bind(task, fifo_worker_cpu(worker));
	/* kthread_stop() needs it, even after the thread has exited. */
	worker->task = get_task_struct(task);
	return 0;
}

static void thread_start(struct fifo_worker *worker, u64 gap)
{
	wake_up_process(worker->task);
}

/*
 * The caller has cancelled the port, which ends a wait in @move: kthread_stop() alone
 * would wake the thread, but it would go on waiting for items. A thread that was never
 * started exits without calling run().
 */
static void thread_stop(struct fifo_worker *worker)
{
	if (!worker->task)
		return;
	/* (V) pairs with (U). */
	kthread_stop(worker->task);
	put_task_struct(worker->task);
	worker->task = NULL;
}

const struct fifo_context_ops fifo_context_kthread = {
	.name = "kthread",
	.create = thread_create,
	.start = thread_start,
	.stop = thread_stop,
};
