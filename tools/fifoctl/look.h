/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LOOK_H
#define _LOOK_H

#include "fifoctl.h"
#include "files.h"
#include "ports.h"

/* How many former depths a look remembers. */
#define DEPTHS_MAX	256

/**
 * struct depths - how full a queue was, look by look
 * @n: how many looks it has seen
 * @parts: depth / size; that of look i is at i % DEPTHS_MAX
 */
struct depths {
	unsigned int n;
	float parts[DEPTHS_MAX];
};

/**
 * struct waits - how long waits took that ended between two snapshots
 * @count: how many ended
 * @p50: half of them took at most that many ns; NAN if there were none
 * @p99: so did 99 of 100
 * @max: so did all
 */
struct waits {
	unsigned long long count;
	double p50, p99, max;
};

/**
 * struct look_queue - what happened to a queue between two snapshots
 * @now: the queue at the end
 * @put: items put a second
 * @got: items got a second
 * @dropped: items dropped a second
 * @put_asked: what all producers' workers are to put a second; INFINITY if one has no
 *	limit, NAN if there is none or the ports cannot be read
 * @got_asked: the same of consumers
 * @waits: of the items that were got
 * @producer_waits: of producers, for room
 * @consumer_waits: of consumers, for an item
 * @depths: its former depths
 */
struct look_queue {
	struct queue now;
	double put, got, dropped;
	double put_asked, got_asked;
	struct waits waits, producer_waits, consumer_waits;
	const struct depths *depths;
};

/**
 * struct look - what happened between two snapshots
 * @queue: the queue that it is about, or ALL_QUEUES
 * @with_ports: read the ports, too
 * @seconds: between the snapshots
 * @from: the former snapshot
 * @to: the newer one
 * @ports_from: the ports then
 * @ports: the ports now, of @queue
 * @queues: one for each of @to
 * @depths: of each queue, by its index
 */
struct look {
	unsigned int queue;
	bool with_ports;
	double seconds;
	struct snapshot from, to;
	struct ports ports_from, ports;
	struct look_queue *queues;
	struct depths depths[QUEUES_MAX];
};

void look_begin(struct look *look, unsigned int queue, bool with_ports);
bool look_again(struct look *look);
void look_end(struct look *look);

#endif /* _LOOK_H */
