/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _EVENTS_H
#define _EVENTS_H

#include <stdbool.h>

/* What an event is: one of fifo.ko's tracepoints, or a line that was written into the trace. */
enum event_type { EVENT_PUT, EVENT_GET, EVENT_DROP, EVENT_WAIT, EVENT_TEXT };

#define EVENT_TYPES	(EVENT_TEXT + 1)

/**
 * struct event - an event
 * @type: what it is
 * @time: when, in ns, by the trace's clock
 * @queue: the index of its queue
 * @depth: how many items are in the queue then; not of EVENT_WAIT
 * @newest: of EVENT_DROP: the item was never stored
 * @producer: of EVENT_WAIT: a producer has waited
 * @wait: of EVENT_GET: how long the item was in the queue, in ns; of EVENT_WAIT: how long
 *	the wait was
 * @port: the port's name: of EVENT_PUT and EVENT_DROP the producer's
 * @text: of EVENT_TEXT, which has nothing else
 */
struct event {
	enum event_type type;
	unsigned long long time;
	unsigned int queue;
	unsigned int depth;
	bool newest;
	bool producer;
	unsigned long long wait;
	const char *port;
	const char *text;
};

/**
 * struct losses - events that the file lacks
 * @known: how many, as far as the file tells
 * @unknown: how often it tells that some are missing, but not how many
 */
struct losses {
	unsigned long long known;
	unsigned long long unknown;
};

/* Is called with each event, in the order of their times. */
typedef void event_handler(const struct event *event, void *data);

void events_read(const char *file, event_handler *handle, void *data,
		 struct losses *losses);

#endif /* _EVENTS_H */
