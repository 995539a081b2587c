// SPDX-License-Identifier: GPL-2.0
/*
 * producer.ko: puts an item into a queue of fifo.ko, again and again, as a text
 * or as a command; or the processes of a user, each once.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/string.h>
#include "census.h"
#include "fifo_client.h"

static struct fifo_client producer;

static_assert(FIFO_WORD_MAX <= FIFO_COMMAND_LEN);

static void make_text(struct fifo_item *item, const char *word)
{
	item->type = FIFO_ITEM_TEXT;
	item->len = strlen(word);
	memcpy(item->data, word, item->len);
}

/* It has no id yet. */
static void make_command(struct fifo_item *item, const char *word)
{
	struct fifo_command *command = (void *)item->data;

	item->len = sizeof(command->id) + strlen(word);
	memcpy(command->data, word, strlen(word));
}

/* The same in all places. */
static void prepare_word(struct fifo_instance *instance)
{
	unsigned int i;

	for (i = 0; i < FIFO_BATCH; i++)
		if (instance->type == FIFO_ITEM_COMMAND)
			make_command(&instance->items[i], instance->word);
		else
			make_text(&instance->items[i], instance->word);
}

static int producer_prepare(struct fifo_instance *instance)
{
	if (!producer.uid.text) {
		prepare_word(instance);
		return 0;
	}
	instance->private = producer_census_of(instance->uid, instance->state);
	return PTR_ERR_OR_ZERO(instance->private);
}

static int put(struct fifo_instance *instance, unsigned int n, bool nowait)
{
	const struct fifo_item *items = &instance->items[instance->first];

	if (nowait)
		return fifo_try_put_many(instance->port, items, n);
	return fifo_put_many(instance->port, items, n);
}

/* What was made once, and did not fit at once: it comes first the next time. */
static int put_pending(struct fifo_instance *instance, unsigned int n,
		       bool nowait)
{
	int moved;

	moved = put(instance, min(instance->pending, n), nowait);
	if (moved > 0) {
		instance->first += moved;
		instance->pending -= moved;
	}
	return moved;
}

/* The most processes that an instance takes at a time: others want some, too. */
#define PROCESSES_MOST	16U

/* Its share of the processes. */
static int put_processes(struct fifo_instance *instance, unsigned int n,
			 bool nowait)
{
	if (!instance->pending) {
		instance->first = 0;
		instance->pending = producer_census_take(instance->private,
						instance->items,
						min(n, PROCESSES_MOST));
	}
	if (!instance->pending)
		return -ENODATA;
	return put_pending(instance, n, nowait);
}

/* Begins up to @n commands. 0, or the error when there is not even one. */
static int begin_commands(struct fifo_instance *instance, unsigned int n)
{
	int err = 0;

	instance->first = 0;
	while (!err && instance->pending < n) {
		err = fifo_command_begin(instance->port,
					 &instance->items[instance->pending]);
		if (!err)
			instance->pending++;
	}
	if (err == -EAGAIN)
		pr_warn_once("[%u] waits for replies: %u commands have none\n",
			     instance->index, FIFO_COMMANDS_MAX);
	return instance->pending ? 0 : err;
}

static int put_commands(struct fifo_instance *instance, unsigned int n,
			bool nowait)
{
	int err = 0;

	if (!instance->pending)
		err = begin_commands(instance, n);
	return err ? err : put_pending(instance, n, nowait);
}

static int producer_move(struct fifo_instance *instance, unsigned int n,
			 bool nowait)
{
	if (producer.uid.text)
		return put_processes(instance, n, nowait);
	if (instance->type == FIFO_ITEM_COMMAND)
		return put_commands(instance, n, nowait);
	return put(instance, n, nowait);
}

static void describe_process(char *text, size_t size,
			     const struct fifo_item *item)
{
	const struct fifo_process *process = (const void *)item->data;

	snprintf(text, size, "pid=%u comm=%*pE state=%c",
		 fifo_process_pid(process),
		 (int)strnlen(process->comm, FIFO_COMM_LEN), process->comm,
		 process->state);
}

static void describe_command(char *text, size_t size, const char *word,
			     const struct fifo_item *item)
{
	const struct fifo_command *command = (const void *)item->data;

	snprintf(text, size, "command=%*pE id=%#llx", (int)strlen(word), word,
		 command->id);
}

/* What an item is, in the log. */
static void describe(char *text, size_t size, const struct fifo_log_line *line)
{
	const struct fifo_instance *instance = line->instance;

	if (producer.uid.text)
		describe_process(text, size, &line->item);
	else if (instance->type == FIFO_ITEM_COMMAND)
		describe_command(text, size, instance->word, &line->item);
	else
		snprintf(text, size, "item=%*pE", (int)strlen(instance->word),
			 instance->word);
}

/* Of what was put by put_pending(): the last but @later. */
static const struct fifo_item *put_item(const struct fifo_instance *instance,
					unsigned int later)
{
	return &instance->items[instance->first - 1 - later];
}

/* Others may have got some of a batch while it was put. */
static void producer_note(const struct fifo_instance *instance, unsigned int i,
			  unsigned int moved, struct fifo_log_line *line)
{
	const struct fifo_port *port = instance->port;
	unsigned int later = moved - 1 - i;
	int depth = fifo_port_depth(port) - later;

	if (producer.uid.text || instance->type == FIFO_ITEM_COMMAND)
		line->item = *put_item(instance, later);
	line->seq = fifo_port_seq(port) - later;
	line->depth = max(depth, 1);
	line->dropped = fifo_port_dropped(port);
}

static void producer_show(const struct fifo_log_line *line)
{
	const struct fifo_instance *instance = line->instance;
	char what[FIFO_WORD_MAX * 4 + 48];

	describe(what, sizeof(what), line);
	pr_info("[%u] put %s seq=%llu queue=%u depth=%u/%u%s\n",
		instance->index, what, line->seq, instance->queue, line->depth,
		fifo_port_size(instance->port), line->dropped ? " dropped" : "");
}

static const struct fifo_client_ops producer_ops = {
	.prepare = producer_prepare,
	.move = producer_move,
	.note = producer_note,
	.show = producer_show,
};

static struct fifo_client producer = {
	FIFO_CLIENT_INIT(producer, FIFO_PRODUCER),
	.ops = &producer_ops,
	.item = { .name = "item", .fallback = "A" },
	.type = { .name = "type", .fallback = "text" },
	.uid = { .name = "uid" },
	.state = { .name = "state" },
};

module_param_cb(item, &fifo_param_ops, &producer.item, 0444);
MODULE_PARM_DESC(item, "What each instance puts: 1 to 32 bytes of text, a list; with spaces as 'item=\"two words,B\"' (default A)");
module_param_cb(type, &fifo_param_ops, &producer.type, 0444);
MODULE_PARM_DESC(type, "What the item is: text, or command, which asks for a reply, a list (default text)");
module_param_cb(uid, &fifo_param_ops, &producer.uid, 0444);
MODULE_PARM_DESC(uid, "Put the processes of this user instead, each once, a list");
module_param_cb(state, &fifo_param_ops, &producer.state, 0444);
MODULE_PARM_DESC(state, "Of those, only the ones in this state: R, S, D, T, t, Z or I, a list");
module_param_cb(rate, &fifo_client_rate_ops, &producer, 0644);
MODULE_PARM_DESC(rate, "Items per second: 0.001 to 10000000, or max, a list (default 1, with uid max)");
module_param_cb(count, &fifo_param_ops, &producer.count, 0444);
MODULE_PARM_DESC(count, "Stop after so many items, a list (default 0: never)");
module_param_cb(queue, &fifo_param_ops, &producer.queue, 0444);
MODULE_PARM_DESC(queue, "Index of the queue, a list (default 0)");
module_param_cb(context, &fifo_param_ops, &producer.context, 0444);
MODULE_PARM_DESC(context, "Where an instance runs: work, kthread or timer, a list (default work)");
module_param_cb(log, &fifo_param_ops, &producer.log, 0444);
MODULE_PARM_DESC(log, "What to log: items, summary or off, a list (default items)");
module_param_cb(instances, &fifo_param_ops, &producer.instances, 0444);
MODULE_PARM_DESC(instances, "How many instances: 1 to 1024 (default: as many as the longest list has)");

static int __init producer_init(void)
{
	int err = fifo_client_start(&producer);

	if (err)
		producer_census_free_all();
	return err;
}
module_init(producer_init);

static void __exit producer_exit(void)
{
	fifo_client_stop(&producer);
	producer_census_free_all();
}
module_exit(producer_exit);

MODULE_DESCRIPTION("Puts items into a queue of fifo.ko at a given rate");
MODULE_LICENSE("GPL");
