// SPDX-License-Identifier: GPL-2.0
/*
 * fifoctl metrics: all queues, for a monitoring system.
 *
 * The two formats differ in the names of a family, in its type, and in a sum that nobody
 * knows: OpenMetrics leaves it out, and with it the count. node_exporter, which reads the
 * older format, would make 0 of both.
 */
#include <math.h>
#include <stddef.h>
#include <string.h>
#include "fifoctl.h"

static bool openmetrics;

/* --- families ---------------------------------------------------------------- */

/**
 * struct kind - a type of metrics
 * @name: its name in OpenMetrics
 * @older: its name in the older format
 * @suffix: of a sample; in the older format of the family, too
 */
struct kind {
	const char *name;
	const char *older;
	const char *suffix;
};

static const struct kind counter = { "counter", "counter", "_total" };
static const struct kind gauge = { "gauge", "gauge", "" };
static const struct kind info = { "info", "gauge", "_info" };
static const struct kind histogram = { "histogram", "histogram", "" };

/**
 * struct family - metrics of one name, of each queue
 * @name: the name, without the suffix
 * @kind: its type
 * @help: what it is
 * @print: prints the samples of a queue
 * @member: offset of the value in struct queue
 */
struct family {
	const char *name;
	const struct kind *kind;
	const char *help;
	void (*print)(const struct family *family, const struct queue *queue);
	size_t member;
};

static const void *value_of(const struct family *family,
			    const struct queue *queue)
{
	return (const char *)queue + family->member;
}

static void print_number(const struct family *family, const struct queue *queue)
{
	const unsigned long long *value = value_of(family, queue);

	printf("%s%s{queue=\"%u\"} %llu\n", family->name, family->kind->suffix,
	       queue->index, *value);
}

static void print_age(const struct family *family, const struct queue *queue)
{
	printf("%s{queue=\"%u\"} %.9f\n", family->name, queue->index,
	       queue->oldest_age / 1e9);
}

static void print_waiting(const struct family *family,
			  const struct queue *queue)
{
	printf("%s{queue=\"%u\",end=\"producer\"} %llu\n", family->name,
	       queue->index, queue->producers);
	printf("%s{queue=\"%u\",end=\"consumer\"} %llu\n", family->name,
	       queue->index, queue->consumers);
}

static void print_info(const struct family *family, const struct queue *queue)
{
	printf("%s%s{queue=\"%u\",engine=\"%s\",overflow=\"%s\"} 1\n",
	       family->name, family->kind->suffix, queue->index, queue->engine,
	       queue->overflow);
}

/* A bound has at most 14 digits. Prometheus and node_exporter write it alike. */
static void print_bound(double ns)
{
	if (isinf(ns))
		fputs("+Inf", stdout);
	else
		printf("%.15g", ns / 1e9);
}

static void print_histogram(const struct family *family,
			    const struct queue *queue)
{
	const struct histogram *waits = value_of(family, queue);
	unsigned int i;

	for (i = 0; i < waits->n; i++) {
		printf("%s_bucket{queue=\"%u\",le=\"", family->name,
		       queue->index);
		print_bound(waits->bounds[i]);
		printf("\"} %llu\n", waits->counts[i]);
	}
	if (!openmetrics && waits->n)
		printf("%s_sum{queue=\"%u\"} NaN\n%s_count{queue=\"%u\"} %llu\n",
		       family->name, queue->index, family->name, queue->index,
		       histogram_total(waits));
}

#define MEMBER(name)	offsetof(struct queue, name)

static const struct family families[] = {
	{ "fifo_queue", &info, "A queue and its settings.", print_info, 0 },
	{ "fifo_items_put", &counter, "Items put, dropped ones too.",
	  print_number, MEMBER(put) },
	{ "fifo_items_got", &counter, "Items got.", print_number, MEMBER(got) },
	{ "fifo_items_dropped", &counter, "Items lost to the overflow policy.",
	  print_number, MEMBER(dropped) },
	{ "fifo_items_discarded", &counter,
	  "Items thrown away when fifo.ko was unloaded.", print_number,
	  MEMBER(discarded) },
	{ "fifo_mapping_errors", &counter,
	  "How often a process began to write nonsense into its mapping.",
	  print_number, MEMBER(errors) },
	{ "fifo_queue_depth", &gauge, "Items in the queue.", print_number,
	  MEMBER(depth) },
	{ "fifo_queue_size", &gauge, "Items that fit.", print_number,
	  MEMBER(size) },
	{ "fifo_queue_waiting", &gauge,
	  "Producers that wait for room, consumers that wait for an item.",
	  print_waiting, 0 },
	{ "fifo_queue_oldest_age_seconds", &gauge,
	  "Age of the item that is next to be got, 0 without one.", print_age,
	  0 },
	{ "fifo_wait_seconds", &histogram,
	  "How long the items that were got had been in the queue.",
	  print_histogram, MEMBER(waits) },
	{ "fifo_producer_wait_seconds", &histogram,
	  "How long producers waited for room.", print_histogram,
	  MEMBER(producer_waits) },
	{ "fifo_consumer_wait_seconds", &histogram,
	  "How long consumers waited for an item.", print_histogram,
	  MEMBER(consumer_waits) },
};

/* --- the whole text ---------------------------------------------------------- */

static void print_head(const char *name, const struct kind *kind,
		       const char *help)
{
	const char *suffix = openmetrics ? "" : kind->suffix;

	printf("# HELP %s%s %s\n# TYPE %s%s %s\n", name, suffix, help, name,
	       suffix, openmetrics ? kind->name : kind->older);
}

static void print_family(const struct family *family,
			 const struct snapshot *now)
{
	unsigned int i;

	print_head(family->name, family->kind, family->help);
	for (i = 0; i < now->n; i++)
		family->print(family, &now->queues[i]);
}

static void print_metrics(const struct snapshot *now)
{
	size_t i;

	print_head("fifo_loaded", &gauge, "Whether fifo.ko is loaded.");
	printf("fifo_loaded %d\n", now->n > 0);
	for (i = 0; now->n && i < sizeof(families) / sizeof(*families); i++)
		print_family(&families[i], now);
	if (openmetrics)
		puts("# EOF");
}

static bool parse_format(const char *format)
{
	if (strcmp(format, "openmetrics") && strcmp(format, "prometheus"))
		misused("--format %s: must be openmetrics or prometheus",
			format);
	return !strcmp(format, "openmetrics");
}

static const char *parse_arguments(int argc, char **argv)
{
	static const struct option options[] = {
		{ "format", required_argument, NULL, 'f' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	const char *output = NULL;
	int option;

	openmetrics = true;
	while ((option = next_option(argc, argv, ANYWHERE, options)) != -1) {
		if (option == 'f')
			openmetrics = parse_format(optarg);
		else
			output = optarg;
	}
	no_more_arguments(argv);
	return output;
}

static int run(int argc, char **argv)
{
	const char *output = parse_arguments(argc, argv);
	struct snapshot now;

	/* Without fifo.ko there is no queue. */
	snapshot_try(&now, ALL_QUEUES);
	/* Everybody may read it, as the files that it is made of. */
	if (output)
		output_begin(output, 0644);
	print_metrics(&now);
	if (output)
		output_end(output);
	snapshot_free(&now);
	return 0;
}

const struct command command_metrics = {
	.name = "metrics",
	.arguments = "[--format F] [--output FILE]",
	.summary = "show all queues to a monitoring system",
	.help = "Prints the counters, depths and waiting times of all queues. If fifo.ko is not\n"
		"loaded, fifo_loaded is 0, and there is nothing else.\n\n"
		"  --format F     openmetrics (default), or prometheus: the older text format,\n"
		"                 which node_exporter's textfile collector reads\n"
		"  --output FILE  write to a new file beside FILE, and rename it to FILE\n",
	.run = run,
};
