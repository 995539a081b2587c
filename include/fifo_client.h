/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What producer.ko and consumer.ko share: a client is a set of instances that the
 * module's parameters describe. Each instance has a port and a worker.
 */
#ifndef _FIFO_CLIENT_H
#define _FIFO_CLIENT_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include "fifo.h"
#include "fifo_param.h"

#define FIFO_INSTANCES_MAX	1024

/* The highest "count"; also the highest number that a parameter may have. */
#define FIFO_COUNT_MAX		1000000000000000000ULL

/*
 * The most lines about items that a module logs in a second. A module with more instances
 * than that logs the start, summaries and stop of only the first FIFO_LOG_FEW in lines of
 * their own.
 */
#define FIFO_LOG_LINES		20
#define FIFO_LOG_FEW		3

/* Bytes of a client's description of an instance, with the terminator. */
#define FIFO_DESCRIPTION_LEN	160

/* The number of items for which an instance has room of its own. */
#define FIFO_FEW		8U

struct fifo_batch;
struct fifo_client;
struct fifo_instance;

/**
 * enum fifo_log - what an instance logs besides its start and its stop
 * @FIFO_LOG_ITEMS: each item, up to %FIFO_LOG_LINES a second for the module
 * @FIFO_LOG_SUMMARY: one line a second
 * @FIFO_LOG_OFF: nothing
 */
enum fifo_log {
	FIFO_LOG_ITEMS,
	FIFO_LOG_SUMMARY,
	FIFO_LOG_OFF,
};

/**
 * struct fifo_log_line - a line of the log, to be printed a little later
 * @list: where the line is: free, waiting to be printed, or spent; log_lock
 * @instance: the instance that it is about
 * @at: when the item was moved, in nanoseconds
 * @item: the item; as the rest, @note writes it and @show reads it
 * @depth: the number of items in the queue
 * @result: the outcome
 */
struct fifo_log_line {
	struct list_head list;
	struct fifo_instance *instance;
	u64 at;
	struct fifo_item item;
	unsigned int depth;
	s64 result;
};

/**
 * struct fifo_instance - one producer or consumer
 * @client: the client that it belongs to
 * @index: its index there
 * @private: the client's data about it: @private_size bytes, zero at first
 * @items: room for the items that @move is to move: @few, or a borrowed batch; the run
 * @keeps: its items stay from one move to the next: each move is in @few; constant once
 *	@prepare was called
 * @port: its port
 * @worker: moves its items
 * @rate: its rate when it starts, in thousandths of an item a second
 * @count: how many items it moves before it stops, or 0: no limit
 * @queue: index of the queue
 * @context: where the worker runs
 * @log: what to log
 * @cpu: the processor that the worker is pinned to when it starts, or %FIFO_CPU_ANY
 * @summed: its items in all when the last summary was printed; @log_second
 * @last_line: the line about its stop; log_lock
 * @few: room for a few items; the run
 */
struct fifo_instance {
	struct fifo_client *client;
	unsigned int index;
	void *private;
	struct fifo_item *items;
	bool keeps;
	struct fifo_port *port;
	struct fifo_worker *worker;
	u64 rate;
	u64 count;
	unsigned int queue;
	enum fifo_context context;
	enum fifo_log log;
	int cpu;
	u64 summed;
	struct fifo_log_line last_line;
	struct fifo_item few[FIFO_FEW];
};

/**
 * struct fifo_client_ops - what makes a producer or a consumer
 * @prepare: called once for each instance before any runs; 0 or a negative errno.
 *	Optional
 * @fill: make @n items, all that @move puts again and again. What others have left in
 *	them is no matter. Must not sleep. Optional
 * @describe: write what the line about an instance's start says of it, such as
 *	"item=A". Optional
 * @move: move at most @n items, 1 to %FIFO_BATCH, of @items through the instance's port;
 *	returns how many were moved, or a negative errno. Must not sleep if @nowait
 * @note: copy to @line what @show needs of item @i of the @moved items that @move has
 *	just moved. Called in the context of @move, under log_lock
 * @show: print the line; may sleep
 */
struct fifo_client_ops {
	int (*prepare)(struct fifo_instance *instance);
	void (*fill)(struct fifo_instance *instance, struct fifo_item *items,
		     unsigned int n);
	void (*describe)(const struct fifo_instance *instance, char *text,
			 size_t size);
	int (*move)(struct fifo_instance *instance, unsigned int n,
		    bool nowait);
	void (*note)(const struct fifo_instance *instance, unsigned int i,
		     unsigned int moved, struct fifo_log_line *line);
	void (*show)(const struct fifo_log_line *line);
};

/**
 * struct fifo_client - the instances of a module
 * @name: the module's name
 * @role: producers or consumers
 * @ops: what they do
 * @rows: the client's own lists; their objects are the instances' @private. Optional
 * @private_size: bytes of @private for each instance, or 0
 * @rate: parameter, writable at run time through fifo_client_rate_ops
 * @count: parameter
 * @queue: parameter
 * @context: parameter
 * @cpu: parameter
 * @log: parameter
 * @instances: parameter
 * @lock: guards @running, and writes to @rate while it is set
 * @running: the workers take a new rate; @lock
 * @n: the number of instances; constant from the start on
 * @all: the instances; constant from the start on
 * @private: the private data of all; constant from the start on
 * @batches: what the instances borrow for more than a few items; batch.c
 * @nr_batches: how many; constant from the start on
 * @log_lines: the lines about items, each in one of the lists; log_lock
 * @log_free: lines that may be used; log_lock
 * @log_spent: lines that were printed in this second; log_lock
 * @log_shown: items that had a line, or were reported as left out; log_lock
 * @log_stopping: from now on only the lines that are already noted are printed
 * @log_summaries: some instance wants summaries; constant from the start on
 * @summed_at: when the last summaries were printed, in nanoseconds; @log_second
 * @log_next: when @log_second is due, in jiffies
 * @log_second: ends a second: reports what was left out, and prints the summaries
 *
 * log_lock is client_log.c's.
 */
struct fifo_client {
	const char *name;
	enum fifo_role role;
	const struct fifo_client_ops *ops;
	const struct fifo_param_row *rows;
	size_t private_size;

	struct fifo_param rate;
	struct fifo_param count;
	struct fifo_param queue;
	struct fifo_param context;
	struct fifo_param cpu;
	struct fifo_param log;
	struct fifo_param instances;

	struct mutex lock;	/* starting, stopping, and new rates */
	bool running;
	unsigned int n;
	struct fifo_instance *all;
	void *private;
	struct fifo_batch *batches;
	unsigned int nr_batches;

	struct fifo_log_line log_lines[FIFO_LOG_LINES];
	struct list_head log_free;
	struct list_head log_spent;
	u64 log_shown;
	bool log_stopping;
	bool log_summaries;
	u64 summed_at;
	unsigned long log_next;
	struct delayed_work log_second;
};

/*
 * Initializes a static struct fifo_client, except @ops, @rows and @private_size. @lock is
 * ready before the kernel parses the parameters.
 */
#define FIFO_CLIENT_INIT(_client, _role)				\
	.name = KBUILD_MODNAME,						\
	.role = (_role),						\
	.rate = { .name = "rate", .fallback = "1" },			\
	.count = { .name = "count", .fallback = "0" },			\
	.queue = { .name = "queue", .fallback = "0" },			\
	.context = { .name = "context", .fallback = "work" },		\
	.cpu = { .name = "cpu", .fallback = "any" },			\
	.log = { .name = "log", .fallback = "items" },			\
	.instances = { .name = "instances" },				\
	.lock = __MUTEX_INITIALIZER((_client).lock)

/* Declares the parameters that all clients have. */
#define FIFO_CLIENT_PARAMS(_client, _default_rate)						\
	module_param_cb(rate, &fifo_client_rate_ops, &(_client).rate, 0644);			\
	MODULE_PARM_DESC(rate,									\
		"Items per second: 0.001 to 10000000, or max, a list, writable (default "	\
		_default_rate ")");								\
	module_param_cb(count, &fifo_param_ops, &(_client).count, 0444);			\
	MODULE_PARM_DESC(count,									\
		"Stop after so many items: 0 to 10^18, a list (default 0: never)");		\
	module_param_cb(queue, &fifo_param_ops, &(_client).queue, 0444);			\
	MODULE_PARM_DESC(queue,									\
		"Index of the queue: 0 to that of fifo.ko's last, a list (default 0)");		\
	module_param_cb(context, &fifo_param_ops, &(_client).context, 0444);			\
	MODULE_PARM_DESC(context,								\
		"Where an instance runs: work, kthread or timer, a list (default work)");	\
	module_param_cb(cpu, &fifo_param_ops, &(_client).cpu, 0444);				\
	MODULE_PARM_DESC(cpu,									\
		"Processor that an instance runs on: an index or any, a list (default any)");	\
	module_param_cb(log, &fifo_param_ops, &(_client).log, 0444);				\
	MODULE_PARM_DESC(log, "What to log: items, summary or off, a list (default items)");	\
	module_param_cb(instances, &fifo_param_ops, &(_client).instances, 0444);		\
	MODULE_PARM_DESC(instances,								\
		"How many instances: 1 to 1024 (default: as many as the longest list has)")

int fifo_client_set_rate(const char *value, const struct kernel_param *kp);

/* The parameter "rate": its arg is the @rate of a client. */
static const struct kernel_param_ops fifo_client_rate_ops __maybe_unused = {
	.set = fifo_client_set_rate,
	.get = fifo_param_get,
	.free = fifo_param_free,
};

int fifo_client_start(struct fifo_client *client);
void fifo_client_stop(struct fifo_client *client);

#endif /* _FIFO_CLIENT_H */
