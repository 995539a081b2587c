/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a worker is, and what its runs do: contexts are built on it.
 */
#ifndef _FIFO_RUN_H
#define _FIFO_RUN_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "fifo.h"
#include "port.h"
#include "schedule.h"

struct task_struct;

/* The processor of a worker that has none of its own. */
#define FIFO_CPU_ANY	(-1)

/**
 * struct fifo_worker - moves items at a rate, in its context, until it is stopped
 * @port: what it moves items through; constant
 * @user: describes it as the user of @port; constant
 * @context: where it runs; constant
 * @ops: what it does; constant
 * @data: handed to @ops; constant
 * @count: the items after which it stops, or 0; constant
 * @napping: where a run sleeps; its own lock
 * @moved: how many items so far; atomic
 * @schedule: when items are due; the run
 * @pin: its place in the list of those that are, or were, pinned; pin.c
 * @ended: it moves nothing more, and @stopped was called; the run, or the task that
 *	stops the worker once no run is left
 * @lock: guards what follows, and arming; taken in softirqs, too
 * @started: when it was started, in nanoseconds, or 0; written once under @lock, before
 *	the first run
 * @rate: the rate that the schedule is to have; written under @lock, read without it as a
 *	hint
 * @since: when @rate was set, in nanoseconds; @lock
 * @until: when it was told to stop, or reached its count, in nanoseconds, or 0; @lock
 * @stopping: no arming from now on, and no further move; @lock, and read without it as a
 *	hint
 * @cpu: the processor that it is pinned to, or %FIFO_CPU_ANY; written under @lock once it
 *	exists, read without as a hint
 * @wq: of context work: its own; constant
 * @work: of context work: armed under @lock only
 * @task: of context kthread; constant until it was stopped
 * @timer: of context timer: armed under @lock, or by a wake-up of its port
 * @not_before: of context timer: when the next run may begin, in nanoseconds; during a
 *	run, a guess. The run writes it, and whatever arms the timer reads it; atomic
 * @arming: of context timer: arms it on its processor
 */
struct fifo_worker {
	struct fifo_port *port;
	struct fifo_port_user user;
	const struct fifo_context_ops *context;
	const struct fifo_worker_ops *ops;
	void *data;
	u64 count;
	wait_queue_head_t napping;
	atomic64_t moved;
	struct fifo_schedule schedule;
	struct list_head pin;
	bool ended;

	spinlock_t lock;	/* what follows, and arming */
	u64 started;
	u64 rate;
	u64 since;
	u64 until;
	bool stopping;
	int cpu;

	union {
		struct {
			struct workqueue_struct *wq;
			struct delayed_work work;
		};
		struct task_struct *task;
		struct {
			struct hrtimer timer;
			atomic64_t not_before;
			struct work_struct arming;
		};
	};
};

/**
 * struct fifo_context_ops - where workers run
 * @name: as the parameter "context" has it
 * @atomic: it runs in softirqs: it needs an engine that does not sleep
 * @create: get what a worker needs to run; 0 or a negative errno
 * @destroy: give it back; NULL: nothing
 * @start: begin; the first item is due after @gap nanoseconds; called under @lock
 * @poke: a rate was set: run soon; under the lock. NULL: a wake-up of the
 *	nap is enough
 * @stop: wait until no run is under way, and none can begin. May be called again
 *
 * A run calls fifo_worker_move() when fifo_worker_gap() says that something is
 * due, until fifo_worker_over().
 */
struct fifo_context_ops {
	const char *name;
	bool atomic;
	int (*create)(struct fifo_worker *worker,
		      const struct fifo_worker_config *config);
	void (*destroy)(struct fifo_worker *worker);
	void (*start)(struct fifo_worker *worker, u64 gap);
	void (*poke)(struct fifo_worker *worker);
	void (*stop)(struct fifo_worker *worker);
};

static inline int fifo_worker_cpu(const struct fifo_worker *worker)
{
	return READ_ONCE(worker->cpu);
}

static inline bool fifo_worker_pinned(const struct fifo_worker *worker)
{
	return fifo_worker_cpu(worker) != FIFO_CPU_ANY;
}

extern const struct fifo_context_ops fifo_context_work;
extern const struct fifo_context_ops fifo_context_kthread;
extern const struct fifo_context_ops fifo_context_timer;

void fifo_leave_timers(void);

bool fifo_worker_over(const struct fifo_worker *worker);
int fifo_worker_move(struct fifo_worker *worker);
u64 fifo_worker_gap(const struct fifo_worker *worker);
void fifo_worker_nap(struct fifo_worker *worker, u64 ns);
void fifo_worker_end(struct fifo_worker *worker);
void fifo_worker_stop_clock(struct fifo_worker *worker);

#endif /* _FIFO_RUN_H */
