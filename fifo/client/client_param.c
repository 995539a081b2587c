// SPDX-License-Identifier: GPL-2.0
/*
 * What the parameters of a client say of its instances.
 */
#define pr_fmt(fmt) fmt

#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <asm/barrier.h>
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

static const char *const type_names[] = { "text", "command", NULL };

static const enum fifo_item_type types[] = {
	FIFO_ITEM_TEXT, FIFO_ITEM_COMMAND
};

static const char *const state_names[] = {
	"R", "S", "D", "T", "t", "Z", "I", NULL
};

/* The highest user id: the last one stands for none. */
#define UID_MAX		(U32_MAX - 1)

/* Parsing: one function for each list. */

static int parse_item(const struct fifo_entry *entry,
		      struct fifo_instance *instance)
{
	return fifo_entry_word(entry, instance->word, sizeof(instance->word));
}

static int parse_type(const struct fifo_entry *entry,
		      struct fifo_instance *instance)
{
	unsigned int type;
	int err;

	err = fifo_entry_choice(entry, type_names, &type);
	if (!err)
		instance->type = types[type];
	return err;
}

static int parse_uid(const struct fifo_entry *entry,
		     struct fifo_instance *instance)
{
	u64 uid;
	int err;

	err = fifo_entry_number(entry, 0, UID_MAX, &uid);
	if (!err)
		instance->uid = uid;
	return err;
}

/* The state is the letter itself. */
static int parse_state(const struct fifo_entry *entry,
		       struct fifo_instance *instance)
{
	unsigned int state;
	int err;

	err = fifo_entry_choice(entry, state_names, &state);
	if (!err)
		instance->state = *state_names[state];
	return err;
}

static int parse_rate(const struct fifo_entry *entry,
		      struct fifo_instance *instance)
{
	return fifo_entry_rate(entry, &instance->rate);
}

static int parse_count(const struct fifo_entry *entry,
		       struct fifo_instance *instance)
{
	return fifo_entry_number(entry, 0, FIFO_COUNT_MAX, &instance->count);
}

static int parse_queue(const struct fifo_entry *entry,
		       struct fifo_instance *instance)
{
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

/* The queue is known by now: its engine must not sleep where timers run. */
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

static int parse_context(const struct fifo_entry *entry,
			 struct fifo_instance *instance)
{
	const char *names[FIFO_CONTEXTS + 1] = { NULL };
	unsigned int i, context;
	int err;

	for (i = 0; i < FIFO_CONTEXTS; i++)
		names[i] = fifo_contexts[i]->name;
	err = fifo_entry_choice(entry, names, &context);
	if (err)
		return err;
	instance->context = context;
	return check_context(entry, instance);
}

static int parse_log(const struct fifo_entry *entry,
		     struct fifo_instance *instance)
{
	unsigned int log;
	int err;

	err = fifo_entry_choice(entry, log_names, &log);
	if (!err)
		instance->log = log;
	return err;
}

/*
 * The lists that describe the instances, in this order. A consumer's item has no
 * name.
 */
static const struct {
	size_t param;
	int (*parse)(const struct fifo_entry *entry,
		     struct fifo_instance *instance);
} lists[] = {
	{ offsetof(struct fifo_client, item), parse_item },
	{ offsetof(struct fifo_client, type), parse_type },
	{ offsetof(struct fifo_client, uid), parse_uid },
	{ offsetof(struct fifo_client, state), parse_state },
	{ offsetof(struct fifo_client, rate), parse_rate },
	{ offsetof(struct fifo_client, count), parse_count },
	{ offsetof(struct fifo_client, queue), parse_queue },
	{ offsetof(struct fifo_client, context), parse_context },
	{ offsetof(struct fifo_client, log), parse_log },
};

/* NULL for what the client does not have, or has no value without being given. */
static const struct fifo_param *list_param(const struct fifo_client *client,
					   unsigned int i)
{
	const struct fifo_param *param = (void *)client + lists[i].param;

	return param->text || param->fallback ? param : NULL;
}

/* The parameter "instances", which is no list; 0 when it is not given. */
static int parse_instances(const struct fifo_client *client, u64 *instances)
{
	struct fifo_entry entry;
	int err;

	*instances = 0;
	if (!client->instances.text)
		return 0;
	err = fifo_param_check_length(client->name, &client->instances, 1, "");
	if (err)
		return err;
	fifo_entry_first(&entry, client->name, &client->instances);
	return fifo_entry_number(&entry, 1, FIFO_INSTANCES_MAX, instances);
}

/* Says that a parameter makes no sense with, or without, the user's processes. */
static int refuse_with(const struct fifo_client *client,
		       const struct fifo_param *param, const char *allowed)
{
	struct fifo_entry entry;

	fifo_entry_first(&entry, client->name, param);
	return fifo_entry_refuse(&entry, allowed);
}

/* The parameter "uid" stands for items: it goes without "item" and "type". */
static int check_uid(struct fifo_client *client)
{
	if (client->uid.text && client->item.text)
		return refuse_with(client, &client->item,
				   "left out where uid is given");
	if (client->uid.text && client->type.text)
		return refuse_with(client, &client->type,
				   "left out where uid is given");
	if (client->state.text && !client->uid.text)
		return refuse_with(client, &client->state,
				   "left out where uid is not given");
	if (client->uid.text)
		client->rate.fallback = "max";
	return 0;
}

/* How many instances there are to be: all lists must fit. */
static int count_instances(struct fifo_client *client)
{
	unsigned int i, most, longest = 1;
	const struct fifo_param *param;
	const char *why;
	u64 instances;
	int err;

	err = parse_instances(client, &instances);
	if (err)
		return err;
	most = instances ? instances : FIFO_INSTANCES_MAX;
	why = instances ? ", as instances says" : "";
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		param = list_param(client, i);
		if (!param)
			continue;
		err = fifo_param_check_length(client->name, param, most, why);
		if (err)
			return err;
		longest = max(longest, fifo_param_entries(param));
	}
	client->n = instances ? instances : longest;
	return 0;
}

/* So that sysfs shows how many there are where no number was given. */
static int show_number(struct fifo_client *client)
{
	struct fifo_param *param = &client->instances;
	char *text;

	if (param->text)
		return 0;
	text = kasprintf(GFP_KERNEL, "%u", client->n);
	if (!text) {
		pr_err("%s: no memory for instances=%u\n", client->name,
		       client->n);
		return -ENOMEM;
	}
	/* Pairs with fifo_param_text(): a reader of sysfs may be there already. */
	smp_store_release(&param->text, text);
	return 0;
}

/* Finds how many instances there are to be; -EINVAL, or -ENOMEM. */
int fifo_describe_number(struct fifo_client *client)
{
	int err = check_uid(client);

	if (!err)
		err = count_instances(client);
	return err ? err : show_number(client);
}

/* Fills in what the parameters say of each instance; -EINVAL, or -ENODEV. */
int fifo_describe_instances(struct fifo_client *client)
{
	const struct fifo_param *param;
	struct fifo_entry entry;
	unsigned int i, k;
	int err;

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		param = list_param(client, i);
		if (!param)
			continue;
		fifo_entry_first(&entry, client->name, param);
		for (k = 0; k < client->n; k++) {
			err = lists[i].parse(&entry, &client->all[k]);
			if (err)
				return err;
			fifo_entry_next(&entry);
		}
	}
	return 0;
}
