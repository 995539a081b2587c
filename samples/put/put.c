// SPDX-License-Identifier: GPL-2.0
/*
 * put.ko: the shortest module that uses fifo.ko. While it is being loaded it puts one item
 * into a queue:
 *
 *	# insmod fifo.ko
 *	# insmod put.ko queue=0
 *	# head -n 1 /dev/fifo0
 *	hello
 *
 * If the queue is full and blocks, insmod waits until there is room. Ctrl-C ends that wait.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/module.h>
#include "fifo.h"

static unsigned int queue;
module_param(queue, uint, 0444);
MODULE_PARM_DESC(queue, "Index of the queue (default 0)");

static int __init put_init(void)
{
	struct fifo_item item = {
		.type = FIFO_ITEM_TEXT,
		.len = 5,
		.data = "hello",
	};
	struct fifo_port *port;
	int err;

	port = fifo_attach(queue, FIFO_PRODUCER, KBUILD_MODNAME);
	if (IS_ERR(port)) {
		pr_err("queue %u: error %ld\n", queue, PTR_ERR(port));
		return PTR_ERR(port);
	}
	err = fifo_put(port, &item);
	fifo_detach(port);
	return err;
}
module_init(put_init);

/* Nothing to undo, but a module without an exit function cannot be unloaded. */
static void __exit put_exit(void)
{
}
module_exit(put_exit);

MODULE_DESCRIPTION("Puts one item into a queue of fifo.ko");
MODULE_LICENSE("GPL");
