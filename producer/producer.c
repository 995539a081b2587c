// SPDX-License-Identifier: GPL-2.0
/*
 * producer.ko: puts an item into a queue of fifo.ko, again and again.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include "fifo_client.h"

static void producer_prepare(struct fifo_instance *instance)
{
	struct fifo_item *item;
	unsigned int i;

	for (i = 0; i < FIFO_BATCH; i++) {
		item = &instance->items[i];
		item->type = FIFO_ITEM_TEXT;
		item->len = strlen(instance->word);
		memcpy(item->data, instance->word, item->len);
	}
}

static int producer_move(struct fifo_instance *instance, unsigned int n,
			 bool nowait)
{
	if (nowait)
		return fifo_try_put_many(instance->port, instance->items, n);
	return fifo_put_many(instance->port, instance->items, n);
}

static void producer_show(struct fifo_instance *instance, unsigned int i,
			  unsigned int moved)
{
	const struct fifo_port *port = instance->port;
	unsigned int later = moved - 1 - i;

	pr_info("[%u] put item=%s seq=%llu queue=%u depth=%u/%u%s\n",
		instance->index, instance->word, fifo_port_seq(port) - later,
		instance->queue, fifo_port_depth(port) - later,
		fifo_port_size(port), fifo_port_dropped(port) ? " dropped" : "");
}

static const struct fifo_client_ops producer_ops = {
	.prepare = producer_prepare,
	.move = producer_move,
	.show = producer_show,
};

static struct fifo_client producer = {
	FIFO_CLIENT_INIT(producer, FIFO_PRODUCER),
	.ops = &producer_ops,
	.item = { .name = "item", .fallback = "A" },
};

module_param_cb(item, &fifo_param_ops, &producer.item, 0444);
MODULE_PARM_DESC(item, "What each instance puts: 1 to 32 printable characters, a list (default A)");
module_param_cb(rate, &fifo_client_rate_ops, &producer, 0644);
MODULE_PARM_DESC(rate, "Items per second: 0.001 to 10000000, or max, a list (default 1)");
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
	return fifo_client_start(&producer);
}
module_init(producer_init);

static void __exit producer_exit(void)
{
	fifo_client_stop(&producer);
}
module_exit(producer_exit);

MODULE_DESCRIPTION("Puts items into a queue of fifo.ko at a given rate");
MODULE_LICENSE("GPL");
