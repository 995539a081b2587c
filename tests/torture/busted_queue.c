// SPDX-License-Identifier: GPL-2.0
/*
 * Broken on purpose: queue.c, in which every other put or get wakes nobody if the engine
 * is busted-wake. All other queues work.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

/*
 * All that queue.c includes, before anything is redefined; and no more but for
 * string.h: by what types are known here, the versions of its symbols are made.
 */
#include <linux/errno.h>
#include <linux/build_bug.h>
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/string.h>
#include "../../fifo/engine.h"

static void busted_wake(struct fifo_queue *queue, enum fifo_role role,
			unsigned int n)
{
	static atomic_t times;

	if (strcmp(queue->engine->name, "busted-wake") ||
	    atomic_inc_return(&times) % 2)
		fifo_wake(queue, role, n);
}

#define fifo_wake busted_wake
#include "../../fifo/queue.c"
