// SPDX-License-Identifier: GPL-2.0
/*
 * What fifoctl plot keeps of a recording, against the same counted exactly: whatever the
 * length, the bins have all items and all waits, and percentiles are right to a bucket.
 * Prints what is wrong.
 */
#include <stdio.h>
#include "lanes.c"
#include "recording.c"
#include "span.c"
#include "distribution.c"
#include "text.c"

#define ITEMS	20000

static int failed;

static void expect(bool right, const char *what)
{
	if (right)
		return;
	printf("%s\n", what);
	failed = 1;
}

/* --- what the parts call --------------------------------------------------- */

/* The time between two items of the recording that is made up. */
static unsigned long long step;
/* By item. */
static unsigned long long waits[ITEMS];

/* Each third item is one that a full queue drops. The consumer waits for each tenth. */
static void make_item(unsigned int i, event_handler *handle, void *data)
{
	struct event event = {
		.time = 1000000 + i * step, .depth = i % 7, .wait = waits[i],
		.port = "producer[0]", .newest = true,
	};

	event.type = i % 3 ? EVENT_PUT : EVENT_DROP;
	handle(&event, data);
	event.port = "consumer[0]";
	event.type = EVENT_GET;
	handle(&event, data);
	event.type = EVENT_WAIT;
	event.wait = step / 2;
	if (i % 10 == 0 && i)
		handle(&event, data);
}

void events_read(const char *file, event_handler *handler, void *data,
		 struct losses *losses)
{
	struct event note = {
		.type = EVENT_TEXT, .text = file, .time = 1000000,
	};
	unsigned int i;

	*losses = (struct losses){ 0 };
	handler(&note, data);
	for (i = 0; i < ITEMS; i++)
		make_item(i, handler, data);
}

/* A note of size 9, or of somebody else. */
void note_parse(struct note *note, const char *text)
{
	*note = (struct note){ .type = *text ? NOTE_QUEUE : NOTE_NONE, .size = 9 };
}

/* --- tests ----------------------------------------------------------------- */

static unsigned long long sum_of(const struct tube *tube, int what)
{
	unsigned long long sum = 0;
	unsigned int i;

	for (i = 0; i < BINS_MAX; i++)
		sum += tube->bins[i].counts[what];
	return sum;
}

static void check_bins(const struct recording *recording)
{
	const struct span *span = &recording->span;
	const struct tube *tube = recording->tubes[0];
	double length = span->end - span->start;
	unsigned int i;

	expect(length == (double)(ITEMS - 1) * step, "the span is wrong");
	expect(span->used <= BINS_MAX && span->used * (double)span->width > length &&
	       (span->used - 1) * (double)span->width <= length,
	       "the bins do not fit the span");
	expect(span->width == NARROW_NS || span->used >= BINS_MAX / 2,
	       "the bins are too wide");
	expect(sum_of(tube, PUT) == ITEMS && tube->counts[PUT] == ITEMS &&
	       sum_of(tube, GOT) == ITEMS && tube->counts[GOT] == ITEMS,
	       "items are missing");
	expect(sum_of(tube, DROPPED) == (ITEMS + 2) / 3 &&
	       tube->counts[DROPPED] == (ITEMS + 2) / 3, "drops are missing");
	for (i = 0; i < span->used; i++)
		expect(tube->bins[i].most <= 6 && tube->bins[i].least <= tube->bins[i].most &&
		       tube->bins[i].last <= tube->bins[i].most &&
		       tube->bins[i].sum <= 6.0 * tube->bins[i].n, "a depth is wrong");
	expect(tube->size == 9, "the note is missing");
}

static void check_lanes(const struct recording *recording)
{
	const double waited = (ITEMS / 10 - 1) * (double)(step / 2);
	unsigned long long moves = 0;
	double sum = 0;
	unsigned int i;

	expect(recording->n == 2, "there are not two ports");
	for (i = 0; i < BINS_MAX; i++) {
		moves += recording->lanes[0]->moves[i];
		sum += recording->lanes[1]->waits[i];
	}
	expect(moves == ITEMS && recording->lanes[0]->moved == ITEMS,
	       "moves are missing");
	expect(recording->lanes[1]->waited == waited, "waits are missing");
	expect(fabs(sum - waited) <= waited / 1000, "waits are missing from the bins");
}

static int compare(const void *a, const void *b)
{
	const unsigned long long *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

static void check_percentiles(const struct recording *recording)
{
	static const double percents[] = { 1, 50, 90, 99, 99.9, 100 };
	const struct distribution *kept = &recording->tubes[0]->waits;
	double right, got;
	unsigned int i;

	qsort(waits, ITEMS, sizeof(*waits), compare);
	for (i = 0; i < sizeof(percents) / sizeof(*percents); i++) {
		right = waits[(int)ceil(ITEMS * percents[i] / 100) - 1];
		got = distribution_percentile(kept, percents[i]);
		expect(got >= right && got <= right * exp2(1.001 / DISTRIBUTION_FINE),
		       "a percentile is wrong");
	}
	expect(kept->longest == waits[ITEMS - 1], "the longest wait is wrong");
}

static void check(unsigned long long time_between)
{
	struct recording *recording = calloc(1, sizeof(*recording));
	unsigned int i;

	step = time_between;
	for (i = 0; i < ITEMS; i++)
		waits[i] = 100 + exp2(i * 7919 % ITEMS * 30.0 / ITEMS);
	recording_read(recording, "note");
	check_bins(recording);
	check_lanes(recording);
	check_percentiles(recording);
}

int main(void)
{
	check(10);
	check(1000);
	check(123457);
	check(1000000000);
	return failed;
}
