// SPDX-License-Identifier: GPL-2.0
/*
 * What plot keeps of a file. It reads the file once.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include "notes.h"
#include "plot.h"

static struct tube *tube_of(struct recording *recording, unsigned int queue)
{
	struct tube **tube;

	if (queue >= TUBES_MAX)
		errx(FAILED, "the file has a queue %u, which fifo.ko never has",
		     queue);
	tube = &recording->tubes[queue];
	if (!*tube)
		*tube = calloc(1, sizeof(**tube));
	if (!*tube)
		err(FAILED, NULL);
	return *tube;
}

static void count(struct tube *tube, struct bin *bin, int what)
{
	tube->counts[what]++;
	bin->counts[what]++;
}

static void tell_depth(struct bin *bin, unsigned int depth)
{
	const struct bin told = {
		.n = 1, .least = depth, .most = depth, .sum = depth, .last = depth,
	};

	bin_add(bin, &told);
}

/* An item that is put, got or dropped. One that was never stored counts as put, too. */
static void handle_item(struct recording *recording, const struct event *event)
{
	struct tube *tube = tube_of(recording, event->queue);
	unsigned int at = span_bin(recording, event->time);
	struct bin *bin = &tube->bins[at];
	struct lane *lane;

	tell_depth(bin, event->depth);
	if (event->type == EVENT_DROP)
		count(tube, bin, DROPPED);
	if (event->type == EVENT_PUT || (event->type == EVENT_DROP && event->newest))
		count(tube, bin, PUT);
	if (event->type == EVENT_GET) {
		count(tube, bin, GOT);
		distribution_add(&tube->waits, event->wait);
	}
	/* The oldest item is dropped by somebody else than its producer. */
	if (event->type == EVENT_DROP && !event->newest)
		return;
	lane = lane_of(recording, event->queue, event->type != EVENT_GET,
		       event->port);
	if (lane) {
		lane->moved++;
		lane->moves[at]++;
	}
}

static void handle_wait(struct recording *recording, const struct event *event)
{
	struct tube *tube = tube_of(recording, event->queue);

	distribution_add(&tube->port_waits[!event->producer], event->wait);
	lane_wait(lane_of(recording, event->queue, event->producer, event->port),
		  recording, event->time, event->wait);
}

static void handle_queue(struct tube *tube, const struct note *note)
{
	strcpy(tube->engine, note->engine);
	strcpy(tube->overflow, note->overflow);
	tube->size = note->size;
	tube->first = note->depth;
}

static void handle_note(struct recording *recording, const struct note *note,
			unsigned long long time)
{
	struct tube *tube = tube_of(recording, note->queue);
	unsigned int at = span_bin(recording, time);
	struct lane *lane;

	if (note->type == NOTE_QUEUE) {
		handle_queue(tube, note);
	} else if (note->type == NOTE_ASKED) {
		memcpy(tube->bins[at].asked, note->asked, sizeof(note->asked));
		tube->bins[at].noted = true;
	} else {
		lane = lane_of(recording, note->queue, note->producer,
			       note->name);
		if (note->waiting)
			lane_wait(lane, recording, time, note->waiting);
	}
}

static void handle(const struct event *event, void *data)
{
	struct recording *recording = data;
	struct note note;

	if (event->type == EVENT_TEXT) {
		note_parse(&note, event->text);
		if (note.type != NOTE_NONE)
			handle_note(recording, &note, event->time);
	} else if (event->type == EVENT_WAIT) {
		handle_wait(recording, event);
	} else {
		handle_item(recording, event);
	}
}

/* Exits if there is nothing to read. */
void recording_read(struct recording *recording, const char *file)
{
	unsigned int i;

	events_read(file, handle, recording, &recording->losses);
	for (i = 0; i < TUBES_MAX; i++)
		if (recording->tubes[i])
			return;
	errx(FAILED, "%s has no events of fifo.ko", file);
}
