// SPDX-License-Identifier: GPL-2.0
/*
 * What the torture prints to the kernel's log.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/stdarg.h>
#include "torture.h"

static const char *const policy_names[] = {
	[FT_BLOCK] = "block",
	[FT_DROP_NEWEST] = "drop-newest",
	[FT_DROP_OLDEST] = "drop-oldest",
};

/* How many errors there were; the first one, and when, written by the thread that saw it. */
static atomic_t errors = ATOMIC_INIT(0);
static char first_error[160];
static u64 first_error_ms;

static u64 start_ns;

static u64 elapsed_ms(void)
{
	return div_u64(ktime_get_ns() - start_ns, NSEC_PER_MSEC);
}

/* Counts an error, and prints the first one at once. Any thread may call it. */
void ft_error(const char *format, ...)
{
	va_list args;

	if (atomic_inc_return(&errors) != 1)
		return;
	first_error_ms = elapsed_ms();
	va_start(args, format);
	vscnprintf(first_error, sizeof(first_error), format, args);
	va_end(args);
	pr_err("error after %llu ms: %s\n", first_error_ms, first_error);
}

/* How many errors there have been so far. */
unsigned int ft_errors(void)
{
	return atomic_read(&errors);
}

static void add(struct ft_counts *all, const struct ft_queue *queue,
		enum fifo_role role)
{
	const struct ft_actor *actor;
	unsigned int i;

	/* A struct ft_counts has only counters. */
	ft_for_each_actor(actor, queue, role)
		for (i = 0; i < sizeof(*all) / sizeof(u64); i++)
			((u64 *)all)[i] +=
				READ_ONCE(((u64 *)&actor->counts)[i]);
}

static struct ft_counts total(void)
{
	struct ft_counts all = { 0 };
	struct ft_queue *queue;

	ft_for_each_queue(queue) {
		add(&all, queue, FIFO_PRODUCER);
		add(&all, queue, FIFO_CONSUMER);
	}
	return all;
}

/* The clock starts. */
void ft_report_start(void)
{
	start_ns = ktime_get_ns();
}

/* Prints the queues and their actors, before they start. */
void ft_report_plan(void)
{
	const struct ft_queue *queue;

	ft_for_each_queue(queue)
		pr_info("queue %u: size=%u overflow=%s producers=%u consumers=%u\n",
			queue->index, queue->size,
			policy_names[queue->policy],
			queue->n[FIFO_PRODUCER], queue->n[FIFO_CONSUMER]);
}

/* Prints the progress. */
void ft_report_progress(void)
{
	struct ft_counts all = total();
	u64 ms = elapsed_ms();

	pr_info("%llu ms: moved=%llu operations=%llu waits=%llu attaches=%llu (%llu/s) cancels=%llu (waiting=%llu between=%llu unused=%llu) workers=%llu rates=%llu errors=%u\n",
		ms, all.moved, all.operations, all.waits, all.attaches,
		div64_u64(all.attaches * MSEC_PER_SEC, max(ms, 1ULL)),
		all.waiting + all.between + all.unused, all.waiting,
		all.between, all.unused, all.workers, all.rates, ft_errors());
}

static unsigned int max_depth(const struct ft_queue *queue)
{
	const struct ft_actor *actor;
	unsigned int role, most = 0;

	for (role = 0; role < 2; role++)
		ft_for_each_actor(actor, queue, role)
			most = max(most, actor->max_depth);
	return most;
}

/* Prints the ledger of each queue, once all actors have ended. */
void ft_report_queues(void)
{
	struct ft_counts put, got, both;
	struct ft_queue *queue;

	ft_for_each_queue(queue) {
		put = (struct ft_counts){ 0 };
		got = put;
		add(&put, queue, FIFO_PRODUCER);
		both = put;
		add(&got, queue, FIFO_CONSUMER);
		add(&both, queue, FIFO_CONSUMER);
		pr_info("queue %u: put=%llu got=%llu dropped=%llu left=%llu max_depth=%u/%u work=%llu kthread=%llu timer=%llu\n",
			queue->index, put.moved, got.moved,
			put.dropped + put.missing, queue->left,
			max_depth(queue), queue->size,
			both.by_context[FIFO_CONTEXT_WORK],
			both.by_context[FIFO_CONTEXT_KTHREAD],
			both.by_context[FIFO_CONTEXT_TIMER]);
	}
}

/* Prints the last line: SUCCESS or FAILURE. */
void ft_report_end(void)
{
	u64 ms = elapsed_ms();

	if (ft_errors())
		pr_err("FAILURE: %u errors in %llu ms, the first after %llu ms: %s\n",
		       ft_errors(), ms, first_error_ms, first_error);
	else
		pr_info("SUCCESS: no error in %llu ms\n", ms);
}
