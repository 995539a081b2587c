// SPDX-License-Identifier: GPL-2.0
/*
 * The lanes of a picture: a bar for each port, which shows when it moved items and when it
 * waited.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "plot.h"

/* How finely a bar is drawn, and shares of time. */
#define COLUMNS	200
#define SHARES	16

/* How much of a name. */
#define NAME_SHOWN	20

/* Half of the height of a bar; lanes are 1 apart. */
#define HALF	0.36

/* --- the ports of the queue --------------------------------------------------- */

/* Producers first, then by name, instances by number. */
static int compare(const void *a, const void *b)
{
	const struct lane *one = *(const struct lane *const *)a;
	const struct lane *other = *(const struct lane *const *)b;

	if (one->producer != other->producer)
		return other->producer - one->producer;
	return strverscmp(one->name, other->name);
}

/**
 * struct shown - the lanes of a picture
 * @all: how many ports the queue has
 * @n: how many of them are shown
 * @lanes: those
 */
struct shown {
	unsigned int all;
	unsigned int n;
	const struct lane *lanes[LANES_SHOWN];
};

static unsigned int less(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Returns how many producers to show: both ends have a right to half of the lanes. */
static unsigned int producers_shown(unsigned int producers,
				    unsigned int consumers)
{
	return less(producers,
		    LANES_SHOWN - less(consumers, LANES_SHOWN / 2));
}

static void choose(const struct picture *picture, struct shown *shown)
{
	const struct recording *recording = picture->recording;
	static const struct lane *found[LANES_MAX];
	unsigned int i, n = 0, producers = 0, first, consumers;

	for (i = 0; i < recording->n; i++) {
		if (recording->lanes[i]->queue != picture->queue)
			continue;
		producers += recording->lanes[i]->producer;
		found[n++] = recording->lanes[i];
	}
	qsort(found, n, sizeof(*found), compare);
	first = producers_shown(producers, n - producers);
	consumers = less(n - producers, LANES_SHOWN - first);
	memcpy(shown->lanes, found, first * sizeof(*found));
	memcpy(shown->lanes + first, found + producers,
	       consumers * sizeof(*found));
	shown->all = n;
	shown->n = first + consumers;
}

unsigned int bars_count(const struct picture *picture)
{
	struct shown shown;

	choose(picture, &shown);
	return shown.n;
}

/* --- what a port did in a column ------------------------------------------------ */

/**
 * struct column - a port during some bins
 * @moved: it moved items
 * @waited: the share of the time that it waited
 */
struct column {
	bool moved;
	double waited;
};

static struct column column_of(const struct picture *picture,
			       const struct lane *lane, unsigned int from,
			       unsigned int to)
{
	const struct span *span = &picture->recording->span;
	double end = fmin((double)to * span->width, span->end - span->start);
	double length = fmax(end - (double)from * span->width, 1);
	struct column column = { false, 0 };

	for (; from < to && from < BINS_MAX; from++) {
		column.moved |= lane->moves[from];
		column.waited += lane->waits[from];
	}
	column.waited = round(SHARES * fmin(column.waited / length, 1)) / SHARES;
	return column;
}

static unsigned int step_of(const struct picture *picture, unsigned int columns)
{
	return (picture->recording->span.used + columns - 1) / columns;
}

/* --- drawing -------------------------------------------------------------------- */

/* How high a part of the bar reaches, from its foot, as a share. */
typedef double height_of(struct column column);

static double waited(struct column column)
{
	return column.waited;
}

static double moved(struct column column)
{
	return column.moved ? 1 : 0;
}

/* A point of the outline, at the begin of a bin. */
static void write_point(const struct picture *picture, unsigned int bin,
			double height, FILE *file)
{
	const struct span *span = &picture->recording->span;
	double time = fmin((double)bin * span->width, span->end - span->start);

	fprintf(file, "%.5g %.4g\n", time / picture->unit_ns, height);
}

/* The outline of a part: from its foot along its top, and back to its foot. */
static void write_part(const struct picture *picture, const struct lane *lane,
		       double foot, height_of *share, FILE *file)
{
	unsigned int step = step_of(picture, COLUMNS), i;
	double before = foot, now;

	write_point(picture, 0, foot, file);
	for (i = 0; i < picture->recording->span.used; i += step) {
		now = foot + 2 * HALF * share(column_of(picture, lane, i, i + step));
		if (now != before) {
			write_point(picture, i, before, file);
			write_point(picture, i, now, file);
		}
		before = now;
	}
	write_point(picture, i, before, file);
	write_point(picture, i, foot, file);
	fputs("\n\n", file);
}

/* A long name is shown without its middle: copies of a module differ at the end. */
static void shorten(char *text, const char *name)
{
	size_t len = strlen(name);

	if (len <= NAME_SHOWN)
		strcpy(text, name);
	else
		sprintf(text, "%.*s..%s", NAME_SHOWN / 2 - 2, name,
			name + len - NAME_SHOWN / 2);
}

static void write_name(const struct lane *lane, unsigned int row, FILE *file)
{
	char name[NAME_SHOWN + 1];

	shorten(name, lane->name);
	fputs("set ytics add (", file);
	write_string(name, true, file);
	fprintf(file, " %u)\n", row);
}

static unsigned int percent_waited(const struct picture *picture,
				   const struct lane *lane)
{
	const struct span *span = &picture->recording->span;
	double share = lane->waited / fmax(span->end - span->start, 1);

	return round(100 * fmin(share, 1));
}

static void write_sums(const struct picture *picture, const struct lane *lane,
		       unsigned int row, FILE *file)
{
	fprintf(file, "set label %u '%llu items, waited %u %%' ", 100 + row,
		lane->moved, percent_waited(picture, lane));
	fprintf(file, "at graph 1.02, first %u left\n", row);
}

static void write_bars(const struct picture *picture,
		       const struct shown *shown, FILE *file)
{
	unsigned int i;

	fputs("$bars << EOD\n", file);
	for (i = 0; i < shown->n; i++) {
		write_part(picture, shown->lanes[i], shown->n - i - HALF, moved,
			   file);
		write_part(picture, shown->lanes[i], shown->n - i - HALF, waited,
			   file);
	}
	/* Without a port there is a bar that shows nothing: gnuplot wants one. */
	if (!shown->n)
		fputs("0 1\n\n\n0 1\n", file);
	fputs("EOD\n", file);
}

void bars(const struct picture *picture, FILE *file)
{
	struct shown shown;
	unsigned int i;

	choose(picture, &shown);
	write_bars(picture, &shown, file);
	fprintf(file, "set ytics (%s)\n", shown.n ? "" : "'none' 1");
	for (i = 0; i < shown.n; i++) {
		write_name(shown.lanes[i], shown.n - i, file);
		write_sums(picture, shown.lanes[i], shown.n - i, file);
	}
	fprintf(file, "rows = %u\nmore = %u\n", shown.n ? shown.n : 1,
		shown.all - shown.n);
}

static void write_text(const struct picture *picture, const struct lane *lane,
		       unsigned int columns, FILE *file)
{
	unsigned int step = step_of(picture, columns), i;
	char name[NAME_SHOWN + 1];
	struct column column;

	shorten(name, lane->name);
	fprintf(file, "%*s ", NAME_SHOWN, name);
	for (i = 0; i < picture->recording->span.used; i += step) {
		column = column_of(picture, lane, i, i + step);
		fputc(column.waited > 0.5 ? '-' : column.moved ? '#' : '.',
		      file);
	}
	fprintf(file, " %llu items, waited %u %%\n", lane->moved,
		percent_waited(picture, lane));
}

/* As text a bar is a string. */
void bars_as_text(const struct picture *picture, FILE *file)
{
	unsigned int columns = picture->columns > 70 ? picture->columns - 50 : 20;
	struct shown shown;
	unsigned int i;

	choose(picture, &shown);
	fputs("Ports: # moves items, - waits for most of the time, . neither\n",
	      file);
	for (i = 0; i < shown.n; i++)
		write_text(picture, shown.lanes[i], columns, file);
	if (shown.all > shown.n)
		fprintf(file, "%*s and %u more\n", NAME_SHOWN, "",
			shown.all - shown.n);
}
