// SPDX-License-Identifier: GPL-2.0
/*
 * fifo.ko: the queues that its parameters describe.
 *
 * It cannot be unloaded while a client is loaded, which uses its symbols, or a
 * device is open: so its exit function finds queues that nobody uses.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "asleep.h"
#include "client/client_log.h"
#include "command.h"
#include "debugfs.h"
#include "engine.h"
#include "param.h"
#include "source.h"
#ifdef FIFO_BUSTED
#include "../tests/torture/busted.h"
#endif

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
#ifdef FIFO_BUSTED
	&fifo_engine_busted_lock,
	&fifo_engine_busted_wake,
	&fifo_engine_busted_count,
#endif
	NULL
};

/* The queues, and how many are usable. Written by init and exit only. */
static struct fifo_queue *queues;
static unsigned int nr_queues;

/* All queues have their devices. Written by init only, read without a lock. */
static bool shown;

/**
 * fifo_queues() - how many queues there are
 *
 * Context: Any.
 * Return: Their number, at least 1: they have the indices below it.
 */
unsigned int fifo_queues(void)
{
	return nr_queues;
}
EXPORT_SYMBOL_GPL(fifo_queues);

/* The queue with an index, or NULL. */
struct fifo_queue *fifo_queue_find(unsigned int index)
{
	return index < nr_queues ? &queues[index] : NULL;
}

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

/* Makes the queues that were described: all of them, or an error. */
static int make_queues(unsigned int n)
{
	int err;

	for (; nr_queues < n; nr_queues++) {
		err = fifo_queue_init(&queues[nr_queues], nr_queues);
		if (err) {
			pr_err("queue %u: no memory for size=%u\n", nr_queues,
			       queues[nr_queues].size);
			return err;
		}
	}
	return 0;
}

static void free_queues(void)
{
	while (nr_queues)
		fifo_queue_destroy(&queues[--nr_queues]);
	kfree(queues);
}

static void hide_queues(unsigned int n)
{
	while (n)
		fifo_dev_unregister(&queues[--n]);
}

/* Whether all queues have their devices, so that the load cannot fail any more. */
bool fifo_queues_shown(void)
{
	return READ_ONCE(shown);
}

/*
 * Comes last, for who opens a device holds the module from then on, and a
 * module whose load fails goes all the same: see fifo_open().
 */
static int show_queues(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < nr_queues; i++) {
		err = fifo_dev_register(&queues[i]);
		if (err) {
			pr_err("queue %u: cannot register /dev/%s: error %d\n",
			       i, queues[i].name, err);
			hide_queues(i);
			return err;
		}
	}
	WRITE_ONCE(shown, true);
	return 0;
}

/* All that clients and users of devices see, or nothing. */
static int __init make_all(unsigned int n)
{
	int err;

	err = fifo_param_parse(KBUILD_MODNAME, lists, queues, sizeof(*queues), n);
	if (!err)
		err = make_queues(n);
	if (!err)
		err = fifo_asleep_init();
	if (err)
		return err;
	err = show_queues();
	if (err)
		fifo_asleep_exit();
	return err;
}

static int __init fifo_init(void)
{
	unsigned int i;
	int err, n;

	n = fifo_param_longest(KBUILD_MODNAME, lists, FIFO_QUEUES_MAX, "");
	if (n < 0)
		return n;
	queues = kcalloc(n, sizeof(*queues), GFP_KERNEL);
	if (!queues) {
		pr_err("no memory for %d queues\n", n);
		return -ENOMEM;
	}
	err = make_all(n);
	if (err) {
		free_queues();
		return err;
	}
	fifo_ports_show();
	for (i = 0; i < nr_queues; i++)
		pr_info("queue %u: engine=%s size=%u overflow=%s\n", i,
			queues[i].engine->name, queues[i].size,
			fifo_overflow_names[queues[i].overflow]);
	return 0;
}
module_init(fifo_init);

static void __exit fifo_exit(void)
{
	unsigned int i;

	fifo_client_log_exit();
	fifo_ports_hide();
	hide_queues(nr_queues);
	fifo_asleep_exit();
	for (i = 0; i < nr_queues; i++)
		fifo_queue_discard(&queues[i]);
	free_queues();
	fifo_commands_free();
	fifo_sources_free();
}
module_exit(fifo_exit);

MODULE_DESCRIPTION("Bounded queues for producers and consumers");
MODULE_LICENSE("GPL");
