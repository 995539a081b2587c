// SPDX-License-Identifier: GPL-2.0
/*
 * Broken on purpose: transfer.c, in which every other put or get wakes nobody if the engine
 * is busted-wake. All other queues work.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

/*
 * All that transfer.c includes, before anything is redefined; and no more but for
 * string.h: by what types are known here, the versions of its symbols are made.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include "../../fifo/engine.h"
#include "../../fifo/port.h"
#include "../../fifo/queue.h"

static void busted_wake(struct fifo_queue *queue,
			struct fifo_wait_point *point, unsigned int n)
{
	static atomic_t times;

	if (strcmp(queue->engine->name, "busted-wake") ||
	    atomic_inc_return(&times) % 2)
		fifo_wake(point, n);
}

#define fifo_wake(point, n) busted_wake(queue, point, n)
#include "../../fifo/transfer.c"
