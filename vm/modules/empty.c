// SPDX-License-Identifier: GPL-2.0
/*
 * A module that does nothing: shows what an unload costs by itself.
 */
#include <linux/module.h>

static int __init empty_init(void)
{
	return 0;
}
module_init(empty_init);

static void __exit empty_exit(void)
{
}
module_exit(empty_exit);

MODULE_DESCRIPTION("Does nothing");
MODULE_LICENSE("GPL");
