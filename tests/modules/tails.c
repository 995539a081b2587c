// SPDX-License-Identifier: GPL-2.0
/*
 * Puts items of each length into each queue, with bytes behind their length that are not
 * zero, from its stack, as any module may. Gets them again, unless leave is given, and
 * prints what is behind their lengths then:
 *
 *	tails: queue 0: 41 items, 0 with something behind their length
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include "fifo.h"

static bool leave;
module_param(leave, bool, 0444);
MODULE_PARM_DESC(leave, "Leave the items in the queues");

#define POISON	0xa5

static int put_all(unsigned int queue)
{
	struct fifo_port *port;
	struct fifo_item item;
	unsigned int len;
	int err = 0;

	port = fifo_attach(queue, FIFO_PRODUCER, KBUILD_MODNAME);
	if (IS_ERR(port))
		return PTR_ERR(port);
	memset(&item, POISON, sizeof(item));
	item.type = FIFO_ITEM_TEXT;
	for (len = 0; !err && len <= FIFO_DATA_LEN; len++) {
		item.len = len;
		err = fifo_try_put(port, &item);
	}
	fifo_detach(port);
	return err;
}

/* Is the item whole, and zero behind its length? */
static bool clean(const struct fifo_item *item)
{
	return !memchr_inv(item->data, POISON, item->len) &&
	       !memchr_inv(item->data + item->len, 0,
			   FIFO_DATA_LEN - item->len);
}

static int get_all(unsigned int queue)
{
	unsigned int n = 0, dirty = 0;
	struct fifo_port *port;
	struct fifo_item item;

	port = fifo_attach(queue, FIFO_CONSUMER, KBUILD_MODNAME);
	if (IS_ERR(port))
		return PTR_ERR(port);
	for (; !fifo_try_get(port, &item); n++)
		if (!clean(&item))
			dirty++;
	fifo_detach(port);
	pr_info("queue %u: %u items, %u with something behind their length\n",
		queue, n, dirty);
	return 0;
}

static int __init tails_init(void)
{
	unsigned int queue;
	int err = 0;

	for (queue = 0; !err && queue < fifo_queues(); queue++) {
		err = put_all(queue);
		if (!err && !leave)
			err = get_all(queue);
	}
	return err;
}
module_init(tails_init);

static void __exit tails_exit(void)
{
}
module_exit(tails_exit);

MODULE_DESCRIPTION("Puts items with something behind their length");
MODULE_LICENSE("GPL");
