/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_PORT_H
#define _FIFO_PORT_H

#include <linux/list.h>
#include "fifo.h"
#include "wait.h"

struct fifo_port;
struct fifo_queue;
struct seq_file;

/**
 * struct fifo_port_user - what moves items through a port, as debugfs shows it
 * @show: write it: its context, its rate, and how many items it has moved
 */
struct fifo_port_user {
	void (*show)(struct fifo_port_user *user, struct seq_file *seq);
};

/**
 * struct fifo_port - a client's cancellable handle on a queue
 * @queue: the queue; constant
 * @role: which end of it; constant
 * @source: a producer's number, in each of its items; constant
 * @seq: the last item's sequence number; the user
 * @dropped: drop-newest has dropped the items of the last put; the user
 * @waited: an operation had to wait, or too many commands were outstanding; the
 *	operation sets it, the worker clears it; the user
 * @again: an operation that must not wait would have had to; the operation sets it,
 *	the worker clears it; the user
 * @got_at: when the items of the last get were got, if they were traced; the user
 * @oldest: engine semaphore only: @finish_put is to drop the oldest item; the user
 * @nodes: engine list only: the nodes that @prepare has allocated; the user
 * @nr_nodes: how many; the user
 * @waiter: waits during its operations; fifo_cancel() cancels it
 * @commands: the last command's number, or 0; the user
 * @name: the client's; constant
 * @all: its place in the list of all ports; ports_lock
 * @shown: the user that debugfs shows, or NULL; ports_lock
 *
 * "The user" is the one task that is inside an operation: a port serves one at a
 * time. Another task may call only fifo_cancel() meanwhile.
 */
struct fifo_port {
	struct fifo_queue *queue;
	enum fifo_role role;
	u32 source;
	u64 seq;
	bool dropped;
	bool waited;
	bool again;
	bool oldest;
	u64 got_at;
	struct list_head nodes;
	unsigned int nr_nodes;
	struct fifo_waiter waiter;
	u32 commands;
	char name[FIFO_NAME_LEN];
	struct list_head all;
	struct fifo_port_user *shown;
};

struct fifo_port *fifo_port_new(struct fifo_queue *queue, enum fifo_role role,
				const char *name);
void fifo_port_free(struct fifo_port *port);
struct fifo_port *fifo_attach_process(unsigned int queue, enum fifo_role role);
void fifo_port_set_user(struct fifo_port *port, struct fifo_port_user *user);
void fifo_ports_each(void (*call)(const struct fifo_port *port, void *data),
		     void *data);

static inline bool fifo_port_cancelled(const struct fifo_port *port)
{
	return fifo_waiter_cancelled(&port->waiter);
}

#endif /* _FIFO_PORT_H */
