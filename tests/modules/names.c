// SPDX-License-Identifier: GPL-2.0
/*
 * Attaches a producer to queue 0 under each of n names, one after another. If one is
 * refused, prints how many there were, and why.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include "fifo.h"

static unsigned int n = 1;
module_param(n, uint, 0444);
MODULE_PARM_DESC(n, "How many names");

static int attach_as(unsigned int i)
{
	struct fifo_port *port;
	char name[FIFO_NAME_LEN];

	snprintf(name, sizeof(name), "%s-%u", KBUILD_MODNAME, i);
	port = fifo_attach(0, FIFO_PRODUCER, name);
	if (IS_ERR(port))
		return PTR_ERR(port);
	fifo_detach(port);
	return 0;
}

static int __init names_init(void)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < n; i++) {
		err = attach_as(i);
		if (err)
			break;
		cond_resched();
	}
	pr_info("%u attached, then error %d\n", i, err);
	return 0;
}
module_init(names_init);

static void __exit names_exit(void)
{
}
module_exit(names_exit);

MODULE_DESCRIPTION("Attaches under many names");
MODULE_LICENSE("GPL");
