// SPDX-License-Identifier: GPL-2.0
/*
 * A module that forgets what it has allocated: what the kernel's leak detector
 * must find.
 */
#include <linux/module.h>
#include <linux/slab.h>

static int __init leak_init(void)
{
	/* Several: one could still be referred to by what is left on a stack. */
	unsigned int i;

	for (i = 0; i < 8; i++)
		if (!kzalloc(64, GFP_KERNEL))
			return -ENOMEM;
	return 0;
}
module_init(leak_init);

static void __exit leak_exit(void)
{
}
module_exit(leak_exit);

MODULE_DESCRIPTION("Loses memory");
MODULE_LICENSE("GPL");
