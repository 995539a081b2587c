// SPDX-License-Identifier: GPL-2.0
/*
 * producer.ko: puts items into a queue of fifo.ko. An instance puts one text, or one
 * command, again and again; or its share of a user's processes, each once.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include "census.h"
#include "fifo_client.h"
#include "param.h"

/* %*pE may turn a byte into 4. */
static_assert(sizeof("command=") + 4 * PRODUCER_WORD_MAX <= FIFO_DESCRIPTION_LEN);
static_assert(PRODUCER_WORD_MAX <= FIFO_COMMAND_LEN);

/* fifo_command_begin() sets the id of a command. */
static void make_item(struct fifo_item *item, const struct producer_instance *me)
{
	size_t skip = 0, len = strlen(me->word);

	if (me->type == FIFO_ITEM_COMMAND)
		skip = offsetof(struct fifo_command, data);
	item->type = me->type;
	item->len = skip + len;
	memcpy(item->data + skip, me->word, len);
}

static int producer_prepare(struct fifo_instance *instance)
{
	struct producer_instance *me = instance->private;

	/* The queue may take only a part of the items. */
	instance->keeps = producer_param_has_uid() ||
			  me->type == FIFO_ITEM_COMMAND;
	if (!producer_param_has_uid())
		return 0;
	me->census = producer_census_of(me->uid, me->state);
	return PTR_ERR_OR_ZERO(me->census);
}

static void producer_fill(struct fifo_instance *instance,
			  struct fifo_item *items, unsigned int n)
{
	unsigned int i;

	make_item(&items[0], instance->private);
	for (i = 1; i < n; i++)
		items[i] = items[0];
}

static int put(struct fifo_instance *instance, unsigned int n, bool nowait)
{
	struct producer_instance *me = instance->private;
	const struct fifo_item *items = &instance->items[me->first];

	if (nowait)
		return fifo_try_put_many(instance->port, items, n);
	return fifo_put_many(instance->port, items, n);
}

/* The rest that the queue does not take comes first the next time. */
static int put_pending(struct fifo_instance *instance, unsigned int n,
		       bool nowait)
{
	struct producer_instance *me = instance->private;
	int moved;

	moved = put(instance, min(me->pending, n), nowait);
	if (moved > 0) {
		me->first += moved;
		me->pending -= moved;
	}
	return moved;
}

/* Bit 0: an instance has waited for replies, which is logged once. */
static unsigned long has_waited;
static unsigned int first_to_wait;

static void log_wait(struct work_struct *work)
{
	pr_warn("[%u] waits for replies: %u commands have none\n",
		READ_ONCE(first_to_wait), FIFO_COMMANDS_MAX);
}

/* A console may be slow, and items are moved in softirqs as well. */
static DECLARE_WORK(wait_work, log_wait);

static void note_wait(const struct fifo_instance *instance)
{
	if (test_and_set_bit(0, &has_waited))
		return;
	WRITE_ONCE(first_to_wait, instance->index);
	schedule_work(&wait_work);
}

/* Begins commands until @n are pending. Returns 0, or the error if none is pending. */
static int begin_commands(struct fifo_instance *instance, unsigned int n)
{
	struct producer_instance *me = instance->private;
	int err = 0;

	while (!err && me->pending < n) {
		err = fifo_command_begin(instance->port,
					 &instance->items[me->pending]);
		if (!err)
			me->pending++;
	}
	if (err == -EAGAIN)
		note_wait(instance);
	return me->pending ? 0 : err;
}

/* -ENODATA ends the instance: all processes of the census have been taken. */
static int take_processes(struct fifo_instance *instance, unsigned int n)
{
	struct producer_instance *me = instance->private;

	me->pending = producer_census_take(me->census, instance->items, n);
	return me->pending ? 0 : -ENODATA;
}

/* All items of a text are the same: nothing is kept for later. */
static int producer_move(struct fifo_instance *instance, unsigned int n,
			 bool nowait)
{
	struct producer_instance *me = instance->private;
	int err = 0;

	if (!me->census && me->type == FIFO_ITEM_TEXT)
		return put(instance, n, nowait);
	if (!me->pending) {
		me->first = 0;
		err = me->census ? take_processes(instance, n) :
				   begin_commands(instance, n);
	}
	return err ? err : put_pending(instance, n, nowait);
}

static int describe_word(char *text, size_t size,
			 const struct producer_instance *me)
{
	return scnprintf(text, size, "%s=%*pE",
			 me->type == FIFO_ITEM_COMMAND ? "command" : "item",
			 (int)strlen(me->word), me->word);
}

static void producer_describe(const struct fifo_instance *instance, char *text,
			      size_t size)
{
	const struct producer_instance *me = instance->private;

	if (me->census && me->state)
		snprintf(text, size, "uid=%u state=%c", me->uid, me->state);
	else if (me->census)
		snprintf(text, size, "uid=%u", me->uid);
	else
		describe_word(text, size, me);
}

static void describe_item(char *text, size_t size,
			  const struct producer_instance *me,
			  const struct fifo_item *item)
{
	const struct fifo_process *process = (const void *)item->data;
	const struct fifo_command *command = (const void *)item->data;
	int len;

	if (me->census) {
		snprintf(text, size, "pid=%u comm=%*pE state=%c",
			 fifo_process_pid(process),
			 (int)strnlen(process->comm, FIFO_COMM_LEN),
			 process->comm, process->state);
		return;
	}
	len = describe_word(text, size, me);
	if (me->type == FIFO_ITEM_COMMAND)
		snprintf(text + len, size - len, " id=%#llx", command->id);
}

/*
 * Consumers may have got some of a batch while it was put: the depth is an estimate for
 * all of its items but the last.
 */
static void producer_note(const struct fifo_instance *instance, unsigned int i,
			  unsigned int moved, struct fifo_log_line *line)
{
	const struct producer_instance *me = instance->private;
	const struct fifo_port *port = instance->port;
	unsigned int later = moved - 1 - i;
	int depth = fifo_port_depth(port) - later;

	if (me->census || me->type == FIFO_ITEM_COMMAND)
		line->item = instance->items[me->first - 1 - later];
	line->item.seq = fifo_port_seq(port) - later;
	line->depth = max(depth, 1);
	line->result = fifo_port_dropped(port);
}

static void producer_show(const struct fifo_log_line *line)
{
	const struct fifo_instance *instance = line->instance;
	char what[PRODUCER_WORD_MAX * 4 + 48];

	describe_item(what, sizeof(what), instance->private, &line->item);
	pr_info("[%u] put %s seq=%llu queue=%u depth=%u/%u%s\n",
		instance->index, what, line->item.seq, instance->queue,
		line->depth, fifo_port_size(instance->port),
		line->result ? " dropped" : "");
}

static const struct fifo_client_ops producer_ops = {
	.prepare = producer_prepare,
	.fill = producer_fill,
	.describe = producer_describe,
	.move = producer_move,
	.note = producer_note,
	.show = producer_show,
};

static struct fifo_client producer = {
	FIFO_CLIENT_INIT(producer, FIFO_PRODUCER),
	.ops = &producer_ops,
	.rows = producer_param_rows,
	.private_size = sizeof(struct producer_instance),
};

FIFO_CLIENT_PARAMS(producer, "1, with uid max");

/* No instance runs any more. */
static void producer_release(void)
{
	flush_work(&wait_work);
	producer_census_free_all();
}

static int __init producer_init(void)
{
	int err;

	/*
	 * A census is put once, so it needs no pace. WRITE_ONCE(), since sysfs may be
	 * showing the rate already.
	 */
	if (producer_param_has_uid())
		WRITE_ONCE(producer.rate.fallback, "max");
	err = fifo_client_start(&producer);
	if (err)
		producer_release();
	return err;
}
module_init(producer_init);

static void __exit producer_exit(void)
{
	fifo_client_stop(&producer);
	producer_release();
}
module_exit(producer_exit);

MODULE_AUTHOR("The fifo maintainers");
MODULE_DESCRIPTION("Puts items into a queue of fifo.ko at a given rate");
MODULE_LICENSE("GPL");
MODULE_VERSION(__stringify(FIFO_VERSION));
