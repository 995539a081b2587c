// SPDX-License-Identifier: GPL-2.0
/*
 * The time of the file, in bins. How long it is shows only at its end: the bins begin
 * narrow, and whenever they do not reach, each two become one.
 */
#include <string.h>
#include "plot.h"

/* The first width. */
#define NARROW_NS	1000

/* Adds to a bin the one that follows it. */
void bin_add(struct bin *bin, const struct bin *later)
{
	unsigned int i;

	if (later->n) {
		if (!bin->n || later->least < bin->least)
			bin->least = later->least;
		if (later->most > bin->most)
			bin->most = later->most;
		bin->last = later->last;
		bin->sum += later->sum;
		bin->n += later->n;
	}
	for (i = 0; i < COUNTS; i++)
		bin->counts[i] += later->counts[i];
	if (later->noted) {
		memcpy(bin->asked, later->asked, sizeof(bin->asked));
		bin->noted = true;
	}
}

static void widen_tube(struct tube *tube)
{
	unsigned int i;
	struct bin bin;

	for (i = 0; i < BINS_MAX / 2; i++) {
		bin = tube->bins[2 * i];
		bin_add(&bin, &tube->bins[2 * i + 1]);
		tube->bins[i] = bin;
	}
	memset(tube->bins + BINS_MAX / 2, 0, sizeof(tube->bins) / 2);
}

static void widen_lane(struct lane *lane)
{
	unsigned int i;

	for (i = 0; i < BINS_MAX / 2; i++) {
		lane->moves[i] = lane->moves[2 * i] + lane->moves[2 * i + 1];
		lane->waits[i] = lane->waits[2 * i] + lane->waits[2 * i + 1];
	}
	memset(lane->moves + BINS_MAX / 2, 0, sizeof(lane->moves) / 2);
	memset(lane->waits + BINS_MAX / 2, 0, sizeof(lane->waits) / 2);
}

static void widen(struct recording *recording)
{
	struct span *span = &recording->span;
	unsigned int i;

	for (i = 0; i < TUBES_MAX; i++)
		if (recording->tubes[i])
			widen_tube(recording->tubes[i]);
	for (i = 0; i < recording->n; i++)
		widen_lane(recording->lanes[i]);
	span->width *= 2;
	span->used = (span->used + 1) / 2;
}

/*
 * Returns the bin of a time. The clocks of processors may differ a little: what is before
 * the first event counts as then.
 */
unsigned int span_bin(struct recording *recording, unsigned long long time)
{
	struct span *span = &recording->span;
	unsigned int bin;

	if (!span->width) {
		span->width = NARROW_NS;
		span->start = time;
		span->end = time;
	}
	if (time < span->start)
		time = span->start;
	while ((time - span->start) / span->width >= BINS_MAX)
		widen(recording);
	bin = (time - span->start) / span->width;
	if (bin >= span->used)
		span->used = bin + 1;
	if (time > span->end)
		span->end = time;
	return bin;
}
