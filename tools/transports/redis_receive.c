// SPDX-License-Identifier: GPL-2.0
/*
 * Redis Streams: receiving, as one of a group of consumers. The server keeps for each consumer
 * what it has given to it and what is not acknowledged.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "redis.h"

/* How many entries to receive at a time. */
#define RECEIVED	"256"

static const struct server *server;
static const struct sink *sink;

/* Names of the group of consumers, and of this one. */
static const char *group;
static char consumer[NAME_LEN];

/* Returns the text of a field of an entry, or NULL. */
static const redisReply *field(const redisReply *entry, const char *name)
{
	const redisReply *list = entry->element[1];
	size_t i;

	for (i = 0; i + 1 < list->elements; i += 2)
		if (!strcmp(list->element[i]->str, name))
			return list->element[i + 1];
	return NULL;
}

/* An entry that was deleted meanwhile has no fields. */
static bool put_entry(const redisReply *entry)
{
	const redisReply *item, *type;

	if (entry->element[1]->type != REDIS_REPLY_ARRAY)
		return true;
	item = field(entry, "item");
	type = field(entry, field_names[FIELD_TYPE]);
	if (item)
		return sink->put(type ? type->str : NULL, item->str, item->len);
	sink->refuse("it has no field 'item'");
	return true;
}

static void acknowledge(int argc, const char **argv)
{
	redisReply *reply = redisCommandArgv(redis_context, argc, argv, NULL);

	if (!reply)
		redis_drop(redis_context->errstr);
	else if (reply->type == REDIS_REPLY_ERROR)
		redis_refused(reply->str);
	freeReplyObject(reply);
}

/* Puts entries, and acknowledges those that were put. Sets @going_on to false if it is to stop. */
static void take_entries(const redisReply *entries, bool *going_on)
{
	const char **argv = calloc(3 + entries->elements, sizeof(*argv));
	size_t i;

	if (!argv)
		err(FAILED, "calloc");
	argv[0] = "XACK";
	argv[1] = server->path;
	argv[2] = group;
	for (i = 0; i < entries->elements; i++) {
		*going_on = put_entry(entries->element[i]);
		if (!*going_on)
			break;
		argv[3 + i] = entries->element[i]->element[0]->str;
	}
	if (i)
		acknowledge(3 + i, argv);
	free(argv);
}

/*
 * Reads entries: first those that were given to this consumer before, and not acknowledged.
 * Then new ones, for which it waits. Returns false if it is to stop.
 */
static bool receive_entries(bool *old)
{
	const char *argv[11] = { "XREADGROUP", "GROUP", group, consumer, "COUNT",
		RECEIVED, "BLOCK", "0", "STREAMS", server->path, *old ? "0" : ">" };
	struct pollfd fd = { .fd = redis_context->fd, .events = POLLIN };
	redisReply *reply = NULL;
	bool going_on = true;

	redisAppendCommandArgv(redis_context, 11, argv, NULL);
	if (redisBufferWrite(redis_context, &(int){ 0 }) == REDIS_OK) {
		if (!sink->wait(fd, -1))
			return false;
		redisGetReply(redis_context, (void **)&reply);
	}
	if (!reply) {
		redis_drop(redis_context->errstr);
	} else if (reply->type == REDIS_REPLY_ERROR) {
		redis_refused(reply->str);
	} else if (reply->type == REDIS_REPLY_ARRAY && reply->elements) {
		connection_made(server);
		*old &= reply->element[0]->element[1]->elements > 0;
		take_entries(reply->element[0]->element[1], &going_on);
	}
	freeReplyObject(reply);
	return going_on;
}

static enum dialled join(struct redisContext *context, char why[WHY_LEN])
{
	const char *argv[6] = { "XGROUP", "CREATE", server->path, group, "0",
			       "MKSTREAM" };

	return redis_ask(context, 6, argv, "BUSYGROUP", why);
}

static enum dialled dial(char why[WHY_LEN])
{
	return redis_dial(join, why);
}

static void begin_receiving(const struct server *from)
{
	static const char *const keys[] = { "username", "password", "group",
					    "consumer", NULL };
	const char *name = setting(from, "consumer");

	server = from;
	redis_make(server, keys);
	group = setting(server, "group") ? setting(server, "group") : "fifoctl";
	if (name)
		snprintf(consumer, sizeof(consumer), "%s", name);
	else
		name_receiver(consumer, server);
}

void redis_receive(const struct server *from, const struct sink *to)
{
	bool going_on = true, old = true;

	sink = to;
	begin_receiving(from);
	while (going_on) {
		if (redis_context) {
			going_on = receive_entries(&old);
		} else {
			old = true;
			going_on = connection_wait(server, sink, dial);
			if (going_on)
				redis_begin();
		}
	}
	redisFree(redis_context);
}
