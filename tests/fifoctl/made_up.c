// SPDX-License-Identifier: GPL-2.0
/*
 * Stands in for events.c: fifoctl plot NAME draws events that are made up, of which NAME says
 * more:
 *
 *	hostile		its names and settings have what gnuplot, or a terminal, would obey
 *	percent		a port's name has percent signs
 *	instant		all of it happens at one time
 *	many		ten million items are put and got
 */
#include <string.h>
#include "events.h"

#define ITEMS	100
#define MANY	10000000

static void put(event_handler *handle, void *data, const char *port,
		unsigned long long time)
{
	const struct event event = {
		.type = EVENT_PUT, .time = time, .depth = 1, .port = port,
	};

	handle(&event, data);
}

static void note(event_handler *handle, void *data, const char *text)
{
	const struct event event = {
		.type = EVENT_TEXT, .time = 1000, .text = text,
	};

	handle(&event, data);
}

static void make_many(event_handler *handle, void *data)
{
	struct event event = { .type = EVENT_GET, .port = "consumer[0]" };
	unsigned int i;

	for (i = 0; i < MANY; i++) {
		put(handle, data, "producer[0]", 1000ull * i);
		event.time = 1000ull * i + 500;
		event.wait = 500 + i % 100000;
		handle(&event, data);
	}
}

static void make_hostile(event_handler *handle, void *data)
{
	note(handle, data,
	     "fifoctl: queue=0 engine=';system'>Q'; overflow=`>Q`\x1b$@ size=4 depth=0");
	note(handle, data, "fifoctl: queue=0 consumer=\x1b[7m\xff waiting_ns=1");
	put(handle, data, "\n!>Q\n\x1b[7m", 1000);
	put(handle, data, "';system'>Q';'", 1000);
	put(handle, data, "\"`>Q`\\", 1000);
}

void events_read(const char *file, event_handler *handle, void *data,
		 struct losses *losses)
{
	const char *port = strcmp(file, "percent") ? "producer[0]" : "job-50%-123";
	unsigned int i, step = strcmp(file, "instant") ? 1000000 : 0;

	*losses = (struct losses){ 0 };
	note(handle, data, "fifoctl: queue=0 engine=ring overflow=block size=4 depth=0");
	if (!strcmp(file, "hostile"))
		make_hostile(handle, data);
	if (!strcmp(file, "many")) {
		make_many(handle, data);
		return;
	}
	for (i = 0; i < ITEMS; i++)
		put(handle, data, port, 1000 + i * step);
}
