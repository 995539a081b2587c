// SPDX-License-Identifier: GPL-2.0
/*
 * What happened between two snapshots: rates, and how long waits took.
 */
#include <err.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "look.h"

/* --- a queue --------------------------------------------------------------- */

static double seconds_between(const struct timespec *from,
			      const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) +
	       (to->tv_nsec - from->tv_nsec) / 1e9;
}

/* A counter that is lower than before has started anew: fifo.ko was reloaded. */
static double rate(unsigned long long from, unsigned long long to,
		   double seconds)
{
	if (seconds <= 0)
		return 0;
	return (to < from ? to : to - from) / seconds;
}

static void look_at_waits(struct waits *waits, const struct histogram *from,
			  const struct histogram *to)
{
	struct histogram between;

	histogram_difference(&between, from, to);
	waits->count = histogram_total(&between);
	waits->p50 = histogram_percentile(&between, 50);
	waits->p99 = histogram_percentile(&between, 99);
	waits->max = histogram_percentile(&between, 100);
}

static void look_at_queue(struct look_queue *queue, const struct queue *from,
			  const struct queue *to, double seconds)
{
	queue->now = *to;
	queue->put = rate(from->put, to->put, seconds);
	queue->got = rate(from->got, to->got, seconds);
	queue->dropped = rate(from->dropped, to->dropped, seconds);
	queue->put_asked = NAN;
	queue->got_asked = NAN;
	look_at_waits(&queue->waits, &from->waits, &to->waits);
	look_at_waits(&queue->producer_waits, &from->producer_waits,
		      &to->producer_waits);
	look_at_waits(&queue->consumer_waits, &from->consumer_waits,
		      &to->consumer_waits);
}

static void note_depth(struct depths *depths, const struct queue *queue)
{
	depths->parts[depths->n++ % DEPTHS_MAX] =
		(float)queue->depth / queue->size;
}

/* A new queue starts from 0. */
static void look_at_queues(struct look *look)
{
	static const struct queue nothing;
	unsigned int i;

	free(look->queues);
	look->queues = calloc(look->to.n + 1, sizeof(*look->queues));
	if (!look->queues)
		err(FAILED, NULL);
	for (i = 0; i < look->to.n; i++) {
		const struct queue *queue = &look->to.queues[i];
		struct depths *depths =
			&look->depths[queue->index % QUEUES_MAX];

		look_at_queue(&look->queues[i], i < look->from.n ?
			      &look->from.queues[i] : &nothing, queue,
			      look->seconds);
		note_depth(depths, queue);
		look->queues[i].depths = depths;
	}
}

/* --- ports ----------------------------------------------------------------- */

static struct look_queue *find_queue(struct look *look, unsigned int index)
{
	unsigned int i;

	for (i = 0; i < look->to.n; i++)
		if (look->queues[i].now.index == index)
			return &look->queues[i];
	return NULL;
}

/* Reads those of the queues that there are. Queues and ports are not read at one time. */
static void read_ports(struct look *look)
{
	struct ports *ports = &look->ports;
	unsigned int i, n = 0;

	ports_read(ports);
	for (i = 0; i < ports->n; i++)
		if (find_queue(look, ports->ports[i].queue))
			ports->ports[n++] = ports->ports[i];
	ports->n = n;
}

static void ask(struct look_queue *queue, const struct port *port)
{
	double *asked = port->producer ? &queue->put_asked : &queue->got_asked;

	*asked = isnan(*asked) ? port->rate : *asked + port->rate;
}

static void look_at_ports(struct look *look)
{
	unsigned int i, hint = 0;
	const struct port *from;

	for (i = 0; i < look->ports.n; i++) {
		struct port *port = &look->ports.ports[i];

		port->moving = NAN;
		if (!port_has_worker(port))
			continue;
		from = ports_find(&look->ports_from, port, hint);
		if (from)
			hint = from - look->ports_from.ports + 1;
		port->moving = rate(from ? from->moved : 0, port->moved,
				    look->seconds);
		ask(find_queue(look, port->queue), port);
	}
}

/* --- looks ----------------------------------------------------------------- */

/* The first snapshot. Exits if there is no such queue. */
void look_begin(struct look *look, unsigned int queue, bool with_ports)
{
	*look = (struct look){ .queue = queue, .with_ports = with_ports };
	snapshot_take(&look->to, queue);
	look_at_queues(look);
	if (with_ports)
		read_ports(look);
	look_at_ports(look);
}

/*
 * The next snapshot, and what happened since the former. Returns false if there is no such
 * queue any more; it may come back.
 */
bool look_again(struct look *look)
{
	snapshot_replace(&look->from, &look->to);
	ports_free(&look->ports_from);
	look->ports_from = look->ports;
	look->ports = (struct ports){ 0 };
	snapshot_try(&look->to, look->queue);
	look->seconds = seconds_between(&look->from.time, &look->to.time);
	look_at_queues(look);
	if (look->with_ports && look->to.n)
		read_ports(look);
	look_at_ports(look);
	if (!look->to.n)
		memset(look->depths, 0, sizeof(look->depths));
	return look->to.n;
}

void look_end(struct look *look)
{
	free(look->queues);
	snapshot_free(&look->from);
	snapshot_free(&look->to);
	ports_free(&look->ports_from);
	ports_free(&look->ports);
}
