// SPDX-License-Identifier: GPL-2.0
/*
 * Notes: what record adds to the tracepoints, for plot. They are lines that go into the
 * trace through the instance's trace_marker, as anybody's do, so that trace-cmd report shows
 * them as well.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <tracefs.h>
#include "fifoctl.h"
#include "notes.h"
#include "record.h"

/* Each note begins so: others may write into an instance, too. */
#define MARK	"fifoctl: "

#define QUEUES_MAX	16

/* By queue: what the last note said. */
static double asked_before[QUEUES_MAX][2];

/* --- writing --------------------------------------------------------------- */

static bool note_queue(struct tracefs_instance *instance,
		       const struct queue *queue)
{
	return tracefs_printf(instance,
			      MARK "queue=%u engine=%s overflow=%s size=%llu depth=%llu",
			      queue->index, queue->engine, queue->overflow,
			      queue->size, queue->depth) >= 0;
}

/* Notes that come before the events. Returns how many were written. */
unsigned int notes_begin(struct tracefs_instance *instance)
{
	struct snapshot snapshot;
	unsigned int i, n = 0;

	for (i = 0; i < QUEUES_MAX * 2; i++)
		asked_before[i / 2][i % 2] = NAN;
	snapshot_take(&snapshot, ALL_QUEUES);
	for (i = 0; i < snapshot.n; i++)
		n += note_queue(instance, &snapshot.queues[i]);
	snapshot_free(&snapshot);
	return n + notes_update(instance);
}

/* Infinity, if one has no limit. A process asks for nothing. */
static void add_rate(double asked[][2], const struct port *port)
{
	double *sum;

	if (port->queue >= QUEUES_MAX || !port_has_worker(port))
		return;
	sum = &asked[port->queue][!port->producer];
	*sum = isnan(*sum) ? port->rate : *sum + port->rate;
}

static bool same_rate(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

/* A note that cannot be written is tried again with the next look. */
static bool note_asked(struct tracefs_instance *instance, unsigned int queue,
		       const double *asked)
{
	double *before = asked_before[queue];

	if (same_rate(asked[0], before[0]) && same_rate(asked[1], before[1]))
		return false;
	if (tracefs_printf(instance, MARK "queue=%u asked put=%.3f get=%.3f",
			   queue, asked[0], asked[1]) < 0)
		return false;
	memcpy(before, asked, sizeof(asked_before[queue]));
	return true;
}

/*
 * Notes the rates that the workers shall have, if they have changed. Without debugfs the
 * file has none. Returns how many notes were written.
 */
unsigned int notes_update(struct tracefs_instance *instance)
{
	double asked[QUEUES_MAX][2];
	struct ports ports;
	unsigned int i, n = 0;

	for (i = 0; i < QUEUES_MAX * 2; i++)
		asked[i / 2][i % 2] = NAN;
	ports_read(&ports);
	for (i = 0; i < ports.n; i++)
		add_rate(asked, &ports.ports[i]);
	ports_free(&ports);
	for (i = 0; i < QUEUES_MAX; i++)
		n += note_asked(instance, i, asked[i]);
	return n;
}

/* Notes the ports: an event tells of a wait only when that is over. */
void notes_end(struct tracefs_instance *instance)
{
	struct ports ports;
	unsigned int i;

	ports_read(&ports);
	for (i = 0; i < ports.n; i++)
		tracefs_printf(instance, MARK "queue=%u %s=%s waiting_ns=%llu",
			       ports.ports[i].queue,
			       ports.ports[i].producer ? "producer" : "consumer",
			       ports.ports[i].name, ports.ports[i].waiting);
	ports_free(&ports);
}

/* --- reading --------------------------------------------------------------- */

/* Is NOTE_NONE if somebody else has written it. */
void note_parse(struct note *note, const char *text)
{
	const char *rest = text + strlen(MARK);
	char role[16];

	*note = (struct note){ 0 };
	if (strncmp(text, MARK, strlen(MARK)))
		return;
	if (sscanf(rest, "queue=%u engine=%15s overflow=%15s size=%u depth=%u",
		   &note->queue, note->engine, note->overflow, &note->size,
		   &note->depth) == 5) {
		note->type = NOTE_QUEUE;
		make_word(note->engine);
		make_word(note->overflow);
	} else if (sscanf(rest, "queue=%u asked put=%lf get=%lf", &note->queue,
			  &note->asked[0], &note->asked[1]) == 3) {
		note->type = NOTE_ASKED;
	} else if (sscanf(rest, "queue=%u %8[a-z]=%63s waiting_ns=%llu",
			  &note->queue, role, note->name,
			  &note->waiting) == 4) {
		note->type = NOTE_PORT;
		note->producer = !strcmp(role, "producer");
	}
}
