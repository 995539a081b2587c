// SPDX-License-Identifier: GPL-2.0
/*
 * The list of a queue's ports: its orders, and the filter.
 */
#include <math.h>
#include <string.h>
#include "view.h"

/* As fifo.ko has them: in the order in which they came. */
static double by_arrival(const void *thing)
{
	(void)thing;
	return 0;
}

static double by_moving(const void *thing)
{
	const struct port *port = thing;

	return isnan(port->moving) ? -1 : port->moving;
}

static double by_waiting(const void *thing)
{
	const struct port *port = thing;

	return port->waiting;
}

static const struct rows_order orders[] = {
	{ "arrival", by_arrival },
	{ "got", by_moving },
	{ "waiting", by_waiting },
};

static bool shown(const void *thing, const void *data)
{
	const struct port *port = thing;
	const struct view *view = data;

	return port->queue == view->queue &&
	       (strstr(port->name, view->filter) ||
		strstr(port->context, view->filter));
}

/* FNV-1a of its name and role. */
static unsigned long id(const void *thing)
{
	const struct port *port = thing;
	unsigned long hash = 2166136261u + port->producer;
	const char *name;

	for (name = port->name; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash | 1;
}

const struct rows_kind rows_ports = {
	.orders = orders,
	.n_orders = sizeof(orders) / sizeof(*orders),
	.size = sizeof(struct port),
	.shown = shown,
	.id = id,
};
