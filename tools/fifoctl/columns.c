// SPDX-License-Identifier: GPL-2.0
/*
 * The columns of the tables of queues and ports.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "bar.h"
#include "columns.h"
#include "units.h"

/* --- cells ----------------------------------------------------------------- */

static void print_index(char *text, size_t size, unsigned int width,
			const void *field)
{
	(void)width;
	snprintf(text, size, "%u", *(const unsigned int *)field);
}

static void print_word(char *text, size_t size, unsigned int width,
		       const void *field)
{
	snprintf(text, size, "%.*s", (int)width, (const char *)field);
}

static void print_number(char *text, size_t size, unsigned int width,
			 const void *field)
{
	(void)width;
	snprintf(text, size, "%llu", *(const unsigned long long *)field);
}

/* In full. */
static void print_rate(char *text, size_t size, unsigned int width,
		       const void *field)
{
	(void)width;
	snprintf(text, size, "%.1f", *(const double *)field);
}

static void print_count(char *text, size_t size, unsigned int width,
			const void *field)
{
	(void)width;
	units_count(text, size, *(const double *)field);
}

static void print_time(char *text, size_t size, unsigned int width,
		       const void *field)
{
	(void)width;
	units_time(text, size, *(const double *)field);
}

/* What has not begun has no age. */
static void print_age(char *text, size_t size, unsigned int width,
		      const void *field)
{
	unsigned long long age = *(const unsigned long long *)field;

	(void)width;
	units_time(text, size, age ? (double)age : NAN);
}

static void print_role(char *text, size_t size, unsigned int width,
		       const void *field)
{
	(void)width;
	snprintf(text, size, "%s", *(const bool *)field ? "in" : "out");
}

static void print_depth(char *text, size_t size, unsigned int width,
			const void *field)
{
	const struct queue *queue = field;

	(void)width;
	snprintf(text, size, "%llu/%llu", queue->depth, queue->size);
}

/* Leaves out the size if there is no room for both numbers. */
static void print_bar(char *text, size_t size, unsigned int width,
		      const void *field)
{
	const struct queue *queue = field;
	char depth[8], of[8], label[20];

	units_count(depth, sizeof(depth), queue->depth);
	units_count(of, sizeof(of), queue->size);
	if (strlen(depth) + strlen(of) + 3 <= width)
		snprintf(label, sizeof(label), "%s/%s", depth, of);
	else
		snprintf(label, sizeof(label), "%s", depth);
	bar_print(text, size, width, (double)queue->depth / queue->size, label);
}

static void print_history(char *text, size_t size, unsigned int width,
			  const void *field)
{
	bar_history(text, size, width, *(const struct depths *const *)field);
}

/* --- tables ---------------------------------------------------------------- */

#define QUEUE(field)	offsetof(struct look_queue, field)
#define PORT(field)	offsetof(struct port, field)

static const struct column stat_columns[] = {
	{ "QUEUE", 5, 0, 0, 1, QUEUE(now.index), print_index },
	{ "PUT/s", 13, 0, 0, 2, QUEUE(put), print_rate },
	{ "GOT/s", 13, 0, 0, 3, QUEUE(got), print_rate },
	{ "DROPPED/s", 13, 0, 0, 4, QUEUE(dropped), print_rate },
	{ "DEPTH", 15, 0, 0, 5, QUEUE(now), print_depth },
	{ "PRODUCERS", 9, 0, 0, 6, QUEUE(now.producers), print_number },
	{ "CONSUMERS", 9, 0, 0, 7, QUEUE(now.consumers), print_number },
};

static const struct column once_columns[] = {
	{ "QUEUE", 5, 0, 0, 1, QUEUE(now.index), print_index },
	{ "ENGINE", 9, 0, 1, 2, QUEUE(now.engine), print_word },
	{ "OVERFLOW", 11, 0, 1, 3, QUEUE(now.overflow), print_word },
	{ "DEPTH", 15, 0, 0, 4, QUEUE(now), print_depth },
	{ "PUT/s", 6, 0, 0, 5, QUEUE(put), print_count },
	{ "ASKED", 6, 0, 0, 6, QUEUE(put_asked), print_count },
	{ "GOT/s", 6, 0, 0, 7, QUEUE(got), print_count },
	{ "ASKED", 6, 0, 0, 8, QUEUE(got_asked), print_count },
	{ "DROP/s", 6, 0, 0, 9, QUEUE(dropped), print_count },
	{ "P50", 5, 0, 0, 10, QUEUE(waits.p50), print_time },
	{ "P99", 5, 0, 0, 11, QUEUE(waits.p99), print_time },
	{ "MAX", 5, 0, 0, 12, QUEUE(waits.max), print_time },
	{ "OLDEST", 6, 0, 0, 13, QUEUE(now.oldest_age), print_age },
	{ "PRODUCERS", 9, 0, 0, 14, QUEUE(now.producers), print_number },
	{ "CONSUMERS", 9, 0, 0, 15, QUEUE(now.consumers), print_number },
};

static const struct column screen_columns[] = {
	{ "Q", 2, 0, 0, 1, QUEUE(now.index), print_index },
	{ "ENGINE", 9, 0, 1, 15, QUEUE(now.engine), print_word },
	{ "OVERFLOW", 11, 0, 1, 16, QUEUE(now.overflow), print_word },
	{ "DEPTH", 12, 24, 1, 2, QUEUE(now), print_bar },
	{ "HISTORY", 10, DEPTHS_MAX, 0, 14, QUEUE(depths), print_history },
	{ "PUT/s", 5, 0, 0, 3, QUEUE(put), print_count },
	{ "ASKED", 5, 0, 0, 7, QUEUE(put_asked), print_count },
	{ "GOT/s", 5, 0, 0, 4, QUEUE(got), print_count },
	{ "ASKED", 5, 0, 0, 8, QUEUE(got_asked), print_count },
	{ "DROP/s", 6, 0, 0, 9, QUEUE(dropped), print_count },
	{ "P50", 5, 0, 0, 11, QUEUE(waits.p50), print_time },
	{ "P99", 5, 0, 0, 5, QUEUE(waits.p99), print_time },
	{ "MAX", 5, 0, 0, 12, QUEUE(waits.max), print_time },
	{ "OLDEST", 6, 0, 0, 10, QUEUE(now.oldest_age), print_age },
	{ "WP", 3, 0, 0, 6, QUEUE(now.producers), print_number },
	{ "WC", 3, 0, 0, 13, QUEUE(now.consumers), print_number },
};

static const struct column port_columns[] = {
	{ "PORT", 14, PORT_NAME_LEN, 1, 1, PORT(name), print_word },
	{ "Q", 2, 0, 0, 8, PORT(queue), print_index },
	{ "WAY", 3, 0, 1, 7, PORT(producer), print_role },
	{ "CONTEXT", 7, 0, 1, 5, PORT(context), print_word },
	{ "CPU", 3, 0, 0, 9, PORT(cpu), print_word },
	{ "ASKED/s", 7, 0, 0, 3, PORT(rate), print_count },
	{ "GOT/s", 7, 0, 0, 2, PORT(moving), print_count },
	{ "MOVED", 12, 0, 0, 6, PORT(moved), print_number },
	{ "WAITING", 7, 0, 0, 4, PORT(waiting), print_age },
};

struct table columns_stat = {
	.columns = stat_columns,
	.n = sizeof(stat_columns) / sizeof(*stat_columns),
};

struct table columns_once = {
	.columns = once_columns,
	.n = sizeof(once_columns) / sizeof(*once_columns),
};

struct table columns_screen = {
	.columns = screen_columns,
	.n = sizeof(screen_columns) / sizeof(*screen_columns),
};

struct table columns_ports = {
	.columns = port_columns,
	.n = sizeof(port_columns) / sizeof(*port_columns),
};
