/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_PORT_H
#define _FIFO_PORT_H

#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include "fifo.h"

struct fifo_queue;
struct fifo_transfer;
struct fifo_worker;

/**
 * struct fifo_port - a client's cancellable handle on a queue
 * @queue: the queue; constant
 * @role: which end of it; constant
 * @name: who holds it; constant
 * @source: a producer's number, in each of its items; constant
 * @all: its place in the list of all ports; debugfs.c
 * @worker: what uses it, if that is a worker; debugfs.c
 * @seq: the last item's sequence number; the user
 * @commands: the last command's number, or 0; the user
 * @depth: the queue's depth just after the last item was moved; the user
 * @dropped: what the last operation put was dropped at once; the user
 * @waited: an operation had to wait, or the worker for replies; set by it,
 *	cleared by the worker; the user
 * @again: an operation that must not wait would have had to; set by it, cleared
 *	by the worker; the user
 * @stalled_since: when a worker that must not wait began to stall, in
 *	nanoseconds, or 0; the user
 * @entry: its place in a wait queue meanwhile; the wait queue's lock
 * @wake: called when it is woken there, under the wait queue's lock; constant
 *	while it stalls
 * @wake_data: handed to @wake; constant likewise
 * @cancelled: set once by fifo_cancel(), read without a lock
 * @lock: guards @waiter; none of ours is taken inside it
 * @waiter: the task that waits inside an operation; @lock
 *
 * "The user" is the one task that is inside an operation: a port serves one
 * at a time. Only fifo_cancel() may come from elsewhere meanwhile.
 */
struct fifo_port {
	struct fifo_queue *queue;
	enum fifo_role role;
	char name[FIFO_NAME_LEN];
	u32 source;
	struct list_head all;
	struct fifo_worker *worker;
	u64 seq;
	u32 commands;
	unsigned int depth;
	bool dropped;
	bool waited;
	bool again;
	u64 stalled_since;
	struct wait_queue_entry entry;
	void (*wake)(void *data);
	void *wake_data;
	bool cancelled;
	spinlock_t lock;	/* the waiter */
	struct task_struct *waiter;
};

struct fifo_port *fifo_port_new(struct fifo_queue *queue, enum fifo_role role,
				const char *name);
void fifo_port_free(struct fifo_port *port);
struct fifo_port *fifo_attach_process(unsigned int queue, enum fifo_role role);
bool fifo_port_stall(struct fifo_port *port);
void fifo_port_go_on(struct fifo_port *port, int result);
void fifo_port_pass_on(struct fifo_port *port);
int fifo_port_wait(struct fifo_port *port, struct fifo_transfer *transfer);

static inline bool fifo_port_cancelled(const struct fifo_port *port)
{
	return READ_ONCE(port->cancelled);
}

#endif /* _FIFO_PORT_H */
