// SPDX-License-Identifier: GPL-2.0
/*
 * Redis Streams, with hiredis. An item is an entry with the fields item, source, seq,
 * time_ns and type.
 *
 * A batch is a transaction: the server appends all of it, or nothing. So a server that
 * refuses an item, as its memory is full, does not take the ones behind it.
 */
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "redis.h"

/* How long connecting, or a write, may take. */
#define PATIENCE_S	5

/* How long a server may leave what was sent without a sign of life, in milliseconds. */
#define UNHEARD_MS	30000

static const struct server *server;

/* NULL while there is no connection. */
struct redisContext *redis_context;

/* What the thread that dials has made. */
static struct redisContext *fresh;

/* The batch that is not acknowledged yet, and how many replies to it are to come. */
static const struct fifo_item *items;
static unsigned int n_items;
static unsigned int replies;

/* --- connecting -------------------------------------------------------------- */

void redis_drop(const char *why)
{
	connection_failed(server, why);
	redisFree(redis_context);
	redis_context = NULL;
}

/*
 * Errors that go away by themselves, or by connecting again: the server loads its data, has no
 * memory, has lost the group, and so on.
 */
static bool passes(const char *error)
{
	static const char *const words[] = { "LOADING", "OOM", "READONLY",
		"MISCONF", "BUSY ", "MASTERDOWN", "NOREPLICAS", "CLUSTERDOWN",
		"TRYAGAIN", "UNBLOCKED", "NOGROUP" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strncmp(error, words[i], strlen(words[i])))
			return true;
	return false;
}

/* Drops the connection, or ends the program. */
void redis_refused(const char *error)
{
	char why[WHY_LEN];

	if (!passes(error))
		errx(FAILED, "%s: the server says: %s", server->url, error);
	snprintf(why, sizeof(why), "%s", error);
	redis_drop(why);
}

/* A command while connecting. An error that begins with @ignored is none. */
enum dialled redis_ask(struct redisContext *context, int argc, const char **argv,
		       const char *ignored, char why[WHY_LEN])
{
	redisReply *reply = redisCommandArgv(context, argc, argv, NULL);
	enum dialled dialled = DIALLED;

	if (!reply) {
		snprintf(why, WHY_LEN, "%s", context->errstr);
		return DIAL_AGAIN;
	}
	if (reply->type == REDIS_REPLY_ERROR &&
	    (!ignored || strncmp(reply->str, ignored, strlen(ignored)))) {
		dialled = passes(reply->str) ? DIAL_AGAIN : DIAL_NO_MORE;
		snprintf(why, WHY_LEN, "the server says: %s", reply->str);
	}
	freeReplyObject(reply);
	return dialled;
}

static enum dialled log_in(struct redisContext *context, char why[WHY_LEN])
{
	const char *password = setting(server, "password");
	const char *username = setting(server, "username");
	const char *argv[3] = { "AUTH" };
	int argc = 1;

	if (!password)
		return DIALLED;
	if (username)
		argv[argc++] = username;
	argv[argc++] = password;
	return redis_ask(context, argc, argv, NULL, why);
}

static enum dialled begin(struct redisContext *context, char why[WHY_LEN])
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	const unsigned int unheard_ms = UNHEARD_MS;

	if (context->err) {
		snprintf(why, WHY_LEN, "%s", context->errstr);
		return DIAL_AGAIN;
	}
	redisSetTimeout(context, patience);
	redisEnableKeepAlive(context);
	/* Keepalive does not help while sent data is not acknowledged. */
	setsockopt(context->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unheard_ms,
		   sizeof(unheard_ms));
	return log_in(context, why);
}

/* Has @greet say what else comes first, if it is not NULL. The thread that dials calls this. */
enum dialled redis_dial(redis_greet_fn *greet, char why[WHY_LEN])
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	enum dialled dialled;

	fresh = redisConnectWithTimeout(server->host,
					server->port ? server->port : 6379,
					patience);
	if (!fresh)
		err(FAILED, "hiredis");
	dialled = begin(fresh, why);
	if (dialled == DIALLED && greet)
		dialled = greet(fresh, why);
	if (dialled != DIALLED)
		redisFree(fresh);
	return dialled;
}

/* After connection_dial(): from now on the connection is ours. */
void redis_begin(void)
{
	redis_context = fresh;
}

/* --- sending ----------------------------------------------------------------- */

static void append(int argc, const char **argv, const size_t *lens)
{
	if (redisAppendCommandArgv(redis_context, argc, argv, lens) != REDIS_OK)
		errx(FAILED, "hiredis: %s", redis_context->errstr);
	replies++;
}

static void append_word(const char *word)
{
	append(1, &word, NULL);
}

static void append_item(const struct fifo_item *item)
{
	const char *maxlen = setting(server, "maxlen");
	const char *argv[7 + 2 + 2 * FIELDS];
	size_t lens[7 + 2 + 2 * FIELDS];
	struct fields fields;
	int i, n = 0;

	fields_of(&fields, item);
	argv[n++] = "XADD";
	argv[n++] = server->path;
	if (maxlen) {
		argv[n++] = "MAXLEN";
		argv[n++] = "~";
		argv[n++] = maxlen;
	}
	argv[n++] = "*";
	for (i = 0; i < FIELDS; i++) {
		argv[n++] = field_names[i];
		argv[n++] = fields.text[i];
	}
	argv[n++] = "item";
	argv[n++] = (const char *)item->data;
	for (i = 0; i < n - 1; i++)
		lens[i] = strlen(argv[i]);
	lens[i] = item->len;
	append(n, argv, lens);
}

static void transmit(void)
{
	unsigned int i;
	int done = 0;

	replies = 0;
	append_word("MULTI");
	for (i = 0; i < n_items; i++)
		append_item(&items[i]);
	append_word("EXEC");
	while (!done) {
		if (redisBufferWrite(redis_context, &done) != REDIS_OK) {
			redis_drop(redis_context->errstr);
			return;
		}
	}
}

static enum dialled dial(char why[WHY_LEN])
{
	return redis_dial(NULL, why);
}

static void redis_send(const struct fifo_item *batch, unsigned int n)
{
	items = batch;
	n_items = n;
	if (redis_context)
		transmit();
}

/* An error of the transaction as a whole, or of one of its commands. */
static const char *error_of(const redisReply *reply)
{
	size_t i;

	if (reply->type == REDIS_REPLY_ERROR)
		return reply->str;
	if (reply->type == REDIS_REPLY_ARRAY)
		for (i = 0; i < reply->elements; i++)
			if (reply->element[i]->type == REDIS_REPLY_ERROR)
				return reply->element[i]->str;
	return NULL;
}

/* The last reply of a batch is that of EXEC. */
static void take_reply(const redisReply *reply)
{
	const char *error = error_of(reply);

	if (error) {
		redis_refused(error);
	} else if (!replies) {
		redis_drop("a reply to nothing");
	} else if (!--replies) {
		n_items = 0;
		connection_made(server);
	}
}

/* Returns false if there is none yet, or if the connection is lost. */
static bool next_reply(redisReply **reply)
{
	void *next = NULL;

	if (!redis_context)
		return false;
	if (redisGetReplyFromReader(redis_context, &next) != REDIS_OK)
		redis_drop(redis_context->errstr);
	*reply = next;
	return next;
}

static void take_replies(void)
{
	redisReply *reply;

	if (redisBufferRead(redis_context) != REDIS_OK) {
		redis_drop(redis_context->errstr);
		return;
	}
	while (next_reply(&reply)) {
		take_reply(reply);
		freeReplyObject(reply);
	}
}

static struct pollfd redis_waits_for(void)
{
	if (!redis_context)
		return connection_waits_for();
	return (struct pollfd){ .fd = redis_context->fd, .events = POLLIN };
}

static bool redis_progress(void)
{
	struct pollfd fd;

	if (redis_context) {
		fd = redis_waits_for();
		if (poll(&fd, 1, 0) > 0)
			take_replies();
	} else if (connection_dial(server, dial)) {
		redis_begin();
		if (n_items)
			transmit();
	}
	return !n_items;
}

static void check_maxlen(void)
{
	const char *maxlen = setting(server, "maxlen");

	if (maxlen && (!*maxlen || strspn(maxlen, "0123456789") != strlen(maxlen)))
		errx(FAILED, "--config: maxlen=%s: must be a number of entries",
		     maxlen);
}

void redis_make(const struct server *with, const char *const *keys)
{
	server = with;
	settings_check(server, keys);
	settings_need(server, "username", "password");
}

static void redis_open(const struct server *to)
{
	static const char *const keys[] = { "username", "password", "maxlen",
					    NULL };

	redis_make(to, keys);
	check_maxlen();
	fields_begin(server);
}

static void redis_close(void)
{
	redisFree(redis_context);
}

const struct transport transport = {
	.version = VERSION,
	.open = redis_open,
	.send = redis_send,
	.waits_for = redis_waits_for,
	.progress = redis_progress,
	.close = redis_close,
	.receive = redis_receive,
};
