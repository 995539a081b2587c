// SPDX-License-Identifier: GPL-2.0
/*
 * consumer.ko: gets items from a queue of fifo.ko, and says what they are; of
 * those that are processes, their times in all, too; of those that are replies,
 * how many were matched with their commands.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/stddef.h>
#include <linux/time64.h>
#include "fifo_client.h"
#include "replies.h"
#include "tally.h"

/* Of the type that it says, and complete. */
static bool is_process(const struct fifo_item *item)
{
	return item->type == FIFO_ITEM_PROCESS &&
	       item->len == sizeof(struct fifo_process);
}

/* A command or a reply, of which it has the id at least. */
static bool has_id(const struct fifo_item *item, enum fifo_item_type type)
{
	return item->type == type &&
	       item->len >= offsetof(struct fifo_command, data);
}

static void count(struct fifo_instance *instance, unsigned int i)
{
	const struct fifo_item *item = &instance->items[i];

	if (is_process(item))
		consumer_tally_add(item);
	else if (has_id(item, FIFO_ITEM_REPLY))
		instance->results[i] = consumer_replies_add(item);
}

static int consumer_move(struct fifo_instance *instance, unsigned int n,
			 bool nowait)
{
	int i, moved;

	if (nowait)
		moved = fifo_try_get_many(instance->port, instance->items, n);
	else
		moved = fifo_get_many(instance->port, instance->items, n);
	for (i = 0; i < moved; i++)
		count(instance, i);
	return moved;
}

static void describe_item(char *text, size_t size, const struct fifo_item *item)
{
	const struct fifo_command *command = (const void *)item->data;

	if (has_id(item, FIFO_ITEM_COMMAND))
		snprintf(text, size, "command=%*pE id=%#llx",
			 (int)(item->len - sizeof(command->id)), command->data,
			 command->id);
	else if (item->type == FIFO_ITEM_TEXT)
		snprintf(text, size, "item=%*pE", item->len, item->data);
	else
		snprintf(text, size, "item=(type %u, %u bytes)", item->type,
			 item->len);
}

/* Others may have put more while a batch was got. */
static void consumer_note(const struct fifo_instance *instance, unsigned int i,
			  unsigned int moved, struct fifo_log_line *line)
{
	unsigned int depth = fifo_port_depth(instance->port) + moved - 1 - i;

	line->item = instance->items[i];
	line->depth = min(depth, fifo_port_size(instance->port) - 1);
	line->result = instance->results[i];
}

static void consumer_show(const struct fifo_log_line *line)
{
	const struct fifo_instance *instance = line->instance;
	const struct fifo_item *item = &line->item;
	char what[FIFO_DATA_LEN * 4 + 32], wait[32] = "";

	if (is_process(item)) {
		consumer_tally_describe(what, sizeof(what), item);
	} else if (has_id(item, FIFO_ITEM_REPLY)) {
		consumer_replies_describe(what, sizeof(what), item, line->result);
	} else {
		describe_item(what, sizeof(what), item);
		snprintf(wait, sizeof(wait), " wait_us=%llu",
			 div_u64(line->at - item->time, NSEC_PER_USEC));
	}
	pr_info("[%u] got %s seq=%llu from=%s queue=%u depth=%u/%u%s\n",
		instance->index, what, item->seq,
		fifo_source_name(item->source), instance->queue, line->depth,
		fifo_port_size(instance->port), wait);
}

static const struct fifo_client_ops consumer_ops = {
	.move = consumer_move,
	.note = consumer_note,
	.show = consumer_show,
};

static struct fifo_client consumer = {
	FIFO_CLIENT_INIT(consumer, FIFO_CONSUMER),
	.ops = &consumer_ops,
};

module_param_cb(rate, &fifo_client_rate_ops, &consumer, 0644);
MODULE_PARM_DESC(rate, "Items per second: 0.001 to 10000000, or max, a list (default 1)");
module_param_cb(count, &fifo_param_ops, &consumer.count, 0444);
MODULE_PARM_DESC(count, "Stop after so many items, a list (default 0: never)");
module_param_cb(queue, &fifo_param_ops, &consumer.queue, 0444);
MODULE_PARM_DESC(queue, "Index of the queue, a list (default 0)");
module_param_cb(context, &fifo_param_ops, &consumer.context, 0444);
MODULE_PARM_DESC(context, "Where an instance runs: work, kthread or timer, a list (default work)");
module_param_cb(log, &fifo_param_ops, &consumer.log, 0444);
MODULE_PARM_DESC(log, "What to log: items, summary or off, a list (default items)");
module_param_cb(instances, &fifo_param_ops, &consumer.instances, 0444);
MODULE_PARM_DESC(instances, "How many instances: 1 to 1024 (default: as many as the longest list has)");

static int __init consumer_init(void)
{
	return fifo_client_start(&consumer);
}
module_init(consumer_init);

static void __exit consumer_exit(void)
{
	fifo_client_stop(&consumer);
	consumer_tally_report();
	consumer_replies_report();
}
module_exit(consumer_exit);

MODULE_DESCRIPTION("Gets items from a queue of fifo.ko at a given rate");
MODULE_LICENSE("GPL");
