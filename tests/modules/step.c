// SPDX-License-Identifier: GPL-2.0
/*
 * Puts items into queue 0, or gets them, without waiting: as many as are written to "put"
 * or "get" in /sys/module/step/parameters.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include "fifo.h"

static int step(const char *text, enum fifo_role role)
{
	struct fifo_item item = { .type = FIFO_ITEM_TEXT, .len = 1, .data = "x" };
	struct fifo_port *port;
	unsigned int n;
	int err;

	err = kstrtouint(text, 0, &n);
	if (err)
		return err;
	port = fifo_attach(0, role, "step");
	if (IS_ERR(port))
		return PTR_ERR(port);
	while (n-- && !err)
		err = role == FIFO_PRODUCER ? fifo_try_put(port, &item) :
					      fifo_try_get(port, &item);
	fifo_detach(port);
	return err;
}

static int put(const char *text, const struct kernel_param *param)
{
	return step(text, FIFO_PRODUCER);
}

static int get(const char *text, const struct kernel_param *param)
{
	return step(text, FIFO_CONSUMER);
}

static const struct kernel_param_ops put_ops = { .set = put };
module_param_cb(put, &put_ops, NULL, 0200);
MODULE_PARM_DESC(put, "Written: put so many items");

static const struct kernel_param_ops get_ops = { .set = get };
module_param_cb(get, &get_ops, NULL, 0200);
MODULE_PARM_DESC(get, "Written: get so many items");

static int __init step_init(void)
{
	return 0;
}
module_init(step_init);

static void __exit step_exit(void)
{
}
module_exit(step_exit);

MODULE_DESCRIPTION("Moves single items when it is told");
MODULE_LICENSE("GPL");
