// SPDX-License-Identifier: GPL-2.0
/*
 * Loading it stops all processors for a while: so a paused machine, or a clock that jumps,
 * looks to code that follows the time.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/processor.h>
#include <linux/stop_machine.h>
#include <linux/time64.h>

static unsigned int ms = 3000;
module_param(ms, uint, 0444);
MODULE_PARM_DESC(ms, "For how many milliseconds (default 3000)");

static unsigned int took_ms;
module_param(took_ms, uint, 0444);
MODULE_PARM_DESC(took_ms, "How long it was");

static int spend(void *unused)
{
	u64 start = ktime_get_ns(), took;

	do {
		cpu_relax();
		took = div_u64(ktime_get_ns() - start, NSEC_PER_MSEC);
	} while (took < ms);
	took_ms = took;
	return 0;
}

static int __init pause_init(void)
{
	return stop_machine(spend, NULL, NULL);
}
module_init(pause_init);

static void __exit pause_exit(void)
{
}
module_exit(pause_exit);

MODULE_DESCRIPTION("Stops all processors for a while");
MODULE_LICENSE("GPL");
