// SPDX-License-Identifier: GPL-2.0
/*
 * itemcheck: checks that each item that was put was got once and in order.
 *
 * Reads a trace of the events fifo_put, fifo_get and fifo_drop as text, from
 * tracefs or from a copy of it, and follows each queue through it. The trace
 * must begin with empty queues and be in the order of the events (the trace
 * clock "counter" gives that across processors).
 *
 * For each source (one attachment of a producer):
 *	- sequence numbers are put one after another, from 1;
 *	- the item that is got is the oldest of that source in the queue; with
 *	  --ahead N, one of the oldest N, and no consumer gets an older one later.
 * For each queue:
 *	- depths are from 0 to the size;
 *	- with --exact, each depth matches the trace so far, and the item that is got
 *	  is the oldest of the queue.
 * At the end the expected number of items is left, and no event was lost.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUEUES		16
#define SOURCES		65536
#define CONSUMERS	64
#define COMPLAINTS	10

/* A queue of numbers. */
struct line {
	uint64_t *all;
	size_t first, end, room;
};

/* @last: for each consumer, the number that it got last. */
struct source {
	uint64_t put;
	struct line in;
	uint64_t last[CONSUMERS];
};

/* @by: the consumer's name, or NULL. */
struct event {
	unsigned int queue, source, depth;
	uint64_t seq;
	const char *by;
};

static struct {
	unsigned int source[SOURCES];
	struct source *of[SOURCES];
	unsigned int n;
} sources;

static struct {
	char *name[CONSUMERS];
	unsigned int n;
} consumers;

/* For --exact: the sources of the items in the queue, oldest first. */
static struct line order[QUEUES];

static unsigned long size = 1048576, left, least_sources, deepest, ahead = 1;
static bool exact;
static unsigned long puts_seen, gets_seen, drops_seen, bad, number;

static void complain(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

static void complain(const char *format, ...)
{
	va_list args;

	if (++bad > COMPLAINTS)
		return;
	va_start(args, format);
	printf("line %lu: ", number);
	vprintf(format, args);
	printf("\n");
	va_end(args);
}

static void die(const char *why)
{
	fprintf(stderr, "itemcheck: %s\n", why);
	exit(2);
}

static size_t line_length(const struct line *line)
{
	return line->end - line->first;
}

static void line_add(struct line *line, uint64_t value)
{
	if (line->end == line->room) {
		line->room = line->room ? 2 * line->room : 64;
		line->all = realloc(line->all,
				    line->room * sizeof(*line->all));
		if (!line->all)
			die("no memory");
	}
	line->all[line->end++] = value;
}

static bool line_has(const struct line *line, uint64_t value)
{
	size_t i;

	for (i = line->first; i < line->end; i++)
		if (line->all[i] == value)
			return true;
	return false;
}

/* Removes the first entry of this value, so that one fault is reported once. */
static void line_remove(struct line *line, uint64_t value)
{
	size_t i = line->first;

	while (i < line->end && line->all[i] != value)
		i++;
	if (i == line->end)
		return;
	memmove(&line->all[line->first + 1], &line->all[line->first],
		(i - line->first) * sizeof(*line->all));
	line->first++;
}

/* Only the youngest few sources are in use at a time: search from the end. */
static struct source *source_find(unsigned int source)
{
	unsigned int i;

	for (i = sources.n; i-- > 0;)
		if (sources.source[i] == source)
			return sources.of[i];
	return NULL;
}

static struct source *source_add(unsigned int source)
{
	if (sources.n == SOURCES)
		die("too many sources");
	sources.source[sources.n] = source;
	sources.of[sources.n] = calloc(1, sizeof(struct source));
	if (!sources.of[sources.n])
		die("no memory");
	return sources.of[sources.n++];
}

static unsigned int consumer_index(const char *name)
{
	unsigned int i;

	for (i = 0; i < consumers.n; i++)
		if (!strcmp(consumers.name[i], name))
			return i;
	if (i == CONSUMERS)
		die("too many consumers");
	consumers.name[i] = strdup(name);
	consumers.n++;
	return i;
}

static void check_depth(const struct event *event)
{
	if (event->depth > size)
		complain("queue %u: depth %u of %lu", event->queue,
			 event->depth, size);
	if (event->depth > deepest)
		deepest = event->depth;
	if (exact && event->depth != line_length(&order[event->queue]))
		complain("queue %u: depth %u, and the trace has %zu items",
			 event->queue, event->depth,
			 line_length(&order[event->queue]));
}

/* Checks the next number of a source: an item that is put, or dropped at once. */
static struct source *new_item(const struct event *event)
{
	struct source *source = source_find(event->source);

	if (!source)
		source = source_add(event->source);
	if (event->seq != source->put + 1)
		complain("source %u: put seq %llu after %llu", event->source,
			 (unsigned long long)event->seq,
			 (unsigned long long)source->put);
	source->put = event->seq;
	return source;
}

static void item_in(const struct event *event)
{
	struct source *source = new_item(event);

	line_add(&source->in, event->seq);
	line_add(&order[event->queue], event->source);
	check_depth(event);
}

/* A consumer gets the items of a source in order, whatever others get. */
static void check_consumer(struct source *source, const struct event *event)
{
	uint64_t *last;

	if (!event->by)
		return;
	last = &source->last[consumer_index(event->by)];
	if (event->seq <= *last)
		complain("source %u: %s got seq %llu after %llu", event->source,
			 event->by, (unsigned long long)event->seq,
			 (unsigned long long)*last);
	*last = event->seq;
}

static void item_out(const struct event *event)
{
	struct source *source = source_find(event->source);
	struct line *queue = &order[event->queue];
	unsigned long long seq = event->seq;

	if (!source || event->seq > source->put) {
		complain("source %u: seq %llu was never put", event->source,
			 seq);
		return;
	}
	if (!line_has(&source->in, event->seq)) {
		complain("source %u: seq %llu came out twice", event->source,
			 seq);
		return;
	}
	check_consumer(source, event);
	if (source->in.all[source->in.first] + ahead <= event->seq)
		complain("source %u: seq %llu came out before %llu",
			 event->source, seq, (unsigned long long)
			 source->in.all[source->in.first]);
	else if (exact && queue->all[queue->first] != event->source)
		complain("queue %u: an item of source %u came out before one of %llu",
			 event->queue, event->source,
			 (unsigned long long)queue->all[queue->first]);
	line_remove(&source->in, event->seq);
	line_remove(queue, event->source);
	check_depth(event);
}

/* Reads the number behind @name, searched from *at, which moves on. */
static uint64_t field(const char **at, const char *name)
{
	const char *found = strstr(*at, name);

	if (!found) {
		complain("no field %s", name);
		return 0;
	}
	*at = found + strlen(name);
	return strtoull(*at, (char **)at, 10);
}

/* The consumer's name, which ends the line. */
static const char *consumer(char *at)
{
	char *by = strstr(at, " by=");

	if (!by)
		return NULL;
	by[strcspn(by, "\n")] = '\0';
	return by + strlen(" by=");
}

static struct event event_read(char *text)
{
	struct event event = { .by = consumer(text) };
	const char *at = text;

	event.queue = field(&at, " queue=");
	event.source = field(&at, " source=");
	event.seq = field(&at, " seq=");
	event.depth = field(&at, " depth=");
	if (event.queue >= QUEUES)
		die("a queue that cannot be");
	return event;
}

static void check_event(const char *name, char *rest)
{
	struct event event = event_read(rest);

	if (!strncmp(name, "fifo_put:", 9)) {
		puts_seen++;
		item_in(&event);
	} else if (!strncmp(name, "fifo_get:", 9)) {
		gets_seen++;
		item_out(&event);
	} else if (strstr(rest, " dropped=newest")) {
		drops_seen++;
		new_item(&event);
	} else {
		drops_seen++;
		item_out(&event);
	}
}

static bool is_event(const char *at)
{
	return !strncmp(at, "fifo_put:", 9) || !strncmp(at, "fifo_get:", 9) ||
		!strncmp(at, "fifo_drop:", 10);
}

/* The head of a trace says whether its oldest events were overwritten. */
static void check_head(const char *line)
{
	unsigned long in_buffer, written;

	if (sscanf(line, "# entries-in-buffer/entries-written: %lu/%lu",
		   &in_buffer, &written) == 2 && in_buffer != written)
		complain("%lu events were lost", written - in_buffer);
}

static void check_line(char *line)
{
	char *at = strstr(line, "fifo_");

	number++;
	if (line[0] == '#')
		check_head(line);
	else if (strstr(line, " LOST ") || strstr(line, "[LOST "))
		complain("%s", line);
	else if (at && is_event(at))
		check_event(at, strchr(at, ':'));
}

static void check_end(void)
{
	unsigned long still = 0;
	unsigned int i;

	for (i = 0; i < sources.n; i++)
		still += line_length(&sources.of[i]->in);
	if (still != left)
		complain("%lu items are left, not %lu", still, left);
	if (sources.n < least_sources)
		complain("%u sources, not %lu or more", sources.n,
			 least_sources);
	if (!puts_seen)
		complain("no fifo_put at all");
	printf("put=%lu got=%lu dropped=%lu left=%lu sources=%u deepest=%lu\n",
	       puts_seen, gets_seen, drops_seen, still, sources.n, deepest);
	if (bad)
		printf("%lu faults\n", bad);
}

static void usage(void)
{
	fprintf(stderr,
		"usage: itemcheck [option]... <trace\n"
		"  --size N     items that fit in each queue\n"
		"  --left N     items that are left in the end (0)\n"
		"  --sources N  there must be so many sources, or more\n"
		"  --ahead N    an item comes out when it is one of the N oldest of its source (1)\n"
		"  --exact      the trace is in the order of the queue itself\n");
	exit(2);
}

static void options(int argc, char **argv)
{
	static const struct option known[] = {
		{ "size", required_argument, NULL, 's' },
		{ "left", required_argument, NULL, 'l' },
		{ "sources", required_argument, NULL, 'n' },
		{ "ahead", required_argument, NULL, 'a' },
		{ "exact", no_argument, NULL, 'e' },
		{ }
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == 's')
			size = strtoul(optarg, NULL, 10);
		else if (option == 'l')
			left = strtoul(optarg, NULL, 10);
		else if (option == 'n')
			least_sources = strtoul(optarg, NULL, 10);
		else if (option == 'a')
			ahead = strtoul(optarg, NULL, 10);
		else if (option == 'e')
			exact = true;
		else
			usage();
	}
	if (optind != argc)
		usage();
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t room = 0;

	options(argc, argv);
	while (getline(&line, &room, stdin) > 0)
		check_line(line);
	if (ferror(stdin))
		die("cannot read");
	check_end();
	return bad ? 1 : 0;
}
