// SPDX-License-Identifier: GPL-2.0
/*
 * The lines about instances: their starts, summaries and stops. A client with more than
 * FIFO_LOG_LINES instances has them only for the first FIFO_LOG_FEW, and one line for all
 * of the rest.
 */
#define pr_fmt(fmt) fmt

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/time64.h>
#include "instance_log.h"
#include "worker/schedule.h"
#include "worker/worker.h"

static bool has_rest(const struct fifo_client *client)
{
	return client->n > FIFO_LOG_LINES;
}

/* Does this instance have lines of its own, or is it one of the rest? */
bool fifo_instance_log_has_lines(const struct fifo_instance *instance)
{
	return !has_rest(instance->client) || instance->index < FIFO_LOG_FEW;
}

/* "producer: [0] started: item=A rate=5/s queue=0 context=work", and " cpu=1" if pinned */
static void print_started(const struct fifo_instance *instance)
{
	const struct fifo_client *client = instance->client;
	char what[FIFO_DESCRIPTION_LEN] = "", rate[FIFO_RATE_TEXT], cpu[16] = "";

	if (instance->cpu != FIFO_CPU_ANY)
		snprintf(cpu, sizeof(cpu), " cpu=%d", instance->cpu);
	if (client->ops->describe)
		client->ops->describe(instance, what, sizeof(what));
	pr_info("%s: [%u] started: %s%srate=%s queue=%u context=%s%s\n",
		client->name, instance->index, what, *what ? " " : "",
		fifo_rate_text(rate, instance->rate), instance->queue,
		fifo_contexts[instance->context]->name, cpu);
}

/*
 * Logs a start. The first instance without a line of its own logs one for all such
 * instances.
 */
void fifo_instance_log_started(const struct fifo_instance *instance)
{
	const struct fifo_client *client = instance->client;

	if (fifo_instance_log_has_lines(instance))
		print_started(instance);
	else if (instance->index == FIFO_LOG_FEW)
		pr_info("%s: [%u-%u] started: %u more instances\n",
			client->name, FIFO_LOG_FEW, client->n - 1,
			client->n - FIFO_LOG_FEW);
}

static bool first_of_rest_on_its_cpu(const struct fifo_instance *instance)
{
	unsigned int i;

	for (i = FIFO_LOG_FEW; i < instance->index; i++)
		if (instance->client->all[i].cpu == instance->cpu)
			return false;
	return true;
}

/* "producer: [0] cpu=1 goes offline: runs on any processor from now on" */
void fifo_instance_log_unpinned(const struct fifo_instance *instance)
{
	const struct fifo_client *client = instance->client;

	if (fifo_instance_log_has_lines(instance))
		pr_warn("%s: [%u] cpu=%d goes offline: runs on any processor from now on\n",
			client->name, instance->index, instance->cpu);
	else if (first_of_rest_on_its_cpu(instance))
		pr_warn("%s: [%u-%u] cpu=%d goes offline: those on it run on any processor from now on\n",
			client->name, FIFO_LOG_FEW, client->n - 1,
			instance->cpu);
}

/* "producer: [0] 5 items in 1000 ms, 120 in all" */
static void print_summary(const struct fifo_client *client, const char *index,
			  u64 items, u64 ms, u64 all)
{
	pr_info("%s: [%s] %llu items in %llu ms, %llu in all\n", client->name,
		index, items, ms, all);
	cond_resched_tasks_rcu_qs();
}

/*
 * Prints a line for each instance with log=summary, and a single line for those beyond the
 * first FIFO_LOG_FEW if there are too many. It may run late, so the lines say how long
 * their second was.
 */
void fifo_instance_log_summaries(struct fifo_client *client)
{
	u64 now = ktime_get_ns(), moved, items, rest = 0, all = 0;
	u64 ms = div_u64(now - client->summed_at, NSEC_PER_MSEC);
	struct fifo_instance *instance;
	bool any = false;
	unsigned int i;
	char index[24];

	client->summed_at = now;
	for (i = 0; i < client->n && !fifo_client_log_stopping(client); i++) {
		instance = &client->all[i];
		if (instance->log != FIFO_LOG_SUMMARY)
			continue;
		moved = fifo_worker_moved(instance->worker);
		items = moved - instance->summed;
		instance->summed = moved;
		if (fifo_instance_log_has_lines(instance)) {
			snprintf(index, sizeof(index), "%u", i);
			print_summary(client, index, items, ms, moved);
			continue;
		}
		any = true;
		rest += items;
		all += moved;
	}
	snprintf(index, sizeof(index), "%u-%u", FIFO_LOG_FEW, client->n - 1);
	if (any && !fifo_client_log_stopping(client))
		print_summary(client, index, rest, ms, all);
}

/* "producer: [0] stopped: 120 items in 24.000 s (5.000/s)" */
void fifo_instance_log_stopped(const struct fifo_instance *instance)
{
	u64 us = div_u64(fifo_worker_elapsed(instance->worker), NSEC_PER_USEC);
	u64 moved = fifo_worker_moved(instance->worker);
	u64 items = moved, span = max(us, 1ULL);
	u32 decimals, micros;
	u64 rate, seconds;

	/* Keeps items * 10^9 below 2^64. */
	while (items >> 33) {
		items >>= 1;
		span = max(span >> 1, 1ULL);
	}
	rate = div_u64_rem(div64_u64(items * NSEC_PER_SEC, span), 1000,
			   &decimals);
	seconds = div_u64_rem(us, USEC_PER_SEC, &micros);
	pr_info("%s: [%u] stopped: %llu items in %llu.%03u s (%llu.%03u/s)\n",
		instance->client->name, instance->index, moved,
		seconds, micros / 1000, rate, decimals);
}

/* "producer: [3-999] stopped: 4985 items" */
void fifo_instance_log_rest_stopped(const struct fifo_client *client)
{
	unsigned int i;
	u64 moved = 0;

	if (!has_rest(client))
		return;
	for (i = FIFO_LOG_FEW; i < client->n; i++)
		moved += fifo_worker_moved(client->all[i].worker);
	pr_info("%s: [%u-%u] stopped: %llu items\n", client->name,
		FIFO_LOG_FEW, client->n - 1, moved);
}
