// SPDX-License-Identifier: GPL-2.0
/*
 * fifo.ko: the queues that its parameters describe.
 *
 * The kernel does not unload it while a client is loaded (which uses its
 * symbols) or a device is open. So nobody uses the queues when its exit
 * function runs.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include "boottime.h"
#include "client/client_log.h"
#include "command.h"
#include "debugfs.h"
#include "engine.h"
#include "param.h"
#include "queue.h"
#include "source.h"
#include "user/device.h"
#include "user/open_files.h"
#include "worker/pin.h"

static struct fifo_param size = { .name = "size", .fallback = "32" };
module_param_cb(size, &fifo_param_ops, &size, 0444);
MODULE_PARM_DESC(size, "Items that fit in each queue: 1 to 1048576, with engine=ring a power of two from 2 on, a list (default 32)");

static struct fifo_param engine = { .name = "engine", .fallback = "semaphore" };
module_param_cb(engine, &fifo_param_ops, &engine, 0444);
MODULE_PARM_DESC(engine, "How each queue works: semaphore, waitqueue, list or ring, a list (default semaphore)");

static struct fifo_param overflow = { .name = "overflow", .fallback = "block" };
module_param_cb(overflow, &fifo_param_ops, &overflow, 0444);
MODULE_PARM_DESC(overflow, "What a put meets in a full queue: block, drop-newest or drop-oldest, a list (default block)");

const struct fifo_engine *const fifo_engines[] = {
	&fifo_engine_semaphore,
	&fifo_engine_waitqueue,
	&fifo_engine_list,
	&fifo_engine_ring,
	NULL
};

/* The queues that the parameters describe; only init writes it. */
static struct fifo_queue *queues;

static int parse_engine(const struct fifo_entry *entry, void *object)
{
	const char *names[ARRAY_SIZE(fifo_engines)] = { NULL };
	struct fifo_queue *queue = object;
	int i, choice;

	for (i = 0; fifo_engines[i]; i++)
		names[i] = fifo_engines[i]->name;
	choice = fifo_entry_choice(entry, names);
	if (choice < 0)
		return choice;
	queue->engine = fifo_engines[choice];
	return 0;
}

static int parse_size(const struct fifo_entry *entry, void *object)
{
	struct fifo_queue *queue = object;
	const struct fifo_engine *engine = queue->engine;
	u64 items;
	int err;

	err = fifo_entry_number(entry, 1, FIFO_SIZE_MAX, &items);
	if (!err && engine->fits && !engine->fits(items))
		err = fifo_entry_refuse(entry, engine->sizes);
	if (!err)
		queue->size = items;
	return err;
}

static int parse_overflow(const struct fifo_entry *entry, void *object)
{
	struct fifo_queue *queue = object;
	int choice = fifo_entry_choice(entry, fifo_overflow_names);

	if (choice < 0)
		return choice;
	queue->overflow = choice;
	return 0;
}

/* In this order: parse_size() needs the engine. */
static const struct fifo_param_row lists[] = {
	{ &engine, parse_engine },
	{ &size, parse_size },
	{ &overflow, parse_overflow },
	{}
};

/*
 * Makes all that clients and users of the devices see, or nothing if a step
 * fails.
 */
static int __init make_all(unsigned int n)
{
	int err;

	err = fifo_param_parse(KBUILD_MODNAME, lists, queues, sizeof(*queues), n);
	if (!err)
		err = fifo_queues_init(n);
	if (!err)
		err = fifo_boottime_init();
	if (err)
		return err;
	err = fifo_pins_init();
	if (err)
		goto exit_boottime;
	err = fifo_devices_show();
	if (!err)
		return 0;
	fifo_pins_exit();
exit_boottime:
	fifo_boottime_exit();
	return err;
}

static int __init fifo_init(void)
{
	int err, n, i;

	n = fifo_param_longest(KBUILD_MODNAME, lists, FIFO_QUEUES_MAX, "");
	if (n < 0)
		return n;
	queues = fifo_queues_alloc(n);
	if (!queues) {
		pr_err("no memory for %d queues\n", n);
		return -ENOMEM;
	}
	err = make_all(n);
	if (err) {
		fifo_queues_free();
		return err;
	}
	fifo_files_show(fifo_debugfs_show());
	for (i = 0; i < n; i++)
		pr_info("queue %d: engine=%s size=%u overflow=%s\n", i,
			queues[i].engine->name, queues[i].size,
			fifo_overflow_names[queues[i].overflow]);
	return 0;
}
module_init(fifo_init);

static void __exit fifo_exit(void)
{
	fifo_client_log_exit();
	fifo_debugfs_hide();
	fifo_devices_hide();
	fifo_pins_exit();
	fifo_boottime_exit();
	fifo_queues_discard();
	fifo_queues_free();
	fifo_commands_free();
	fifo_sources_free();
}
module_exit(fifo_exit);

MODULE_AUTHOR("The fifo maintainers");
MODULE_DESCRIPTION("Bounded queues for producers and consumers");
MODULE_LICENSE("GPL");
MODULE_VERSION(__stringify(FIFO_VERSION));
