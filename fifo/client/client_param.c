// SPDX-License-Identifier: GPL-2.0
/*
 * Makes a client's instances from its parameters. They do nothing yet.
 */
#define pr_fmt(fmt) fmt

#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <asm/barrier.h>
#include "batch.h"
#include "client_param.h"
#include "engine.h"
#include "param.h"
#include "queue.h"
#include "worker/worker.h"

static const char *const log_names[] = {
	[FIFO_LOG_ITEMS] = "items",
	[FIFO_LOG_SUMMARY] = "summary",
	[FIFO_LOG_OFF] = "off",
	NULL
};

static int parse_rate(const struct fifo_entry *entry, void *object)
{
	struct fifo_instance *instance = object;

	return fifo_entry_rate(entry, &instance->rate);
}

static int parse_count(const struct fifo_entry *entry, void *object)
{
	struct fifo_instance *instance = object;

	return fifo_entry_number(entry, 0, FIFO_COUNT_MAX, &instance->count);
}

static int parse_queue(const struct fifo_entry *entry, void *object)
{
	struct fifo_instance *instance = object;
	char allowed[64];
	u64 queue;
	int err;

	err = fifo_entry_number(entry, 0, FIFO_COUNT_MAX, &queue);
	if (err)
		return err;
	if (queue >= fifo_queues()) {
		snprintf(allowed, sizeof(allowed),
			 "an existing queue: fifo.ko has 0 to %u",
			 fifo_queues() - 1);
		fifo_entry_refuse(entry, allowed);
		return -ENODEV;
	}
	instance->queue = queue;
	return 0;
}

/* Timers run in softirqs, so the engine of the instance's queue must not sleep. */
static int check_context(const struct fifo_entry *entry,
			 const struct fifo_instance *instance)
{
	const struct fifo_queue *queue = fifo_queue_find(instance->queue);
	char allowed[160];
	int i, len;

	if (fifo_context_fits(instance->context, queue))
		return 0;
	len = scnprintf(allowed, sizeof(allowed),
			"work or kthread: queue %u has engine=%s, which sleeps; %s works with engine=",
			queue->index, queue->engine->name,
			fifo_contexts[instance->context]->name);
	for (i = 0; fifo_engines[i]; i++)
		if (fifo_engines[i]->atomic)
			len += scnprintf(allowed + len, sizeof(allowed) - len,
					 "%s%s",
					 allowed[len - 1] == '=' ? "" : ", ",
					 fifo_engines[i]->name);
	return fifo_entry_refuse(entry, allowed);
}

static int parse_context(const struct fifo_entry *entry, void *object)
{
	const char *names[FIFO_CONTEXTS + 1] = { NULL };
	struct fifo_instance *instance = object;
	int i, context;

	for (i = 0; i < FIFO_CONTEXTS; i++)
		names[i] = fifo_contexts[i]->name;
	context = fifo_entry_choice(entry, names);
	if (context < 0)
		return context;
	instance->context = context;
	return check_context(entry, instance);
}

/* One that goes offline before its worker is made is refused there. */
static int parse_cpu(const struct fifo_entry *entry, void *object)
{
	struct fifo_instance *instance = object;
	char allowed[80];
	u64 cpu;

	instance->cpu = FIFO_CPU_ANY;
	if (fifo_entry_is(entry, "any"))
		return 0;
	if (fifo_entry_is_number(entry, nr_cpu_ids - 1, &cpu) && cpu_online(cpu)) {
		instance->cpu = cpu;
		return 0;
	}
	snprintf(allowed, sizeof(allowed), "any, or a processor that is online: %*pbl",
		 cpumask_pr_args(cpu_online_mask));
	return fifo_entry_refuse(entry, allowed);
}

static int parse_log(const struct fifo_entry *entry, void *object)
{
	struct fifo_instance *instance = object;
	int log = fifo_entry_choice(entry, log_names);

	if (log < 0)
		return log;
	instance->log = log;
	return 0;
}

static int parse_instances(const struct fifo_entry *entry, void *number)
{
	return fifo_entry_number(entry, 1, FIFO_INSTANCES_MAX, number);
}

/* Reads the parameter "instances", a single number; 0 if it is not given. */
static int read_instances(const struct fifo_client *client, u64 *instances)
{
	const struct fifo_param_row rows[] = {
		{ &client->instances, parse_instances },
		{}
	};
	int n = fifo_param_longest(client->name, rows, 1, "");

	*instances = 0;
	return n < 0 ? n : fifo_param_parse(client->name, rows, instances,
					    sizeof(*instances), 1);
}

/* Sets how many instances there are to be. All lists must fit. */
static int count_instances(struct fifo_client *client,
			   const struct fifo_param_row *rows)
{
	int own, shared, err;
	unsigned int limit;
	const char *why;
	u64 instances;

	err = read_instances(client, &instances);
	if (err)
		return err;
	limit = instances ? instances : FIFO_INSTANCES_MAX;
	why = instances ? ", as instances says" : "";
	own = fifo_param_longest(client->name, client->rows, limit, why);
	if (own < 0)
		return own;
	shared = fifo_param_longest(client->name, rows, limit, why);
	if (shared < 0)
		return shared;
	client->n = instances ? instances : max(own, shared);
	return 0;
}

static int refuse_number(const struct fifo_client *client)
{
	pr_err("%s: no memory for instances=%u\n", client->name, client->n);
	return -ENOMEM;
}

/* Lets sysfs show how many instances there are if the parameter is not given. */
static int show_number(struct fifo_client *client)
{
	struct fifo_param *param = &client->instances;
	char *text;

	if (param->text)
		return 0;
	text = kasprintf(GFP_KERNEL, "%u", client->n);
	if (!text)
		return refuse_number(client);
	/* (Y) pairs with (X) in param.c's param_text(). */
	smp_store_release(&param->text, text);
	return 0;
}

void fifo_client_param_free(struct fifo_client *client)
{
	fifo_batches_free(client);
	vfree(client->all);
	client->all = NULL;
	kvfree(client->private);
	client->private = NULL;
}

static int alloc_instances(struct fifo_client *client)
{
	struct fifo_instance *instance;
	unsigned int i;

	/* In whole pages: kvcalloc() may take up to twice as much. */
	client->all = vzalloc(array_size(client->n, sizeof(*client->all)));
	client->private = kvcalloc(client->n, client->private_size, GFP_KERNEL);
	if (!client->all || !client->private || fifo_batches_alloc(client))
		return refuse_number(client);
	for (i = 0; i < client->n; i++) {
		instance = &client->all[i];
		instance->client = client;
		instance->index = i;
		instance->private = client->private + i * client->private_size;
	}
	return 0;
}

/*
 * Allocates the instances that the parameters describe, and fills in what these say.
 * Returns 0, -EINVAL, -ENODEV or -ENOMEM; after an error it has allocated nothing, and
 * there is a line in the log.
 */
int fifo_client_param_read(struct fifo_client *client)
{
	/* What an entry of context= may be depends on the queue: queue= comes first. */
	const struct fifo_param_row rows[] = {
		{ &client->rate, parse_rate },
		{ &client->count, parse_count },
		{ &client->queue, parse_queue },
		{ &client->context, parse_context },
		{ &client->cpu, parse_cpu },
		{ &client->log, parse_log },
		{}
	};
	int err;

	err = count_instances(client, rows);
	if (!err)
		err = show_number(client);
	if (err)
		return err;
	err = alloc_instances(client);
	if (!err)
		err = fifo_param_parse(client->name, client->rows,
				       client->private, client->private_size,
				       client->n);
	if (!err)
		err = fifo_param_parse(client->name, rows, client->all,
				       sizeof(*client->all), client->n);
	if (err)
		fifo_client_param_free(client);
	return err;
}
