// SPDX-License-Identifier: GPL-2.0
/*
 * ping.ko: shows how a module of your own uses fifo.ko. While it is being loaded it puts
 * one command into a queue, waits for the reply from another queue, and prints how long
 * that took:
 *
 *	# insmod fifo.ko engine=ring size=8,8
 *	# worker &
 *	# insmod ping.ko commands=0 replies=1 timeout_ms=500
 *
 * A process that has mapped the queues, as tools/examples/worker.c, or another module must
 * reply.
 *
 * Remember:
 *
 * - Use a port in one task at a time. It waits without a limit. To limit a wait, cancel the
 *   port from another task: fifo_put() and fifo_get() then return -ECANCELED. A signal ends
 *   them with -EINTR.
 * - Detach a port only when no task is inside it, or will cancel it any more.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/workqueue.h>
#include "fifo.h"

#define TEXT		"hello"
#define TIMEOUT_MAX_MS	60000

static unsigned int commands;
module_param(commands, uint, 0444);
MODULE_PARM_DESC(commands, "Index of the queue for the command (default 0)");

static unsigned int replies = 1;
module_param(replies, uint, 0444);
MODULE_PARM_DESC(replies, "Index of the queue for the reply (default 1)");

static unsigned int timeout_ms = 1000;
module_param(timeout_ms, uint, 0444);
MODULE_PARM_DESC(timeout_ms, "How long to wait in all, in milliseconds, 1 to 60000 (default 1000)");

static struct fifo_port *to, *from;

/* The time is over: a task that waits in one of the ports returns. */
static void give_up(struct work_struct *work)
{
	fifo_cancel(to);
	fifo_cancel(from);
}

static DECLARE_DELAYED_WORK(limit, give_up);

static int __init check_parameters(void)
{
	if (timeout_ms < 1 || timeout_ms > TIMEOUT_MAX_MS) {
		pr_err("timeout_ms=\"%u\" is refused: must be a whole number from 1 to %u\n",
		       timeout_ms, TIMEOUT_MAX_MS);
		return -EINVAL;
	}
	if (commands == replies) {
		pr_err("replies=\"%u\" is refused: must be another queue than commands\n",
		       replies);
		return -EINVAL;
	}
	return 0;
}

/* Attaches to a queue. Returns an error pointer on failure. */
static struct fifo_port *__init attach(const char *parameter,
				       unsigned int queue, enum fifo_role role)
{
	struct fifo_port *port = fifo_attach(queue, role, KBUILD_MODNAME);

	if (port == ERR_PTR(-ENODEV))
		pr_err("%s=\"%u\" is refused: must be an existing queue: fifo.ko has 0 to %u\n",
		       parameter, queue, fifo_queues() - 1);
	return port;
}

static int __init attach_both(void)
{
	to = attach("commands", commands, FIFO_PRODUCER);
	if (IS_ERR(to))
		return PTR_ERR(to);
	from = attach("replies", replies, FIFO_CONSUMER);
	if (IS_ERR(from)) {
		fifo_detach(to);
		return PTR_ERR(from);
	}
	return 0;
}

/*
 * The caller of fifo_command_begin() fills in the data, and the length of the data and the
 * id together. fifo_command_begin() fills in the id.
 */
static int __init send(u64 *id)
{
	struct fifo_item item = { 0 };
	struct fifo_command *command = (void *)item.data;
	int err;

	static_assert(sizeof(TEXT) - 1 <= FIFO_COMMAND_LEN);
	memcpy(command->data, TEXT, strlen(TEXT));
	item.len = sizeof(command->id) + strlen(TEXT);
	err = fifo_command_begin(to, &item);
	if (err)
		return err;
	*id = command->id;
	return fifo_put(to, &item);
}

/*
 * fifo_command_end() matches a reply to the command of any port. This queue may have other
 * replies, such as one that came too late for an earlier ping: leave them alone.
 */
static bool __init is_reply_to(u64 id, const struct fifo_item *item)
{
	const struct fifo_command *reply = (const void *)item->data;

	return item->type == FIFO_ITEM_REPLY &&
	       item->len >= sizeof(reply->id) && reply->id == id;
}

static int __init receive(u64 id, u64 *round_trip_ns)
{
	struct fifo_item item;
	int err;

	do {
		err = fifo_get(from, &item);
		if (err)
			return err;
	} while (!is_reply_to(id, &item));
	return fifo_command_end(&item, round_trip_ns);
}

/* Once the work is cancelled, no other task uses the ports. */
static int __init ping(u64 *round_trip_ns)
{
	u64 id;
	int err;

	schedule_delayed_work(&limit, msecs_to_jiffies(timeout_ms));
	err = send(&id);
	if (!err)
		err = receive(id, round_trip_ns);
	cancel_delayed_work_sync(&limit);
	return err == -ECANCELED ? -ETIMEDOUT : err;
}

static int __init ping_init(void)
{
	u64 round_trip_ns;
	int err;

	err = check_parameters();
	if (!err)
		err = attach_both();
	if (err)
		return err;
	err = ping(&round_trip_ns);
	fifo_detach(from);
	fifo_detach(to);
	if (err == -ETIMEDOUT)
		pr_err("no reply to \"" TEXT "\" within %u ms\n", timeout_ms);
	else if (err)
		pr_err("no reply to \"" TEXT "\": error %d\n", err);
	else
		pr_info("reply to \"" TEXT "\" after %llu us\n",
			div_u64(round_trip_ns, NSEC_PER_USEC));
	return err;
}
module_init(ping_init);

/* Nothing to undo, but a module without an exit function cannot be unloaded. */
static void __exit ping_exit(void)
{
}
module_exit(ping_exit);

MODULE_DESCRIPTION("Sends a command through fifo.ko and waits for its reply");
MODULE_LICENSE("GPL");
