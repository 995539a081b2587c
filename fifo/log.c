// SPDX-License-Identifier: GPL-2.0
/*
 * What clients say in the kernel's log, and how often.
 */
#define pr_fmt(fmt) fmt

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/time64.h>
#include "log.h"
#include "schedule.h"
#include "worker.h"

/* Lines a second about items, for all instances of a module. */
#define ITEMS_SHOWN	20

/* How many of these items may be shown; the others are counted as left out. */
static unsigned int quota(struct fifo_client *client, unsigned int wanted)
{
	u64 second = div_u64(ktime_get_ns(), NSEC_PER_SEC);
	unsigned int shown;

	spin_lock_bh(&client->log_lock);
	if (client->log_second != second) {
		client->log_second = second;
		client->log_lines = 0;
	}
	shown = min(wanted, ITEMS_SHOWN - client->log_lines);
	client->log_lines += shown;
	client->log_left_out += wanted - shown;
	if (shown < wanted)
		schedule_delayed_work(&client->log_report, HZ);
	spin_unlock_bh(&client->log_lock);
	return shown;
}

/* Logs the items that an instance has just moved, or some, or none. */
void fifo_log_items(struct fifo_instance *instance, unsigned int moved)
{
	struct fifo_client *client = instance->client;
	unsigned int i, shown;

	if (instance->log != FIFO_LOG_ITEMS)
		return;
	shown = quota(client, moved);
	if (shown)
		instance->moved_at = ktime_get_ns();
	for (i = 0; i < shown; i++)
		client->ops->show(instance, i, moved);
}

static void report_left_out(struct fifo_client *client)
{
	u64 left_out;

	spin_lock_bh(&client->log_lock);
	left_out = client->log_left_out;
	client->log_left_out = 0;
	spin_unlock_bh(&client->log_lock);
	if (left_out)
		pr_info("%s: %llu more items, not shown: log=items shows %u a second\n",
			client->name, left_out, ITEMS_SHOWN);
}

/* The report is late now and then: it says how long its second was. */
static void report_summary(struct fifo_instance *instance)
{
	u64 moved = fifo_worker_moved(instance->worker);
	u64 now = ktime_get_ns();

	pr_info("%s: [%u] %llu items in %llu ms, %llu in all\n",
		instance->client->name, instance->index,
		moved - instance->summed,
		div_u64(now - instance->summed_at, NSEC_PER_MSEC), moved);
	instance->summed = moved;
	instance->summed_at = now;
}

/* On a grid of seconds, so that there are as many summaries as seconds. */
static void arm_summaries(struct fifo_client *client)
{
	unsigned long now = jiffies;

	client->log_next += HZ;
	if (time_before(client->log_next, now))
		client->log_next = now;
	schedule_delayed_work(&client->log_report, client->log_next - now);
}

static void report(struct work_struct *work)
{
	struct fifo_client *client = container_of(to_delayed_work(work),
						  struct fifo_client,
						  log_report);
	unsigned int i;

	report_left_out(client);
	if (!client->log_summaries)
		return;
	for (i = 0; i < client->n; i++)
		if (client->all[i].log == FIFO_LOG_SUMMARY)
			report_summary(&client->all[i]);
	arm_summaries(client);
}

/* Before the first instance starts. */
void fifo_log_start(struct fifo_client *client)
{
	unsigned int i;

	spin_lock_init(&client->log_lock);
	INIT_DELAYED_WORK(&client->log_report, report);
	for (i = 0; i < client->n; i++) {
		client->all[i].summed_at = ktime_get_ns();
		if (client->all[i].log == FIFO_LOG_SUMMARY)
			client->log_summaries = true;
	}
	client->log_next = jiffies;
	if (client->log_summaries)
		arm_summaries(client);
}

/*
 * After the last instance has stopped, and before the first is freed: only the
 * report itself can arm it then, and is kept from it by being cancelled.
 */
void fifo_log_stop(struct fifo_client *client)
{
	cancel_delayed_work_sync(&client->log_report);
	report_left_out(client);
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
		snprintf(text, size, "%s=%s ",
			 instance->type == FIFO_ITEM_COMMAND ? "command" : "item",
			 instance->word);
	return text;
}

/* "producer: [0] started: item=A rate=5/s queue=0 context=work" */
void fifo_log_instance_started(struct fifo_instance *instance)
{
	char item[FIFO_WORD_MAX + sizeof("command= ")];
	char rate[FIFO_RATE_TEXT];

	pr_info("%s: [%u] started: %srate=%s queue=%u context=%s\n",
		instance->client->name, instance->index,
		item_text(item, sizeof(item), instance),
		fifo_rate_text(rate, instance->rate), instance->queue,
		fifo_contexts[instance->context]->name);
}

/* "producer: [0] stopped: 120 items in 24.000 s (5.000/s)" */
void fifo_log_instance_stopped(struct fifo_instance *instance)
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
