// SPDX-License-Identifier: GPL-2.0
/*
 * Clients: the instances of producer.ko and of consumer.ko.
 *
 * All instances are described before the first is attached, and attached
 * before the first starts, so that a bad parameter stops the load before
 * anything has happened.
 *
 * Stopping. Who may still hold an instance, and why each drains:
 *
 * - A write to /sys/module/.../rate, which is possible until the module's
 *   directory goes, after its exit function: it finds @running unset under
 *   @lock, and touches no instance.
 * - The instance's worker: all are cancelled first, so that a thousand blocked
 *   ones leave at once, and fifo_worker_stop() then waits for each.
 * - The log, which reads the workers: client_log.c says why it lets go of them.
 */
#define pr_fmt(fmt) fmt

#include <linux/err.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "client_log.h"
#include "client_param.h"
#include "fifo_client.h"
#include "param.h"

static int instance_move(void *data, unsigned int n, bool nowait)
{
	struct fifo_instance *instance = data;
	int moved;

	moved = instance->client->ops->move(instance, n, nowait);
	if (moved > 0)
		fifo_log_items(instance, moved);
	return moved;
}

static void instance_stopped(void *data)
{
	fifo_log_instance_stopped(data);
}

static const struct fifo_worker_ops instance_ops = {
	.move = instance_move,
	.stopped = instance_stopped,
};

/* Says why an instance cannot be made. Returns the error. */
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

/* Says that there cannot be so many. Returns the error. */
static int refuse_number(const struct fifo_client *client)
{
	pr_err("%s: no memory for instances=%u\n", client->name, client->n);
	return -ENOMEM;
}

/* Gives an instance its port and worker, which does not run yet. */
static int instance_create(struct fifo_client *client,
			   struct fifo_instance *instance)
{
	struct fifo_worker_config config = {
		.name = client->name,
		.index = instance->index,
		.context = instance->context,
		.rate = instance->rate,
		.count = instance->count,
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
	if (client->ops->prepare)
		err = client->ops->prepare(instance);
	return err ? refuse(instance, err) : 0;
}

/* Undoes instance_create(), where it was done. */
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
	kvfree(client->all);
	client->all = NULL;
}

static int create_all(struct fifo_client *client)
{
	unsigned int i;
	int err;

	client->all = kvcalloc(client->n, sizeof(*client->all), GFP_KERNEL);
	if (!client->all)
		return refuse_number(client);
	for (i = 0; i < client->n; i++) {
		client->all[i].client = client;
		client->all[i].index = i;
	}
	err = fifo_describe_instances(client);
	for (i = 0; !err && i < client->n; i++)
		err = instance_create(client, &client->all[i]);
	if (err)
		destroy_all(client);
	return err;
}

/**
 * fifo_client_start() - make and start what a client's parameters describe
 * @client: the client, initialized with FIFO_CLIENT_INIT()
 *
 * For a module's init function. A bad parameter is refused with a line in the
 * log that names it, its value and what is allowed; and whatever else ends the
 * load has its line, too.
 *
 * Context: Process context, may sleep. Takes @client->lock.
 * Return: 0; -EINVAL for a bad parameter, -ENODEV for a queue that does not
 * exist, -EBUSY for one that a process has mapped there, -ENOMEM, -ENOSPC as
 * fifo_attach(): then nothing is left.
 */
int fifo_client_start(struct fifo_client *client)
{
	unsigned int i;
	int err;

	mutex_lock(&client->lock);
	err = fifo_describe_number(client);
	if (!err)
		err = create_all(client);
	if (err)
		goto unlock;
	fifo_log_start(client);
	for (i = 0; i < client->n; i++) {
		fifo_log_print_started(&client->all[i]);
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
 * For a module's exit function. Whatever the instances wait for, it waits for
 * none of it.
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
	fifo_log_stop(client);
	destroy_all(client);
}
EXPORT_SYMBOL_GPL(fifo_client_stop);

static void drop_newline(char *text)
{
	size_t len = strlen(text);

	if (len && text[len - 1] == '\n')
		text[len - 1] = '\0';
}

/* Lets all instances have the rates of the list @param, or none of them. */
static int change_rates(struct fifo_client *client,
			const struct fifo_param *param)
{
	unsigned int i, entries = fifo_param_entries(param);
	struct fifo_entry entry;
	u64 rate;
	int err;

	err = fifo_param_check_length(client->name, param, client->n,
				      ", one for each instance");
	if (err)
		return err;
	fifo_entry_first(&entry, client->name, param);
	for (i = 0; i < entries; i++) {
		err = fifo_entry_rate(&entry, &rate);
		if (err)
			return err;
		fifo_entry_next(&entry);
	}
	fifo_entry_first(&entry, client->name, param);
	for (i = 0; i < client->n; i++) {
		fifo_entry_rate(&entry, &rate);
		fifo_worker_set_rate(client->all[i].worker, rate);
		fifo_entry_next(&entry);
	}
	return 0;
}

/**
 * fifo_client_set_rate() - keep the list of rates, and let it hold at once
 * @value: the list; its last newline, as echo writes it, is ignored at run time
 * @kp: its arg is the client
 *
 * Context: Process context, may sleep. Takes the client's lock.
 * Return: 0; -EINVAL for a bad list, -ENOMEM: then the old rates hold on.
 */
int fifo_client_set_rate(const char *value, const struct kernel_param *kp)
{
	struct fifo_client *client = kp->arg;
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

/**
 * fifo_client_get_rate() - show the list of rates, as it was given
 * @buffer: a page to write it to
 * @kp: its arg is the client
 *
 * Context: Process context.
 * Return: The bytes written.
 */
int fifo_client_get_rate(char *buffer, const struct kernel_param *kp)
{
	struct fifo_client *client = kp->arg;

	return scnprintf(buffer, PAGE_SIZE, "%s\n",
			 fifo_param_text(&client->rate));
}
EXPORT_SYMBOL_GPL(fifo_client_get_rate);
