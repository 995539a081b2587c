// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel's log says of instances: their starts, summaries and stops. If there
 * are many, the first few have lines of their own, and one line is for the others.
 */
#define pr_fmt(fmt) fmt

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/time64.h>
#include "client_log.h"
#include "worker/schedule.h"
#include "worker/worker.h"

/* Has this instance lines of its own about its start, its stop and its summaries? */
bool fifo_log_speaks(const struct fifo_instance *instance)
{
	return instance->client->n <= FIFO_LOG_LINES ||
	       instance->index < FIFO_LOG_FEW;
}

/* Has this client instances that have none? */
static bool others(const struct fifo_client *client)
{
	return client->n > FIFO_LOG_LINES;
}

/* What an instance moves, with a space behind it; nothing for a consumer. */
static const char *item_text(char *text, size_t size,
			     const struct fifo_instance *instance)
{
	const struct fifo_client *client = instance->client;

	text[0] = '\0';
	if (client->uid.text && instance->state)
		snprintf(text, size, "uid=%u state=%c ", instance->uid,
			 instance->state);
	else if (client->uid.text)
		snprintf(text, size, "uid=%u ", instance->uid);
	else if (*instance->word)
		snprintf(text, size, "%s=%*pE ",
			 instance->type == FIFO_ITEM_COMMAND ? "command" : "item",
			 (int)strlen(instance->word), instance->word);
	return text;
}

/*
 * "producer: [0] started: item=A rate=5/s queue=0 context=work", and of many, one line
 * for all from FIFO_LOG_FEW on.
 */
void fifo_log_print_started(struct fifo_instance *instance)
{
	const struct fifo_client *client = instance->client;
	char item[FIFO_WORD_MAX * 4 + sizeof("command= ")];
	char rate[FIFO_RATE_TEXT];

	if (fifo_log_speaks(instance))
		pr_info("%s: [%u] started: %srate=%s queue=%u context=%s\n",
			client->name, instance->index,
			item_text(item, sizeof(item), instance),
			fifo_rate_text(rate, instance->rate), instance->queue,
			fifo_contexts[instance->context]->name);
	else if (instance->index == FIFO_LOG_FEW)
		pr_info("%s: [%u-%u] started: %u more instances\n",
			client->name, FIFO_LOG_FEW, client->n - 1,
			client->n - FIFO_LOG_FEW);
}

/* Items since the last summary. */
static u64 sum_up(struct fifo_instance *instance, u64 moved)
{
	u64 before = instance->summed;

	instance->summed = moved;
	return moved - before;
}

/* "producer: [0] 5 items in 1000 ms, 120 in all" */
static void print_summary(const struct fifo_client *client, const char *who,
			  u64 items, u64 ms, u64 all)
{
	pr_info("%s: [%s] %llu items in %llu ms, %llu in all\n", client->name,
		who, items, ms, all);
	cond_resched_tasks_rcu_qs();
}

/*
 * A line for each instance that wants summaries, or for those of the others together.
 * It is late now and then: it says how long its second was.
 */
void fifo_log_print_summaries(struct fifo_client *client)
{
	u64 now = ktime_get_ns(), moved, items, rest = 0, all = 0;
	u64 ms = div_u64(now - client->summed_at, NSEC_PER_MSEC);
	struct fifo_instance *instance;
	bool any = false;
	unsigned int i;
	char who[24];

	client->summed_at = now;
	for (i = 0; i < client->n && !fifo_log_stopping(client); i++) {
		instance = &client->all[i];
		if (instance->log != FIFO_LOG_SUMMARY)
			continue;
		moved = fifo_worker_moved(instance->worker);
		items = sum_up(instance, moved);
		if (fifo_log_speaks(instance)) {
			snprintf(who, sizeof(who), "%u", i);
			print_summary(client, who, items, ms, moved);
			continue;
		}
		any = true;
		rest += items;
		all += moved;
	}
	snprintf(who, sizeof(who), "%u-%u", FIFO_LOG_FEW, client->n - 1);
	if (any && !fifo_log_stopping(client))
		print_summary(client, who, rest, ms, all);
}

/* "producer: [0] stopped: 120 items in 24.000 s (5.000/s)" */
void fifo_log_print_stopped(const struct fifo_instance *instance)
{
	u64 us = div_u64(fifo_worker_elapsed(instance->worker), NSEC_PER_USEC);
	u64 moved = fifo_worker_moved(instance->worker);
	u64 items = moved, span = max(us, 1ULL);
	u64 rate;
	u32 decimals, ms;

	/* Keeps items * 10^9 below 2^64. */
	while (items >> 33) {
		items >>= 1;
		span = max(span >> 1, 1ULL);
	}
	rate = div_u64_rem(div64_u64(items * NSEC_PER_SEC, span), 1000,
			   &decimals);
	us = div_u64_rem(us, USEC_PER_SEC, &ms);
	pr_info("%s: [%u] stopped: %llu items in %llu.%03u s (%llu.%03u/s)\n",
		instance->client->name, instance->index, moved,
		us, ms / 1000, rate, decimals);
}

/* "producer: [3-999] stopped: 4985 items" */
void fifo_log_print_others_stopped(const struct fifo_client *client)
{
	unsigned int i;
	u64 moved = 0;

	if (!others(client))
		return;
	for (i = FIFO_LOG_FEW; i < client->n; i++)
		moved += fifo_worker_moved(client->all[i].worker);
	pr_info("%s: [%u-%u] stopped: %llu items\n", client->name,
		FIFO_LOG_FEW, client->n - 1, moved);
}
