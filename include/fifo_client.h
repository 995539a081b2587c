/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What producer.ko and consumer.ko have in common: a set of instances that
 * their parameters describe, each a port and a worker, and what they log.
 */
#ifndef _FIFO_CLIENT_H
#define _FIFO_CLIENT_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include "fifo.h"
#include "fifo_param.h"

#define FIFO_INSTANCES_MAX	1024

/* Bytes of a producer's item. */
#define FIFO_WORD_MAX		32

/* The highest "count"; also the highest number that a parameter may have. */
#define FIFO_COUNT_MAX		1000000000000000000ULL

/*
 * Lines a second about items, for all instances of a module. Also the most instances
 * that have lines of their own about their start, summaries and stop: of more, only
 * the first FIFO_LOG_FEW have.
 */
#define FIFO_LOG_LINES		20
#define FIFO_LOG_FEW		3

struct fifo_client;
struct fifo_instance;

/**
 * enum fifo_log - what an instance says in the kernel's log
 * @FIFO_LOG_ITEMS: each item, up to 20 lines/s for all instances of a module
 * @FIFO_LOG_SUMMARY: one line a second
 * @FIFO_LOG_OFF: its start and its end, as with the others
 */
enum fifo_log {
	FIFO_LOG_ITEMS,
	FIFO_LOG_SUMMARY,
	FIFO_LOG_OFF,
};

/**
 * struct fifo_log_line - a line of the log, noted to be printed a little later
 * @list: its place: free, waiting to be printed, or spent; client_log.c's lock
 * @instance: whose it is
 * @at: when the item was moved, in nanoseconds
 * @item: for the client, as the rest: the item, as far as @show needs it
 * @seq: its number
 * @depth: how full the queue was then
 * @dropped: it was dropped
 * @result: what came of it
 */
struct fifo_log_line {
	struct list_head list;
	struct fifo_instance *instance;
	u64 at;
	struct fifo_item item;
	u64 seq;
	unsigned int depth;
	bool dropped;
	s64 result;
};

/**
 * struct fifo_instance - one producer or consumer
 * @client: the set that it belongs to
 * @index: its index in it
 * @port: its port
 * @worker: what moves its items
 * @rate: its rate when it starts, in thousandths of an item a second
 * @count: stop after so many items, or 0
 * @queue: index of the queue
 * @context: where the worker runs
 * @log: what to log
 * @summed: items in all when the last summary was printed; the second's work
 * @last_line: says that it has stopped; client_log.c's lock
 * @word: the producer's item
 * @type: what it is: %FIFO_ITEM_TEXT or %FIFO_ITEM_COMMAND
 * @uid: whose processes it puts instead, where the parameter is given
 * @state: only those in this state, or 0
 * @items: room for a batch, for the client's @move
 * @results: for the client: what came of each of @items
 * @first: for the client: where in @items the next batch begins
 * @pending: for the client: how many of @items are still to be put
 * @private: for the client
 */
struct fifo_instance {
	struct fifo_client *client;
	unsigned int index;
	struct fifo_port *port;
	struct fifo_worker *worker;
	u64 rate;
	u64 count;
	unsigned int queue;
	enum fifo_context context;
	enum fifo_log log;
	u64 summed;
	struct fifo_log_line last_line;
	char word[FIFO_WORD_MAX + 1];
	enum fifo_item_type type;
	u32 uid;
	char state;
	struct fifo_item items[FIFO_BATCH];
	s64 results[FIFO_BATCH];
	unsigned int first;
	unsigned int pending;
	void *private;
};

/**
 * struct fifo_client_ops - what makes a producer or a consumer
 * @prepare: called once for each instance before any runs; 0 or a negative errno
 * @move: move at most @n items, 1 to %FIFO_BATCH, through the instance's port;
 *	how many were moved, or a negative errno. Must not sleep if @nowait
 * @note: keep in @line what @show needs of the item with this index among those just
 *	moved. Where @move runs, under a spinlock
 * @show: print the line; may sleep
 */
struct fifo_client_ops {
	int (*prepare)(struct fifo_instance *instance);
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
 * @item: a producer's parameter; unused by consumers, as the next three
 * @type: parameter
 * @uid: parameter
 * @state: parameter
 * @rate: parameter, writable at run time through fifo_client_rate_ops
 * @count: parameter
 * @queue: parameter
 * @context: parameter
 * @log: parameter
 * @instances: parameter
 * @lock: guards @running, and writing to @rate while it is set
 * @running: the instances can be told a new rate; @lock
 * @n: how many instances; constant from the start on
 * @all: the instances; constant from the start on
 * @log_lines: its lines about items, each in one of the lists; client_log.c's lock
 * @log_free: those that may be used; client_log.c's lock
 * @log_spent: those that were printed in this second; client_log.c's lock
 * @log_shown: how many items had a line, or were said to have none; client_log.c's lock
 * @log_stopping: nothing but what was noted is printed from now on
 * @log_summaries: some instance wants summaries; constant from the start on
 * @summed_at: when the last summaries were printed, in nanoseconds; @log_second
 * @log_next: when @log_second is due, in jiffies
 * @log_second: a second is over: prints what was left out, and the summaries
 */
struct fifo_client {
	const char *name;
	enum fifo_role role;
	const struct fifo_client_ops *ops;

	struct fifo_param item;
	struct fifo_param type;
	struct fifo_param uid;
	struct fifo_param state;
	struct fifo_param rate;
	struct fifo_param count;
	struct fifo_param queue;
	struct fifo_param context;
	struct fifo_param log;
	struct fifo_param instances;

	struct mutex lock;	/* starting, stopping, and new rates */
	bool running;
	unsigned int n;
	struct fifo_instance *all;

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
 * Initializes a static struct fifo_client but for its @ops, @item, @type, @uid
 * and @state. Its @lock must be ready when the parameters are parsed.
 */
#define FIFO_CLIENT_INIT(_client, _role)				\
	.name = KBUILD_MODNAME,						\
	.role = (_role),						\
	.rate = { .name = "rate", .fallback = "1" },			\
	.count = { .name = "count", .fallback = "0" },			\
	.queue = { .name = "queue", .fallback = "0" },			\
	.context = { .name = "context", .fallback = "work" },		\
	.log = { .name = "log", .fallback = "items" },			\
	.instances = { .name = "instances" },				\
	.lock = __MUTEX_INITIALIZER((_client).lock)

int fifo_client_set_rate(const char *value, const struct kernel_param *kp);
int fifo_client_get_rate(char *buffer, const struct kernel_param *kp);

/* In the client's module, for the reason given at fifo_param_free(). */
static inline void fifo_client_free_rate(void *arg)
{
	struct fifo_client *client = arg;

	fifo_param_free(&client->rate);
}

/* The parameter "rate": its arg is the client. Written at run time, it holds. */
static const struct kernel_param_ops fifo_client_rate_ops __maybe_unused = {
	.set = fifo_client_set_rate,
	.get = fifo_client_get_rate,
	.free = fifo_client_free_rate,
};

int fifo_client_start(struct fifo_client *client);
void fifo_client_stop(struct fifo_client *client);

#endif /* _FIFO_CLIENT_H */
