// SPDX-License-Identifier: GPL-2.0
/*
 * Kafka, with librdkafka. An item is a message whose key is its source, so that all items of
 * a source come into one partition, in order.
 *
 * The library connects, sends again and keeps the order by itself: the producer is an
 * idempotent one.
 */
#include <err.h>
#include <errno.h>
#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include "common.h"

static const struct server *server;
static rd_kafka_t *client;

/* How often the library must be asked, in milliseconds, or it takes us for dead. */
#define POLL_MS		60000

/* How long to wait for the server at the end, in seconds. */
#define CLOSE_S		5

/* Can be read when the library has something for us. */
static int event;

/* Of the last send(): how many items, and how many of them are acknowledged. */
static unsigned int sent;
static unsigned int acknowledged;

/* --- the client -------------------------------------------------------------- */

static void set(rd_kafka_conf_t *conf, const char *key, const char *value)
{
	char why[256];

	if (rd_kafka_conf_set(conf, key, value, why, sizeof(why)) !=
	    RD_KAFKA_CONF_OK)
		errx(FAILED, "--config: %s", why);
}

/* The library has reported an error since a message last got through. */
static bool troubled;

static void got_through(void)
{
	if (troubled)
		warnx("%s: connected", server->url);
	troubled = false;
}

/* The library goes on trying, unless it says that it cannot. */
static void on_error(rd_kafka_t *kafka, int code, const char *why, void *data)
{
	if (code == RD_KAFKA_RESP_ERR__FATAL) {
		char text[256];

		rd_kafka_fatal_error(kafka, text, sizeof(text));
		leave("%s: %s", server->url, text);
	}
	if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION)
		leave("%s: %s", server->url, why);
	if (!troubled)
		warnx("%s: %s: trying again", server->url, why);
	troubled = true;
}

/* Settings of --config come last: they may be any that librdkafka has. */
static rd_kafka_conf_t *configure(const struct server *with)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	const char *format = strchr(with->host, ':') ? "[%s]:%u" : "%s:%u";
	char address[300];

	server = with;
	snprintf(address, sizeof(address), format, server->host,
		 server->port ? server->port : 9092);
	set(conf, "bootstrap.servers", address);
	set(conf, "client.id", "fifoctl");
	/* on_error() says what goes wrong. */
	set(conf, "log_level", "2");
	rd_kafka_conf_set_error_cb(conf, on_error);
	return conf;
}

static void make_client(rd_kafka_conf_t *conf, rd_kafka_type_t type)
{
	char why[256];
	unsigned int i;

	for (i = 0; i < server->n; i++)
		set(conf, server->settings[i].key, server->settings[i].value);
	client = rd_kafka_new(type, conf, why, sizeof(why));
	if (!client)
		errx(FAILED, "%s: %s", server->url, why);
}

static void signal_events_of(rd_kafka_queue_t *queue)
{
	const __u64 one = 1;

	event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (event < 0)
		err(FAILED, "eventfd");
	rd_kafka_queue_io_event_enable(queue, event, &one, sizeof(one));
	rd_kafka_queue_destroy(queue);
}

static void clear_event(void)
{
	__u64 count;

	if (read(event, &count, sizeof(count)) < 0 && errno != EAGAIN)
		err(FAILED, "eventfd");
}

static struct pollfd kafka_waits_for(void)
{
	return (struct pollfd){ .fd = event, .events = POLLIN };
}

/* --- sending ----------------------------------------------------------------- */

static void on_delivery(rd_kafka_t *kafka, const rd_kafka_message_t *message,
			void *data)
{
	if (message->err)
		leave("%s: an item was not delivered: %s", server->url,
		      rd_kafka_err2str(message->err));
	acknowledged++;
	got_through();
}

/* No item times out: it stays in the queue, and the queue's overflow policy says what next. */
static void kafka_open(const struct server *to)
{
	rd_kafka_conf_t *conf = configure(to);

	set(conf, "enable.idempotence", "true");
	set(conf, "message.timeout.ms", "0");
	set(conf, "linger.ms", "1");
	rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
	make_client(conf, RD_KAFKA_PRODUCER);
	signal_events_of(rd_kafka_queue_get_main(client));
	fields_begin(server);
}

static rd_kafka_headers_t *headers_of(const struct fields *fields)
{
	rd_kafka_headers_t *headers = rd_kafka_headers_new(FIELDS);
	unsigned int i;

	for (i = 0; i < FIELDS; i++)
		rd_kafka_header_add(headers, field_names[i], -1,
				    fields->text[i], -1);
	return headers;
}

static void produce(const struct fifo_item *item)
{
	rd_kafka_headers_t *headers;
	rd_kafka_resp_err_t error;
	struct fields fields;
	const char *key;

	fields_of(&fields, item);
	headers = headers_of(&fields);
	key = fields.text[FIELD_SOURCE];
	error = rd_kafka_producev(client, RD_KAFKA_V_TOPIC(server->path),
				  RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
				  RD_KAFKA_V_KEY(key, strlen(key)),
				  RD_KAFKA_V_VALUE((void *)item->data, item->len),
				  RD_KAFKA_V_HEADERS(headers),
				  RD_KAFKA_V_END);
	if (error)
		leave("%s: %s", server->url, rd_kafka_err2str(error));
}

static void kafka_send(const struct fifo_item *items, unsigned int n)
{
	unsigned int i;

	sent = n;
	acknowledged = 0;
	for (i = 0; i < n; i++)
		produce(&items[i]);
}

static bool kafka_progress(void)
{
	clear_event();
	while (rd_kafka_poll(client, 0))
		;
	return acknowledged == sent;
}

/*
 * What the server has not acknowledged is not waited for; nor are the library's threads, which
 * may wait for a name server.
 */
static void kafka_close(void)
{
	rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE |
			       RD_KAFKA_PURGE_F_INFLIGHT);
}

/* --- receiving --------------------------------------------------------------- */

static void subscribe(void)
{
	rd_kafka_topic_partition_list_t *topics =
		rd_kafka_topic_partition_list_new(1);
	rd_kafka_resp_err_t error;

	rd_kafka_topic_partition_list_add(topics, server->path,
					  RD_KAFKA_PARTITION_UA);
	error = rd_kafka_subscribe(client, topics);
	if (error)
		leave("%s: %s", server->url, rd_kafka_err2str(error));
	rd_kafka_topic_partition_list_destroy(topics);
}

/* Stored offsets are committed every few seconds, and at the end, by the library. */
static void begin_receiving(const struct server *from)
{
	rd_kafka_conf_t *conf = configure(from);

	set(conf, "group.id", "fifoctl");
	set(conf, "enable.auto.offset.store", "false");
	/* A put may wait for room for long. The library's own thread keeps the session. */
	set(conf, "max.poll.interval.ms", "86400000");
	set(conf, "auto.offset.reset", "earliest");
	make_client(conf, RD_KAFKA_CONSUMER);
	rd_kafka_poll_set_consumer(client);
	signal_events_of(rd_kafka_queue_get_consumer(client));
	subscribe();
}

/* Writes the name of the type to @type. Returns NULL if the message does not say. */
static const char *type_of(const rd_kafka_message_t *message,
			   char type[FIELD_LEN])
{
	rd_kafka_headers_t *headers;
	const void *value;
	size_t len;

	if (rd_kafka_message_headers(message, &headers) ||
	    rd_kafka_header_get_last(headers, field_names[FIELD_TYPE], &value,
				     &len))
		return NULL;
	snprintf(type, FIELD_LEN, "%.*s", (int)len, (const char *)value);
	return type;
}

/* The offset is stored after the put. Returns false if the program is to stop. */
static bool take_message(const struct sink *sink,
			 const rd_kafka_message_t *message)
{
	char type[FIELD_LEN];

	if (message->err) {
		warnx("%s: %s", server->url, rd_kafka_message_errstr(message));
		return true;
	}
	got_through();
	if (!sink->put(type_of(message, type), message->payload, message->len))
		return false;
	rd_kafka_offset_store(message->rkt, message->partition,
			      message->offset);
	return true;
}

static void *close_consumer(void *unused)
{
	rd_kafka_consumer_close(client);
	return NULL;
}

/* Commits what was put, and leaves the group, but does not wait for a silent server. */
static void finish_receiving(void)
{
	struct timespec limit;
	pthread_t thread;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += CLOSE_S;
	if (pthread_create(&thread, NULL, close_consumer, NULL))
		return;
	if (pthread_timedjoin_np(thread, NULL, &limit))
		warnx("%s: the server does not answer: what was put last may come again",
		      server->url);
}

static void kafka_receive(const struct server *from, const struct sink *sink)
{
	rd_kafka_message_t *message;
	bool going_on = true;

	begin_receiving(from);
	while (going_on) {
		message = rd_kafka_consumer_poll(client, 0);
		if (message) {
			going_on = take_message(sink, message);
			rd_kafka_message_destroy(message);
		} else {
			going_on = sink->wait(kafka_waits_for(), POLL_MS);
			clear_event();
		}
	}
	finish_receiving();
}

const struct transport transport = {
	.version = VERSION,
	.open = kafka_open,
	.send = kafka_send,
	.waits_for = kafka_waits_for,
	.progress = kafka_progress,
	.close = kafka_close,
	.receive = kafka_receive,
};
