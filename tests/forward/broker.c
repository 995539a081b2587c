// SPDX-License-Identifier: GPL-2.0
/*
 * A Kafka broker, librdkafka's mock, and a consumer of it.
 *
 *	broker TOPIC FILE
 *
 * Writes the broker's address to FILE, and a line "SOURCE SEQ ITEM" for each message to
 * standard output. SIGUSR1 takes the broker down for a while, which cuts its connections.
 * SIGTERM ends it when the consumer has all that there is.
 */
#include <err.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PARTITIONS	4
#define DOWN_US		300000

static volatile sig_atomic_t down, ending;

static void note(int signal)
{
	if (signal == SIGUSR1)
		down = 1;
	else
		ending = 1;
}

static void set(rd_kafka_conf_t *conf, const char *key, const char *value)
{
	char why[256];

	if (rd_kafka_conf_set(conf, key, value, why, sizeof(why)))
		errx(1, "%s", why);
}

static rd_kafka_t *make(rd_kafka_type_t type, rd_kafka_conf_t *conf)
{
	char why[256];
	rd_kafka_t *client = rd_kafka_new(type, conf, why, sizeof(why));

	if (!client)
		errx(1, "%s", why);
	return client;
}

static rd_kafka_t *make_consumer(const char *bootstraps, const char *topic)
{
	rd_kafka_topic_partition_list_t *parts = rd_kafka_topic_partition_list_new(PARTITIONS);
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_t *consumer;
	int i;

	set(conf, "bootstrap.servers", bootstraps);
	set(conf, "group.id", "checker");
	set(conf, "auto.offset.reset", "error");
	set(conf, "log_level", "2");
	/* The mock keeps 5 MB of a partition: be back before these are full. */
	set(conf, "reconnect.backoff.ms", "50");
	set(conf, "reconnect.backoff.max.ms", "100");
	consumer = make(RD_KAFKA_CONSUMER, conf);
	for (i = 0; i < PARTITIONS; i++)
		rd_kafka_topic_partition_list_add(parts, topic, i)->offset = 0;
	if (rd_kafka_assign(consumer, parts))
		errx(1, "cannot assign");
	rd_kafka_topic_partition_list_destroy(parts);
	return consumer;
}

static void print_header(rd_kafka_headers_t *headers, const char *name)
{
	const void *value = "?";
	size_t len = 1;

	if (headers)
		rd_kafka_header_get_last(headers, name, &value, &len);
	printf("%.*s ", (int)len, (const char *)value);
}

static void print_message(const rd_kafka_message_t *message)
{
	rd_kafka_headers_t *headers = NULL;

	rd_kafka_message_headers(message, &headers);
	print_header(headers, "source");
	print_header(headers, "seq");
	printf("%.*s\n", (int)message->len, (const char *)message->payload);
}

/* The offset behind the last message of each partition that was printed. */
static int64_t next[PARTITIONS];

/* Has everything been printed that is there now? */
static bool complete(rd_kafka_t *consumer, const char *topic)
{
	int64_t low, high;
	int i;

	for (i = 0; i < PARTITIONS; i++) {
		if (rd_kafka_query_watermark_offsets(consumer, topic, i, &low,
						     &high, 10000))
			return false;
		if (next[i] < high)
			return false;
	}
	return true;
}

/* Until all is printed, once it is to end. */
static void consume(rd_kafka_t *consumer, rd_kafka_mock_cluster_t *cluster,
		    const char *topic)
{
	for (;;) {
		rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, 100);

		if (down) {
			rd_kafka_mock_broker_set_down(cluster, 1);
			usleep(DOWN_US);
			rd_kafka_mock_broker_set_up(cluster, 1);
			down = 0;
		}
		if (!message && ending && complete(consumer, topic))
			return;
		if (!message)
			continue;
		if (!message->err) {
			next[message->partition] = message->offset + 1;
			print_message(message);
		} else if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
			errx(1, "the mock has thrown messages away");
		}
		rd_kafka_message_destroy(message);
	}
}

int main(int argc, char **argv)
{
	rd_kafka_mock_cluster_t *cluster;
	rd_kafka_t *producer, *consumer;
	const char *bootstraps;
	FILE *file;

	if (argc != 3)
		errx(2, "usage: broker TOPIC FILE");
	signal(SIGUSR1, note);
	signal(SIGTERM, note);
	producer = make(RD_KAFKA_PRODUCER, rd_kafka_conf_new());
	cluster = rd_kafka_mock_cluster_new(producer, 1);
	rd_kafka_mock_topic_create(cluster, argv[1], PARTITIONS, 1);
	bootstraps = rd_kafka_mock_cluster_bootstraps(cluster);
	consumer = make_consumer(bootstraps, argv[1]);
	file = fopen(argv[2], "w");
	if (!file || fprintf(file, "%s\n", bootstraps) < 0 || fclose(file))
		err(1, "%s", argv[2]);
	consume(consumer, cluster, argv[1]);
	rd_kafka_destroy(consumer);
	rd_kafka_mock_cluster_destroy(cluster);
	rd_kafka_destroy(producer);
	return fflush(stdout) ? 1 : 0;
}
