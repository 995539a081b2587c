// SPDX-License-Identifier: GPL-2.0
/*
 * Ports: a client's handle on an end of a queue.
 */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/kconfig.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "command.h"
#include "engine.h"
#include "fifo.h"
#include "port.h"
#include "queue.h"
#include "source.h"

/* Guards the list, and each port's place in it and @shown. */
static DEFINE_MUTEX(ports_lock);
static LIST_HEAD(ports);

static void add_port(struct fifo_port *port)
{
	mutex_lock(&ports_lock);
	list_add_tail(&port->all, &ports);
	mutex_unlock(&ports_lock);
}

static void remove_port(struct fifo_port *port)
{
	mutex_lock(&ports_lock);
	list_del(&port->all);
	mutex_unlock(&ports_lock);
}

/* Sets the user that debugfs shows for the port; NULL: none. */
void fifo_port_set_user(struct fifo_port *port, struct fifo_port_user *user)
{
	mutex_lock(&ports_lock);
	port->shown = user;
	mutex_unlock(&ports_lock);
}

/*
 * Calls a function for each port. ports_lock keeps the ports and their users from being
 * freed meanwhile.
 */
void fifo_ports_each(void (*call)(const struct fifo_port *port, void *data),
		     void *data)
{
	const struct fifo_port *port;

	mutex_lock(&ports_lock);
	list_for_each_entry(port, &ports, all)
		call(port, data);
	mutex_unlock(&ports_lock);
}

/*
 * A name becomes one word of visible ASCII. Any user can name a process, and the kernel's
 * log, debugfs and traces show the name: no byte of it may begin a line, a column or an
 * escape there.
 */
static void clean_name(char *name)
{
	for (; *name; name++)
		if (!isascii(*name) || !isgraph(*name))
			*name = '?';
}

static void set_name(struct fifo_port *port, const char *name)
{
	char comm[TASK_COMM_LEN];

	if (!name)
		name = get_task_comm(comm, current);
	strscpy(port->name, *name ? name : "?", sizeof(port->name));
	clean_name(port->name);
}

/*
 * Makes a port. The caller has taken the end before. @name is a kernel client's; with
 * NULL the port gets the name of the current process, which is charged for it.
 */
struct fifo_port *fifo_port_new(struct fifo_queue *queue, enum fifo_role role,
				const char *name)
{
	struct fifo_port *port;
	int err = 0;

	port = kzalloc(sizeof(*port), GFP_KERNEL_ACCOUNT);
	if (!port)
		return ERR_PTR(-ENOMEM);
	port->queue = queue;
	port->role = role;
	INIT_LIST_HEAD(&port->nodes);
	fifo_waiter_init(&port->waiter, &queue->ends[role].wait);
	set_name(port, name);
	if (role == FIFO_PRODUCER)
		err = fifo_source_new(port->name, name ? FIFO_OF_CLIENT :
				      FIFO_OF_PROCESS, &port->source);
	if (err) {
		kfree(port);
		return ERR_PTR(err);
	}
	add_port(port);
	return port;
}

void fifo_port_free(struct fifo_port *port)
{
	WARN_ON_ONCE(!fifo_waiter_idle(&port->waiter));
	remove_port(port);
	if (port->queue->engine->detach)
		port->queue->engine->detach(port);
	kfree(port);
}

static struct fifo_port *attach(unsigned int queue, enum fifo_role role,
				const char *name)
{
	struct fifo_queue *q = fifo_queue_find(queue);
	struct fifo_port *port;

	if (role != FIFO_PRODUCER && role != FIFO_CONSUMER)
		return ERR_PTR(-EINVAL);
	if (!q)
		return ERR_PTR(-ENODEV);
	if (!fifo_end_share(&q->ends[role]))
		return ERR_PTR(-EBUSY);
	port = fifo_port_new(q, role, name);
	if (IS_ERR(port))
		fifo_end_leave(&q->ends[role]);
	return port;
}

/**
 * fifo_attach() - become a client of a queue
 * @queue: its index
 * @role: which end of it
 * @name: the client's; cut to %FIFO_NAME_LEN - 1 bytes; each byte that is not visible
 *	ASCII becomes a question mark
 *
 * Context: Process context, may sleep.
 * Return: The port, or an error pointer: -ENODEV if there is no such queue, -EINVAL for
 * an unknown role, -EBUSY if a process has mapped this end of the queue, -ENOMEM, or
 * -ENOSPC if producers in the kernel have used 32,768 different names since fifo.ko was
 * loaded.
 */
struct fifo_port *fifo_attach(unsigned int queue, enum fifo_role role,
			      const char *name)
{
	return attach(queue, role, name);
}
EXPORT_SYMBOL_GPL(fifo_attach);

/* As fifo_attach(), under the name of the current process. Never returns -ENOSPC. */
struct fifo_port *fifo_attach_process(unsigned int queue, enum fifo_role role)
{
	return attach(queue, role, NULL);
}

/**
 * fifo_cancel() - end a port's wait, and refuse all later operations
 * @port: the port
 *
 * An operation that is under way returns soon: it waits no longer, and may
 * still succeed. Each later one returns -ECANCELED. May be called more than
 * once, and while another task is inside an operation.
 *
 * Context: Any with interrupts enabled. Takes the port's lock, and that of a wait
 * queue.
 */
void fifo_cancel(struct fifo_port *port)
{
	fifo_waiter_cancel(&port->waiter);
}
EXPORT_SYMBOL_GPL(fifo_cancel);

/**
 * fifo_detach() - give a port back
 * @port: the port; no operation is under way, and none follows
 *
 * Replies to its commands are unknown from now on.
 *
 * Context: Process context, may sleep.
 */
void fifo_detach(struct fifo_port *port)
{
	struct fifo_end *end = &port->queue->ends[port->role];

	if (port->commands)
		fifo_commands_forget(port->source);
	fifo_port_free(port);
	fifo_end_leave(end);
}
EXPORT_SYMBOL_GPL(fifo_detach);

/**
 * fifo_command_begin() - make an item a command, which asks for a reply
 * @port: the producer's port through which it will be put
 * @item: @data holds a struct fifo_command with the command's data; @len counts these
 *	bytes and the 8 of the id. Sets the type and the id
 *
 * The command is outstanding, and its round trip runs, from now until fifo_command_end()
 * gets its reply. This holds even if it is never put, or is dropped. A port has at most
 * %FIFO_COMMANDS_MAX outstanding commands; fifo_detach() forgets them. Ids are not
 * secret, and repeat after 2^32 commands of a port.
 *
 * Context: That of the port's operations, while none is under way. Never sleeps.
 * Return: 0; -EAGAIN if too many are outstanding, -ENOMEM, -EBADF for a
 * consumer's port, -EINVAL for a length below 8 or above %FIFO_DATA_LEN,
 * -EOPNOTSUPP on a 32-bit kernel.
 */
int fifo_command_begin(struct fifo_port *port, struct fifo_item *item)
{
	struct fifo_command *command = (void *)item->data;
	int err;

	if (port->role != FIFO_PRODUCER)
		return -EBADF;
	if (item->len < FIFO_COMMAND_ID_LEN || item->len > FIFO_DATA_LEN)
		return -EINVAL;
	if (!IS_ENABLED(CONFIG_64BIT))
		return -EOPNOTSUPP;
	err = fifo_command_remember(port->source, &port->commands,
				    &command->id);
	if (err == -EAGAIN)
		port->waited = true;
	if (!err)
		item->type = FIFO_ITEM_COMMAND;
	return err;
}
EXPORT_SYMBOL_GPL(fifo_command_begin);

/**
 * fifo_port_size() - how many items fit in a port's queue
 * @port: the port
 *
 * Context: Any.
 * Return: The size of the queue in items.
 */
unsigned int fifo_port_size(const struct fifo_port *port)
{
	return port->queue->size;
}
EXPORT_SYMBOL_GPL(fifo_port_size);

/**
 * fifo_port_depth() - how full a port's queue is
 * @port: the port
 *
 * Context: Any.
 * Return: Items in the queue now.
 */
unsigned int fifo_port_depth(const struct fifo_port *port)
{
	return port->queue->engine->depth(port->queue);
}
EXPORT_SYMBOL_GPL(fifo_port_depth);

/**
 * fifo_port_seq() - how many items a producer has put
 * @port: the port
 *
 * Context: That of the port's operations, while none is under way.
 * Return: The sequence number of the last item that was put through the port,
 * a dropped one too; 0 before the first.
 */
u64 fifo_port_seq(const struct fifo_port *port)
{
	return port->seq;
}
EXPORT_SYMBOL_GPL(fifo_port_seq);

/**
 * fifo_port_dropped() - did the last put meet a full queue and drop its items
 * @port: a producer's port
 *
 * Context: That of the port's operations, while none is under way.
 * Return: Whether the queue's policy is drop-newest and the items of the last
 * operation were dropped by it.
 */
bool fifo_port_dropped(const struct fifo_port *port)
{
	return port->dropped;
}
EXPORT_SYMBOL_GPL(fifo_port_dropped);
