// SPDX-License-Identifier: GPL-2.0
/*
 * Queues: their table, making and destroying them, settling what a process did through a
 * mapping, and the ledger. queue.h has the order of all locks.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/export.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "engine.h"
#include "queue.h"

const char *const fifo_overflow_names[] = {
	[FIFO_BLOCK] = "block",
	[FIFO_DROP_NEWEST] = "drop-newest",
	[FIFO_DROP_OLDEST] = "drop-oldest",
	NULL
};

/* The queues, and how many are usable. Written by init and exit only. */
static struct fifo_queue *queues;
static unsigned int nr_queues;

/**
 * fifo_queues() - how many queues there are
 *
 * Context: Any.
 * Return: How many, at least 1; their indices begin at 0.
 */
unsigned int fifo_queues(void)
{
	return nr_queues;
}
EXPORT_SYMBOL_GPL(fifo_queues);

/* The queue with an index, or NULL. */
struct fifo_queue *fifo_queue_find(unsigned int index)
{
	return index < nr_queues ? &queues[index] : NULL;
}

/*
 * Settles what processes did in their mappings, up to FIFO_SETTLE_MAX items at each end:
 * from now on all tasks see it. Returns false if there was nothing.
 */
bool fifo_queue_settle(struct fifo_queue *queue)
{
	return queue->engine->settle && queue->engine->settle(queue);
}

/* Settles all that they did until the call, at most a full queue, in steps. May sleep. */
void fifo_queue_settle_all(struct fifo_queue *queue)
{
	unsigned int steps = queue->size / FIFO_SETTLE_MAX + 1;

	while (steps-- && fifo_queue_settle(queue))
		cond_resched_tasks_rcu_qs();
}

/*
 * Could an operation of this role succeed now? A hint: another task may take it first. The
 * task that changes it from false to true then wakes those that wait or poll.
 */
bool fifo_queue_ready(const struct fifo_queue *queue, enum fifo_role role)
{
	if (role == FIFO_PRODUCER && queue->overflow != FIFO_BLOCK)
		return true;
	return queue->engine->ready(queue, role);
}

static bool end_ready(struct fifo_wait_point *wait)
{
	struct fifo_end *end = container_of(wait, struct fifo_end, wait);

	fifo_queue_settle(end->queue);
	return fifo_queue_ready(end->queue, wait->pollers.role);
}

/*
 * Joins those that poll for this role, if @wait asks for it; does not sleep. The caller
 * looks afterwards: it sees each change from before, and a later one wakes it.
 */
void fifo_queue_poll(struct fifo_queue *queue, enum fifo_role role,
		     struct file *file, poll_table *wait)
{
	fifo_pollers_join(&queue->ends[role].wait.pollers, file, wait);
	fifo_queue_settle(queue);
}

u64 fifo_counted(const struct fifo_queue *queue, enum fifo_role role)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(queue->ends[role].counts, cpu)->items);
	return sum;
}

void fifo_waits_counted(const struct fifo_queue *queue, enum fifo_role role,
			struct fifo_histogram *sum)
{
	int cpu;

	for_each_possible_cpu(cpu)
		fifo_histogram_add(sum, &per_cpu_ptr(queue->ends[role].counts, cpu)->waits);
}

/* How long the items that were got had been in the queue. */
void fifo_queue_sojourns(const struct fifo_queue *queue,
			 struct fifo_histogram *sum)
{
	fifo_sojourns_read(queue->sojourns, queue->ends[FIFO_CONSUMER].counts,
			   sum);
}

/* The age of the item that is next to be got, in nanoseconds; 0 if there is none. */
u64 fifo_queue_oldest_age(struct fifo_queue *queue)
{
	u64 time = queue->engine->oldest(queue), now = ktime_get_ns();

	return time && time < now ? now - time : 0;
}

static bool init_end(struct fifo_queue *queue, enum fifo_role role)
{
	struct fifo_end *end = &queue->ends[role];

	end->queue = queue;
	end->counts = alloc_percpu(struct fifo_counts);
	fifo_wait_point_init(&end->wait, role, &queue->control->ends[role],
			     end_ready);
	return end->counts;
}

static void free_parts(struct fifo_queue *queue)
{
	free_percpu(queue->sojourns);
	free_percpu(queue->ends[FIFO_PRODUCER].counts);
	free_percpu(queue->ends[FIFO_CONSUMER].counts);
	free_page((unsigned long)queue->control);
}

/* Returns 0 or a negative errno. */
static int init_queue(struct fifo_queue *queue, unsigned int index)
{
	int err = -ENOMEM;

	queue->index = index;
	snprintf(queue->name, sizeof(queue->name), "fifo%u", index);
	queue->control = (void *)get_zeroed_page(GFP_KERNEL);
	if (!queue->control)
		return -ENOMEM;
	queue->control->version = FIFO_MAP_VERSION;
	queue->control->size = queue->size;
	if (init_end(queue, FIFO_PRODUCER) && init_end(queue, FIFO_CONSUMER))
		queue->sojourns =
			fifo_sojourns_new(queue->ends[FIFO_CONSUMER].counts);
	if (queue->sojourns)
		err = queue->engine->init(queue);
	if (err)
		free_parts(queue);
	return err;
}

/*
 * Allocates queues. The caller then sets the size, engine and overflow of each. May sleep.
 * Returns the first, or NULL.
 */
struct fifo_queue *fifo_queues_alloc(unsigned int n)
{
	queues = kcalloc(n, sizeof(*queues), GFP_KERNEL);
	return queues;
}

/*
 * Makes the queues that were described, all empty, or returns a negative errno. May
 * sleep.
 */
int fifo_queues_init(unsigned int n)
{
	int err;

	for (; nr_queues < n; nr_queues++) {
		err = init_queue(&queues[nr_queues], nr_queues);
		if (err) {
			pr_err("queue %u: no memory for size=%u\n", nr_queues,
			       queues[nr_queues].size);
			return err;
		}
	}
	return 0;
}

/*
 * Counts what is left in the queues as discarded, and logs their ledgers. Nobody uses the
 * queues any more.
 */
void fifo_queues_discard(void)
{
	struct fifo_queue *queue;

	for (queue = queues; queue < queues + nr_queues; queue++) {
		atomic64_set(&queue->discarded, queue->engine->depth(queue));
		pr_info("queue %u: put=%lld got=%lld dropped=%lld discarded=%lld\n",
			queue->index, (s64)fifo_items_put(queue),
			(s64)fifo_items_got(queue),
			(s64)atomic64_read(&queue->dropped),
			(s64)atomic64_read(&queue->discarded));
	}
}

/* Frees all queues. May sleep. */
void fifo_queues_free(void)
{
	struct fifo_queue *queue;

	while (nr_queues) {
		queue = &queues[--nr_queues];
		queue->engine->destroy(queue);
		free_parts(queue);
	}
	kfree(queues);
}

/**
 * fifo_read_ledger() - what became of the items of a queue so far
 * @queue: its index
 * @ledger: where to
 *
 * The counts are read one by one: while items move they need not add up.
 *
 * Context: Any with interrupts enabled.
 * Return: 0, or -ENODEV if there is no such queue.
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
