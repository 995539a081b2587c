/* SPDX-License-Identifier: GPL-2.0 */
/*
 * In-kernel interface of fifo.ko: bounded queues, the ports that clients hold
 * on them, and paced workers.
 *
 * A client attaches a port to a queue, puts or gets items through it, and
 * detaches it. A worker calls a function of the client at a given rate, and
 * can be stopped at any moment, whatever that function waits for. An item can
 * be a command, which gets a reply through another queue. samples/ping/ping.c is a short
 * module that does all this, except the worker.
 */
#ifndef _FIFO_H
#define _FIFO_H

#include <linux/limits.h>
#include <linux/types.h>
#include "uapi/fifo.h"

struct fifo_port;
struct fifo_worker;

/* Bytes of a port's name, with the terminating zero: a module's and "[1023]". */
#define FIFO_NAME_LEN	64

/**
 * struct fifo_ledger - what became of the items of a queue
 * @put: items that producers have put, dropped ones too
 * @got: items that consumers have got
 * @dropped: items lost to the queue's overflow policy
 * @depth: items in the queue
 *
 * put = got + dropped + depth, whenever nobody is inside an operation.
 */
struct fifo_ledger {
	u64 put;
	u64 got;
	u64 dropped;
	unsigned int depth;
};

/* Queues, by index from 0. */
unsigned int fifo_queues(void);
int fifo_read_ledger(unsigned int queue, struct fifo_ledger *ledger);

/* Ports. */
struct fifo_port *fifo_attach(unsigned int queue, enum fifo_role role,
			      const char *name);
void fifo_cancel(struct fifo_port *port);
void fifo_detach(struct fifo_port *port);

unsigned int fifo_port_size(const struct fifo_port *port);
unsigned int fifo_port_depth(const struct fifo_port *port);
bool fifo_port_dropped(const struct fifo_port *port);
u64 fifo_port_seq(const struct fifo_port *port);
const char *fifo_source_name(u32 source);
u64 fifo_boottime(u64 time);

/* Items. */
int fifo_put(struct fifo_port *port, const struct fifo_item *item);
int fifo_get(struct fifo_port *port, struct fifo_item *item);
int fifo_try_put(struct fifo_port *port, const struct fifo_item *item);
int fifo_try_get(struct fifo_port *port, struct fifo_item *item);
int fifo_put_many(struct fifo_port *port, const struct fifo_item *items,
		  unsigned int n);
int fifo_get_many(struct fifo_port *port, struct fifo_item *items,
		  unsigned int n);
int fifo_try_put_many(struct fifo_port *port, const struct fifo_item *items,
		      unsigned int n);
int fifo_try_get_many(struct fifo_port *port, struct fifo_item *items,
		      unsigned int n);

/* How many commands of a port may wait for a reply at a time. */
#define FIFO_COMMANDS_MAX	65536

/* Commands. */
int fifo_command_begin(struct fifo_port *port, struct fifo_item *item);
int fifo_command_end(const struct fifo_item *reply, u64 *round_trip_ns);

/*
 * Rates, in thousandths of an item a second. A worker with FIFO_RATE_UNLIMITED never
 * pauses.
 */
#define FIFO_RATE_UNIT		1000
#define FIFO_FINITE_RATE_MAX	(10000000ULL * FIFO_RATE_UNIT)
#define FIFO_RATE_UNLIMITED	U64_MAX

/**
 * enum fifo_context - where a worker runs
 * @FIFO_CONTEXT_WORK: delayed work on a workqueue of its own, an unbound one unless
 *	it is pinned
 * @FIFO_CONTEXT_KTHREAD: a thread of its own, which can be killed
 * @FIFO_CONTEXT_TIMER: a high-resolution timer, in softirqs
 */
enum fifo_context {
	FIFO_CONTEXT_WORK,
	FIFO_CONTEXT_KTHREAD,
	FIFO_CONTEXT_TIMER,
};

/*
 * The most items that one operation moves. Engines with a lock move them under one hold of
 * it.
 */
#define FIFO_BATCH	64U

/**
 * struct fifo_worker_ops - what a worker does
 * @move: move at most @n items, 1 to %FIFO_BATCH, through the worker's port; return how
 *	many were moved, or a negative errno. After 0, -EAGAIN, -EINTR or -ENOMEM the worker
 *	calls it again a little later; any other error ends the worker. It may wait without
 *	a limit only in fifo_put_many() or fifo_get_many() of that port. With @nowait it
 *	runs in a softirq, and must not sleep
 * @stopped: called once, after the last call of @move has returned, in the same context or
 *	in that of fifo_worker_stop(). Must not sleep. Optional.
 * @unpinned: called once, when the processor goes offline to which the worker is pinned:
 *	it goes on, and runs on any. May sleep, must not stop or destroy a worker. Optional.
 */
struct fifo_worker_ops {
	int (*move)(void *data, unsigned int n, bool nowait);
	void (*stopped)(void *data);
	void (*unpinned)(void *data);
};

/**
 * struct fifo_worker_config - how a worker is to run
 * @name: with @index, the name of its thread or workqueue (a timer has none)
 * @index: tells the workers of one name apart
 * @context: where it runs
 * @rate: in thousandths of an item a second, 1 to 10^10, or %FIFO_RATE_UNLIMITED
 * @count: how many items it moves before it stops; 0: no limit
 * @pinned: it runs on one processor only, until that goes offline
 * @cpu: which one
 * @ops: what it does
 * @data: handed to @ops
 */
struct fifo_worker_config {
	const char *name;
	unsigned int index;
	enum fifo_context context;
	u64 rate;
	u64 count;
	bool pinned;
	unsigned int cpu;
	const struct fifo_worker_ops *ops;
	void *data;
};

struct fifo_worker *
fifo_worker_create(struct fifo_port *port,
		   const struct fifo_worker_config *config);
void fifo_worker_start(struct fifo_worker *worker);
void fifo_worker_set_rate(struct fifo_worker *worker, u64 rate);
void fifo_worker_cancel(struct fifo_worker *worker);
void fifo_worker_stop(struct fifo_worker *worker);
void fifo_worker_destroy(struct fifo_worker *worker);
u64 fifo_worker_moved(const struct fifo_worker *worker);
u64 fifo_worker_elapsed(struct fifo_worker *worker);

#endif /* _FIFO_H */
