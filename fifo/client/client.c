// SPDX-License-Identifier: GPL-2.0
/*
 * Clients: the instances of producer.ko and of consumer.ko.
 *
 * All parameters are parsed before the first instance attaches, and all instances attach
 * before the first one starts. A bad parameter refuses the load before anything happens.
 *
 * Stopping. These may still use an instance, and each comes to an end:
 *
 * - A write to /sys/module/.../rate. The kernel removes that file only after the module's
 *   exit function. A late write finds @running false under @lock, and uses no instance.
 * - The instance's worker. fifo_client_stop() cancels all workers first, so that a
 *   thousand blocked ones leave together. fifo_worker_stop() then waits for each.
 * - The log, which reads the workers: see client_log.c.
 */
#define pr_fmt(fmt) fmt

#include <linux/err.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "batch.h"
#include "client_log.h"
#include "client_param.h"
#include "fifo_client.h"
#include "instance_log.h"
#include "param.h"
#include "worker/run.h"

static int instance_move(void *data, unsigned int n, bool nowait)
{
	return fifo_batch_move(data, n, nowait);
}

static void instance_stopped(void *data)
{
	fifo_client_log_stopped(data);
}

static void instance_unpinned(void *data)
{
	fifo_instance_log_unpinned(data);
}

static const struct fifo_worker_ops instance_ops = {
	.move = instance_move,
	.stopped = instance_stopped,
	.unpinned = instance_unpinned,
};

/* Logs why an instance cannot be made. Returns the error. */
static int refuse(const struct fifo_instance *instance, int err)
{
	const char *name = instance->client->name;

	if (err == -EBUSY)
		pr_err("%s: queue=\"%u\" is refused: a process has mapped this end of it\n",
		       name, instance->queue);
	else if (err == -ENOSPC)
		pr_err("%s: [%u] cannot be made: fifo.ko keeps the names of all producers, and has no room for more until it is loaded again\n",
		       name, instance->index);
	else if (err == -ENOMEM)
		pr_err("%s: [%u] cannot be made: no memory\n", name,
		       instance->index);
	else
		pr_err("%s: [%u] cannot be made: error %d\n", name,
		       instance->index, err);
	return err;
}

/* Gives an instance its port and worker, which does not run yet. */
static int instance_create(struct fifo_instance *instance)
{
	const struct fifo_client *client = instance->client;
	const struct fifo_client_ops *ops = client->ops;
	struct fifo_worker_config config = {
		.name = client->name,
		.index = instance->index,
		.context = instance->context,
		.rate = instance->rate,
		.count = instance->count,
		.pinned = instance->cpu != FIFO_CPU_ANY,
		.cpu = instance->cpu,
		.ops = &instance_ops,
		.data = instance,
	};
	struct fifo_worker *worker;
	struct fifo_port *port;
	char name[FIFO_NAME_LEN];
	int err = 0;

	snprintf(name, sizeof(name), "%s[%u]", client->name, instance->index);
	port = fifo_attach(instance->queue, client->role, name);
	if (IS_ERR(port))
		return refuse(instance, PTR_ERR(port));
	worker = fifo_worker_create(port, &config);
	if (IS_ERR(worker)) {
		fifo_detach(port);
		return refuse(instance, PTR_ERR(worker));
	}
	instance->port = port;
	instance->worker = worker;
	if (ops->prepare)
		err = ops->prepare(instance);
	if (!err && ops->fill)
		ops->fill(instance, instance->few, FIFO_FEW);
	return err ? refuse(instance, err) : 0;
}

/* Undoes instance_create(), if that got as far as the worker. */
static void instance_destroy(struct fifo_instance *instance)
{
	if (!instance->worker)
		return;
	fifo_worker_destroy(instance->worker);
	fifo_detach(instance->port);
}

static void destroy_all(struct fifo_client *client)
{
	unsigned int i;

	for (i = 0; i < client->n; i++)
		instance_destroy(&client->all[i]);
	fifo_client_param_free(client);
}

static int create_all(struct fifo_client *client)
{
	unsigned int i;
	int err;

	err = fifo_client_param_read(client);
	if (err)
		return err;
	for (i = 0; !err && i < client->n; i++)
		err = instance_create(&client->all[i]);
	if (err)
		destroy_all(client);
	return err;
}

/**
 * fifo_client_start() - make and start the instances that the parameters describe
 * @client: the client, initialized with FIFO_CLIENT_INIT()
 *
 * For a module's init function. Each error has a line in the log. The line about a bad
 * parameter names it, its value and the values allowed.
 *
 * Context: Process context, may sleep. Takes @client->lock.
 * Return: 0; -EINVAL for a bad parameter, -ENODEV for a queue that does not exist,
 * -EBUSY if a process has mapped this end of a queue, -ENOMEM, -ENOSPC as
 * fifo_attach(), or the error of @client->ops->prepare. After an error no instance is
 * left.
 */
int fifo_client_start(struct fifo_client *client)
{
	unsigned int i;
	int err;

	mutex_lock(&client->lock);
	err = create_all(client);
	if (err)
		goto unlock;
	fifo_client_log_start(client);
	for (i = 0; i < client->n; i++) {
		fifo_instance_log_started(&client->all[i]);
		fifo_worker_start(client->all[i].worker);
	}
	client->running = true;
unlock:
	mutex_unlock(&client->lock);
	return err;
}
EXPORT_SYMBOL_GPL(fifo_client_start);

/**
 * fifo_client_stop() - stop and free all instances
 * @client: the client, started
 *
 * For a module's exit function. It does not wait for an item or for room: it cancels the
 * waits of all instances.
 *
 * Context: Process context, may sleep. Takes @client->lock.
 */
void fifo_client_stop(struct fifo_client *client)
{
	unsigned int i;

	mutex_lock(&client->lock);
	client->running = false;
	mutex_unlock(&client->lock);

	for (i = 0; i < client->n; i++)
		fifo_worker_cancel(client->all[i].worker);
	for (i = 0; i < client->n; i++)
		fifo_worker_stop(client->all[i].worker);
	fifo_client_log_stop(client);
	destroy_all(client);
}
EXPORT_SYMBOL_GPL(fifo_client_stop);

/* Parses a list of rates into an array. */
static int parse_rates(struct fifo_client *client,
		       const struct fifo_param *param, u64 *rates)
{
	const struct fifo_param_row rows[] = { { param, fifo_entry_rate }, {} };
	int n = fifo_param_longest(client->name, rows, client->n,
				   ", one for each instance");

	return n < 0 ? n : fifo_param_parse(client->name, rows, rates,
					    sizeof(*rates), client->n);
}

/* Sets the rates of all instances from a list, or of none if one is bad. */
static int change_rates(struct fifo_client *client,
			const struct fifo_param *param)
{
	unsigned int i;
	u64 *rates;
	int err;

	rates = kvcalloc(client->n, sizeof(*rates), GFP_KERNEL);
	if (!rates)
		return -ENOMEM;
	err = parse_rates(client, param, rates);
	for (i = 0; !err && i < client->n; i++)
		fifo_worker_set_rate(client->all[i].worker, rates[i]);
	kvfree(rates);
	return err;
}

/* sysfs hands on the newline that echo writes. */
static void drop_newline(char *text)
{
	size_t len = strlen(text);

	if (len && text[len - 1] == '\n')
		text[len - 1] = '\0';
}

/**
 * fifo_client_set_rate() - keep the list of rates, and set those of running instances
 * @value: the list
 * @kp: the parameter; its arg is the @rate of a client
 *
 * Before the instances run, this only keeps the list. Later, the list may end with a
 * newline, and a bad list is refused with a line in the log.
 *
 * Context: Process context, may sleep. Takes the client's lock.
 * Return: 0; -EINVAL for a bad list, -ENOMEM. After an error the old rates still hold.
 */
int fifo_client_set_rate(const char *value, const struct kernel_param *kp)
{
	struct fifo_client *client = container_of(kp->arg, struct fifo_client,
						  rate);
	struct fifo_param new = { .name = client->rate.name };
	int err = 0;

	new.text = kstrdup(value, GFP_KERNEL);
	if (!new.text)
		return -ENOMEM;
	mutex_lock(&client->lock);
	if (client->running) {
		drop_newline(new.text);
		err = change_rates(client, &new);
	}
	if (!err)
		swap(client->rate.text, new.text);
	mutex_unlock(&client->lock);
	kfree(new.text);
	return err;
}
EXPORT_SYMBOL_GPL(fifo_client_set_rate);
