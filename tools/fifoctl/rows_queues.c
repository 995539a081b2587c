// SPDX-License-Identifier: GPL-2.0
/*
 * The list of queues: its orders, and the filter.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "view.h"

static double by_index(const void *thing)
{
	const struct look_queue *queue = thing;

	return -(double)queue->now.index;
}

static double by_depth(const void *thing)
{
	const struct look_queue *queue = thing;

	return (double)queue->now.depth / queue->now.size;
}

static double by_put(const void *thing)
{
	const struct look_queue *queue = thing;

	return queue->put;
}

static double by_got(const void *thing)
{
	const struct look_queue *queue = thing;

	return queue->got;
}

static double by_dropped(const void *thing)
{
	const struct look_queue *queue = thing;

	return queue->dropped;
}

static double by_wait(const void *thing)
{
	const struct look_queue *queue = thing;

	return isnan(queue->waits.p99) ? -1 : queue->waits.p99;
}

static double by_age(const void *thing)
{
	const struct look_queue *queue = thing;

	return queue->now.oldest_age;
}

static double by_waiters(const void *thing)
{
	const struct look_queue *queue = thing;

	return queue->now.producers + queue->now.consumers;
}

static const struct rows_order orders[] = {
	{ "queue", by_index },
	{ "depth", by_depth },
	{ "put", by_put },
	{ "got", by_got },
	{ "dropped", by_dropped },
	{ "p99", by_wait },
	{ "oldest", by_age },
	{ "waiters", by_waiters },
};

static bool shown(const void *thing, const void *data)
{
	const struct queue *queue = &((const struct look_queue *)thing)->now;
	const struct view *view = data;
	char text[64];

	snprintf(text, sizeof(text), "%u %s %s", queue->index, queue->engine,
		 queue->overflow);
	return strstr(text, view->filter);
}

static unsigned long id(const void *thing)
{
	return ((const struct look_queue *)thing)->now.index + 1;
}

const struct rows_kind rows_queues = {
	.orders = orders,
	.n_orders = sizeof(orders) / sizeof(*orders),
	.size = sizeof(struct look_queue),
	.shown = shown,
	.id = id,
};
