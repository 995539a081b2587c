// SPDX-License-Identifier: GPL-2.0
/*
 * Reads a file of trace-cmd, with libtracecmd.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <trace-cmd.h>
#include "events.h"
#include "fifoctl.h"

/**
 * struct kind - where a type of event has what
 * @id: its number in the file, or -1 if the file does not know it
 * @fields: its fields, in the order of enum field_name; NULL if it has no such one
 */
struct kind {
	int id;
	struct tep_format_field *fields[5];
};

enum field_name { QUEUE, DEPTH, WAIT, FLAG, TEXT, FIELDS };

static const struct {
	const char *system, *event, *fields[FIELDS];
} names[EVENT_TYPES] = {
	[EVENT_PUT] = { "fifo", "fifo_put", { "queue", "depth", NULL, NULL, "from" } },
	[EVENT_GET] = { "fifo", "fifo_get", { "queue", "depth", "wait_ns", NULL, "by" } },
	[EVENT_DROP] = { "fifo", "fifo_drop", { "queue", "depth", NULL, "newest", "from" } },
	[EVENT_WAIT] = { "fifo", "fifo_wait", { "queue", NULL, "wait_ns", "producer", "by" } },
	[EVENT_TEXT] = { "ftrace", "print", { NULL, NULL, NULL, NULL, "buf" } },
};

/**
 * struct reader - the file that is being read
 * @tep: what it says about events
 * @kinds: by type of event
 * @handle: is called with each event
 * @data: for it
 * @losses: what the file lacks
 */
struct reader {
	struct tep_handle *tep;
	struct kind kinds[EVENT_TYPES];
	event_handler *handle;
	void *data;
	struct losses *losses;
};

static void find_kind(struct reader *reader, enum event_type type)
{
	struct kind *kind = &reader->kinds[type];
	struct tep_event *event;
	const char *name;
	unsigned int i;

	event = tep_find_event_by_name(reader->tep, names[type].system,
				       names[type].event);
	kind->id = event ? event->id : -1;
	for (i = 0; event && i < FIELDS; i++) {
		name = names[type].fields[i];
		if (name)
			kind->fields[i] = tep_find_field(event, name);
	}
}

/* Returns 0 if there is no such number, or if the record ends before it does. */
static unsigned long long number(const struct kind *kind, enum field_name name,
				 const struct tep_record *record)
{
	struct tep_format_field *field = kind->fields[name];
	unsigned long long value = 0;

	if (!field || (unsigned int)field->offset +
	    (unsigned long long)(unsigned int)field->size > (unsigned int)record->size)
		return 0;
	tep_read_number_field(field, record->data, &value);
	return value;
}

/* Returns "" if there is no text, or if it has no end. */
static const char *text(const struct kind *kind, const struct tep_record *record)
{
	const struct tep_format_field *field = kind->fields[TEXT];
	unsigned int offset;
	const char *start;

	if (!field)
		return "";
	offset = field->offset;
	if (field->flags & TEP_FIELD_IS_DYNAMIC)
		offset = number(kind, TEXT, record) & 0xffff;
	if (offset >= (unsigned int)record->size)
		return "";
	start = (const char *)record->data + offset;
	return memchr(start, 0, record->size - offset) ? start : "";
}

static void count_losses(struct losses *losses, long long missed)
{
	if (missed > 0)
		losses->known += missed;
	else if (missed < 0)
		losses->unknown++;
}

static int handle_record(struct tracecmd_input *input, struct tep_record *record,
			 int cpu, void *data)
{
	struct reader *reader = data;
	int id = tep_data_type(reader->tep, record);
	const struct kind *kind = reader->kinds;
	struct event event = { .time = record->ts };

	(void)input;
	(void)cpu;
	count_losses(reader->losses, record->missed_events);
	while (event.type < EVENT_TYPES && kind->id != id) {
		event.type++;
		kind++;
	}
	if (event.type == EVENT_TYPES)
		return 0;
	event.queue = number(kind, QUEUE, record);
	event.depth = number(kind, DEPTH, record);
	event.wait = number(kind, WAIT, record);
	event.newest = number(kind, FLAG, record);
	event.producer = event.newest;
	event.text = text(kind, record);
	event.port = event.text;
	reader->handle(&event, reader->data);
	return 0;
}

/* Reads the buffers of all instances as one. */
static int read_buffers(struct tracecmd_input *input, struct reader *reader)
{
	int i, n = tracecmd_buffer_instances(input), result;
	struct tracecmd_input **buffers = calloc(n + 1, sizeof(*buffers));

	if (!buffers)
		err(FAILED, NULL);
	buffers[0] = input;
	for (i = 0; i < n; i++) {
		buffers[i + 1] = tracecmd_buffer_instance_handle(input, i);
		if (!buffers[i + 1])
			return -1;
	}
	result = tracecmd_iterate_events_multi(buffers, n + 1, handle_record,
					       reader);
	for (i = 1; i <= n; i++)
		tracecmd_close(buffers[i]);
	free(buffers);
	return result;
}

/* Exits with a reason if @file is not one that it can read. */
static struct tracecmd_input *open_file(const char *file)
{
	struct tracecmd_input *input;

	if (access(file, R_OK))
		err(FAILED, "%s", file);
	/* Else the libraries complain in their own words. */
	tracecmd_set_loglevel(TEP_LOG_NONE);
	tep_set_loglevel(TEP_LOG_NONE);
	input = tracecmd_open(file, TRACECMD_FL_LOAD_NO_PLUGINS);
	if (!input)
		errx(FAILED, "%s is no file of 'fifoctl record' or trace-cmd, or is broken",
		     file);
	return input;
}

/*
 * Reads all events of @file. Exits if the libraries find that it is broken, or if it is from a
 * kernel whose fifo.ko was not recorded. The libraries trust much of a file: one that is
 * damaged, or made to harm, may crash them.
 */
void events_read(const char *file, event_handler *handle, void *data,
		 struct losses *losses)
{
	struct tracecmd_input *input = open_file(file);
	struct reader reader = {
		.tep = tracecmd_get_tep(input),
		.handle = handle, .data = data, .losses = losses,
	};
	enum event_type type;

	*losses = (struct losses){ 0 };
	for (type = 0; type < EVENT_TYPES; type++)
		find_kind(&reader, type);
	if (reader.kinds[EVENT_PUT].id < 0)
		errx(FAILED, "%s has no events of fifo.ko", file);
	if (read_buffers(input, &reader))
		errx(FAILED, "%s is broken", file);
	tracecmd_close(input);
}
