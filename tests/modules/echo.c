// SPDX-License-Identifier: GPL-2.0
/*
 * Replies to commands, rightly or wrongly: gets them from queues, and puts replies with
 * their ids into others.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/workqueue.h>
#include "fifo.h"

#define MOST	8

static unsigned int from[MOST];
static int n;
module_param_array(from, uint, &n, 0444);
MODULE_PARM_DESC(from, "Queues with commands");

static unsigned int to[MOST];
module_param_array(to, uint, NULL, 0444);
MODULE_PARM_DESC(to, "Queues for the replies to each");

static bool twice;
module_param(twice, bool, 0444);
MODULE_PARM_DESC(twice, "Reply to each command twice");

static bool cut;
module_param(cut, bool, 0444);
MODULE_PARM_DESC(cut, "Also put a reply that has no room for an id");

static unsigned long long others[MOST];
static int nr_others;
module_param_array(others, ullong, &nr_others, 0444);
MODULE_PARM_DESC(others, "Also reply with each of these ids");

struct echo {
	struct fifo_port *from;
	struct fifo_port *to;
	struct workqueue_struct *wq;
	struct work_struct work;
};

static struct echo echoes[MOST];

static int reply_with(struct echo *me, struct fifo_item *item, u64 id)
{
	struct fifo_command *command = (void *)item->data;

	command->id = id;
	return fifo_put(me->to, item);
}

static int reply(struct echo *me, struct fifo_item *item)
{
	u64 id = ((struct fifo_command *)item->data)->id;
	int i, err;

	item->type = FIFO_ITEM_REPLY;
	err = reply_with(me, item, id);
	if (!err && twice)
		err = reply_with(me, item, id);
	for (i = 0; !err && i < nr_others; i++)
		err = reply_with(me, item, others[i]);
	if (!err && cut) {
		item->len = sizeof(id) - 1;
		err = reply_with(me, item, id);
	}
	return err;
}

/* Replies until a port is cancelled. */
static void run(struct work_struct *work)
{
	struct echo *me = container_of(work, struct echo, work);
	struct fifo_item item;
	int err;

	do {
		err = fifo_get(me->from, &item);
		if (!err)
			err = reply(me, &item);
	} while (!err);
}

/* Undoes start(), or as much of it as was done. */
static void stop(struct echo *me)
{
	if (!IS_ERR_OR_NULL(me->from))
		fifo_cancel(me->from);
	if (!IS_ERR_OR_NULL(me->to))
		fifo_cancel(me->to);
	if (me->wq)
		destroy_workqueue(me->wq);
	if (!IS_ERR_OR_NULL(me->from))
		fifo_detach(me->from);
	if (!IS_ERR_OR_NULL(me->to))
		fifo_detach(me->to);
}

static int start(unsigned int i)
{
	struct echo *me = &echoes[i];

	me->from = fifo_attach(from[i], FIFO_CONSUMER, KBUILD_MODNAME);
	if (IS_ERR(me->from))
		return PTR_ERR(me->from);
	me->to = fifo_attach(to[i], FIFO_PRODUCER, KBUILD_MODNAME);
	if (IS_ERR(me->to))
		return PTR_ERR(me->to);
	me->wq = alloc_ordered_workqueue("echo/%u", 0, i);
	if (!me->wq)
		return -ENOMEM;
	INIT_WORK(&me->work, run);
	queue_work(me->wq, &me->work);
	return 0;
}

static void stop_all(void)
{
	int i;

	for (i = 0; i < n; i++)
		stop(&echoes[i]);
}

static int __init echo_init(void)
{
	int i, err = 0;

	for (i = 0; !err && i < n; i++)
		err = start(i);
	if (err)
		stop_all();
	return err;
}
module_init(echo_init);

static void __exit echo_exit(void)
{
	stop_all();
}
module_exit(echo_exit);

MODULE_DESCRIPTION("Replies to commands");
MODULE_LICENSE("GPL");
