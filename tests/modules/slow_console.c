// SPDX-License-Identifier: GPL-2.0
/*
 * A console that shows nothing, and is as slow as a serial line. Printing to the log must
 * not wait for it where this would delay others.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/console.h>
#include <linux/delay.h>
#include <linux/module.h>

static unsigned int us;
module_param(us, uint, 0644);
MODULE_PARM_DESC(us, "Microseconds for a character; 115200 baud are 87 (default 0)");

static unsigned long spent_us;
module_param(spent_us, ulong, 0444);
MODULE_PARM_DESC(spent_us, "Microseconds that it has taken so far");

/* The kernel's lock of consoles guards the sum. */
static void slow_write(struct console *console, const char *text, unsigned int n)
{
	spent_us += (unsigned long)n * us;
	while (n--)
		udelay(us);
}

static struct console slow_console = {
	.name = "slow",
	.write = slow_write,
	.flags = CON_ENABLED,
	.index = 0,
};

static int __init slow_console_init(void)
{
	register_console(&slow_console);
	return 0;
}
module_init(slow_console_init);

static void __exit slow_console_exit(void)
{
	unregister_console(&slow_console);
}
module_exit(slow_console_exit);

MODULE_DESCRIPTION("A console as slow as a serial line");
MODULE_LICENSE("GPL");
