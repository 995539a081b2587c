// SPDX-License-Identifier: GPL-2.0
/*
 * consumer.ko: gets items from a queue of fifo.ko, and logs what they are. It adds up the
 * times of processes, and matches replies with their commands.
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

/* Any module may put an item of any type and length. */
static bool is_process(const struct fifo_item *item)
{
	return item->type == FIFO_ITEM_PROCESS &&
	       item->len == sizeof(struct fifo_process);
}

/* Is it a command, or a reply, with at least its id? */
static bool has_id(const struct fifo_item *item, enum fifo_item_type type)
{
	return item->type == type &&
	       item->len >= offsetof(struct fifo_command, data);
}

/* Stores the round trip of a reply in its @time, which is not needed any more. */
static void count(struct fifo_item *item)
{
	if (is_process(item))
		consumer_tally_add(item);
	else if (has_id(item, FIFO_ITEM_REPLY))
		item->time = consumer_replies_add(item);
}

static int consumer_move(struct fifo_instance *instance, unsigned int n,
			 bool nowait)
{
	struct fifo_item *items = instance->items;
	int i, moved;

	if (nowait)
		moved = fifo_try_get_many(instance->port, items, n);
	else
		moved = fifo_get_many(instance->port, items, n);
	for (i = 0; i < moved; i++)
		if (items[i].type != FIFO_ITEM_TEXT)
			count(&items[i]);
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

/*
 * Producers may have put more while a batch was got: the depth is an estimate for all of
 * its items but the last.
 */
static void consumer_note(const struct fifo_instance *instance, unsigned int i,
			  unsigned int moved, struct fifo_log_line *line)
{
	unsigned int depth = fifo_port_depth(instance->port) + moved - 1 - i;

	line->item = instance->items[i];
	line->depth = min(depth, fifo_port_size(instance->port) - 1);
}

static void consumer_show(const struct fifo_log_line *line)
{
	const struct fifo_instance *instance = line->instance;
	const struct fifo_item *item = &line->item;
	char what[FIFO_DATA_LEN * 4 + 32], wait[32] = "";

	if (is_process(item)) {
		consumer_tally_describe(what, sizeof(what), item);
	} else if (has_id(item, FIFO_ITEM_REPLY)) {
		consumer_replies_describe(what, sizeof(what), item, item->time);
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

FIFO_CLIENT_PARAMS(consumer, "1");

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

MODULE_AUTHOR("The fifo maintainers");
MODULE_DESCRIPTION("Gets items from a queue of fifo.ko at a given rate");
MODULE_LICENSE("GPL");
MODULE_VERSION(__stringify(FIFO_VERSION));
