// SPDX-License-Identifier: GPL-2.0
/*
 * The curves of a picture: data blocks of gnuplot, and the variables that go with them.
 */
#include <math.h>
#include <string.h>
#include "plot.h"
#include "units.h"

/* The rate is drawn in fewer bins than there are: each shall have some items. */
#define RATE_COLUMNS_MIN	10
#define RATE_COLUMNS_MAX	150
#define RATE_ITEMS		8

/* A line that is this many times higher than the curves would make them flat. */
#define FAR	3

/* --- depth ------------------------------------------------------------------ */

static double at(const struct picture *picture, double bin)
{
	const struct span *span = &picture->recording->span;

	return fmin(bin * span->width, span->end - span->start) /
	       picture->unit_ns;
}

/**
 * struct level - bins in which the depth does not change
 * @from: the first bin
 * @to: the first bin behind them
 * @bin: the depth
 */
struct level {
	unsigned int from, to;
	struct bin bin;
};

static double mean(const struct bin *bin)
{
	return bin->sum / bin->n;
}

static bool same(const struct bin *a, const struct bin *b)
{
	return mean(a) == mean(b) && a->least == b->least && a->most == b->most;
}

static struct bin bin_of_depth(unsigned int depth)
{
	return (struct bin){ .n = 1, .least = depth, .most = depth,
			     .sum = depth, .last = depth };
}

/* A bin without events has the depth that the one before it ended with. */
static unsigned int find_levels(const struct picture *picture,
				struct level *levels)
{
	unsigned int last = picture->tube->first, n = 0, i;
	struct bin bin;

	for (i = 0; i < picture->recording->span.used; i++) {
		bin = picture->tube->bins[i];
		if (!bin.n)
			bin = bin_of_depth(last);
		last = bin.last;
		if (!n || !same(&levels[n - 1].bin, &bin))
			levels[n++] = (struct level){ i, i, bin };
		levels[n - 1].to = i + 1;
	}
	return n;
}

static double least(const struct bin *bin)
{
	return bin->least;
}

static double most(const struct bin *bin)
{
	return bin->most;
}

static void write_point(const struct picture *picture, double bin, double height,
			FILE *file)
{
	fprintf(file, "%.5g %.5g\n", at(picture, bin), height);
}

/* An edge through the levels, from the first to the last or back. */
static void write_edge(const struct picture *picture,
		       const struct level *levels, unsigned int n, bool back,
		       double (*height)(const struct bin *bin), FILE *file)
{
	const struct level *level = levels;
	double now, before = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		level = &levels[back ? n - 1 - i : i];
		now = height(&level->bin);
		if (i && now != before)
			write_point(picture, back ? level->to : level->from,
				    before, file);
		if (!i || now != before)
			write_point(picture, back ? level->to : level->from,
				    now, file);
		before = now;
	}
	write_point(picture, back ? level->from : level->to, before, file);
}

/* The band is an outline. */
void curve_depth(const struct picture *picture, FILE *file)
{
	static struct level levels[BINS_MAX];
	unsigned int n = find_levels(picture, levels), i, top = 1;
	unsigned int size = picture->tube->size;

	fputs("$band << EOD\n", file);
	write_edge(picture, levels, n, false, most, file);
	write_edge(picture, levels, n, true, least, file);
	fputs("EOD\n$depth << EOD\n", file);
	write_edge(picture, levels, n, false, mean, file);
	fputs("EOD\n", file);
	for (i = 0; i < n; i++)
		top = levels[i].bin.most > top ? levels[i].bin.most : top;
	if (size > FAR * top)
		size = 0;
	fprintf(file, "size = %u\ndepth_top = %g\n", size,
		1.1 * (size > top ? size : top));
}

/* --- rates ------------------------------------------------------------------- */

static unsigned int bins_of_column(const struct picture *picture)
{
	const unsigned long long *counts = picture->tube->counts;
	unsigned int used = picture->recording->span.used;
	double columns = fmax(counts[PUT], counts[GOT]) / RATE_ITEMS;

	columns = fmin(fmax(columns, RATE_COLUMNS_MIN), RATE_COLUMNS_MAX);
	return ceil(used / columns);
}

/* Writes a column and adds its greatest rate to @most. The last one may be cut short. */
static void write_rates(const struct picture *picture, unsigned int from,
			unsigned int to, const struct bin *sum, double *most,
			FILE *file)
{
	double length = at(picture, to) - at(picture, from);
	double seconds = length * picture->unit_ns / 1e9, rate;
	unsigned int i;

	if (length < 0.3 * (to - from) * picture->recording->span.width / picture->unit_ns)
		return;
	fprintf(file, "%.5g", at(picture, from));
	for (i = 0; i < COUNTS; i++) {
		rate = sum->counts[i] / seconds;
		*most = fmax(*most, rate);
		fprintf(file, " %.5g", rate);
	}
	fputc('\n', file);
	if (to >= picture->recording->span.used)
		fprintf(file, "%.5g %.5g %.5g %.5g\n", at(picture, to),
			sum->counts[PUT] / seconds, sum->counts[GOT] / seconds,
			sum->counts[DROPPED] / seconds);
}

/* Returns the greatest rate. */
static double write_columns(const struct picture *picture, FILE *file)
{
	unsigned int i, j, step = bins_of_column(picture);
	unsigned int used = picture->recording->span.used, to;
	double most = 0;
	struct bin sum;

	fputs("$rate << EOD\n", file);
	for (i = 0; i < used; i += step) {
		sum = (struct bin){ 0 };
		to = i + step < used ? i + step : used;
		for (j = i; j < to; j++)
			bin_add(&sum, &picture->tube->bins[j]);
		write_rates(picture, i, i + step, &sum, &most, file);
	}
	fputs("EOD\n", file);
	return most;
}

/**
 * struct asked - what the workers of an end were to do
 * @least: the least rate that was noted; NAN if none was
 * @most: the greatest
 */
struct asked {
	double least;
	double most;
};

static void write_asked(const struct picture *picture, struct asked *asked,
			FILE *file)
{
	const double *rates = NULL;
	unsigned int i, end;

	fputs("$asked << EOD\n", file);
	for (i = 0; i < picture->recording->span.used; i++) {
		if (!picture->tube->bins[i].noted)
			continue;
		if (rates)
			fprintf(file, "%.5g %g %g\n", at(picture, i), rates[0], rates[1]);
		rates = picture->tube->bins[i].asked;
		fprintf(file, "%.5g %g %g\n", at(picture, i), rates[0], rates[1]);
		for (end = 0; end < 2; end++) {
			asked[end].least = fmin(asked[end].least, rates[end]);
			asked[end].most = fmax(asked[end].most, rates[end]);
		}
	}
	if (rates)
		fprintf(file, "%.5g %g %g\n", at(picture, i), rates[0], rates[1]);
	else
		fputs("0 0 0\n", file);
	fputs("EOD\n", file);
}

/* The legend of an end: what was asked of it, and whether there is a line for that. */
static void write_legend(const char *end, const struct asked *asked, double most,
			 FILE *file)
{
	char least[16], greatest[16];
	bool line = isfinite(asked->most) && asked->most <= FAR * most;

	fprintf(file, "%s_line = %d\n%s_asked = '", end, line, end);
	units_count(least, sizeof(least), asked->least);
	units_count(greatest, sizeof(greatest), asked->most);
	if (isnan(asked->most))
		fputs("'\n", file);
	else if (asked->least == asked->most)
		fprintf(file, ", asked: %s%s'\n", greatest,
			isinf(asked->most) ? "" : "/s");
	else
		fprintf(file, ", asked: %s to %s'\n", least, greatest);
}

void curve_rate(const struct picture *picture, FILE *file)
{
	struct asked asked[2] = { { NAN, NAN }, { NAN, NAN } };
	double most = write_columns(picture, file), top = most;
	unsigned int end;

	write_asked(picture, asked, file);
	write_legend("put", &asked[0], most, file);
	write_legend("got", &asked[1], most, file);
	for (end = 0; end < 2; end++)
		if (asked[end].most <= FAR * most)
			top = fmax(top, asked[end].most);
	fprintf(file, "rate_top = %g\ndrops = %d\n", top ? 1.1 * top : 1,
		picture->tube->counts[DROPPED] > 0);
}

/* --- waits ------------------------------------------------------------------- */

static void write_waits(const struct distribution *waits, FILE *file)
{
	unsigned long long n = 0;
	unsigned int i;

	for (i = 0; i < DISTRIBUTION_BUCKETS && n < waits->n; i++) {
		if (!waits->counts[i])
			continue;
		if (!n)
			fprintf(file, "%.4g 0\n", distribution_bound(i) / 1e9);
		n += waits->counts[i];
		fprintf(file, "%.4g %.4g\n", distribution_bound(i) / 1e9,
			100.0 * n / waits->n);
	}
	fputs("\n\n", file);
}

/* The legend, and a line about how long. */
static void write_percentiles(const char *what, const struct distribution *waits,
			      unsigned int curve, FILE *file)
{
	char half[16], most_of_them[16], longest[16], n[16];

	units_count(n, sizeof(n), waits->n);
	units_time(half, sizeof(half), distribution_percentile(waits, 50));
	units_time(most_of_them, sizeof(most_of_them),
		   distribution_percentile(waits, 99));
	units_time(longest, sizeof(longest), waits->longest);
	fprintf(file, "wait_title[%u] = '%s (%s)'\n", curve, what, n);
	fprintf(file, "wait_text[%u] = '50 %% within %s, 99 %% %s, all %s'\n",
		curve, half, most_of_them, longest);
}

/* A curve for each of the three that there are waits of, and its number among them. */
void curve_wait(const struct picture *picture, FILE *file)
{
	static const char *const what[] = {
		"items in the queue", "producers for room", "consumers for an item",
	};
	const struct distribution *waits[] = {
		&picture->tube->waits, &picture->tube->port_waits[0],
		&picture->tube->port_waits[1],
	};
	unsigned int i, n = 0;

	fputs("$waits << EOD\n", file);
	for (i = 0; i < 3; i++)
		if (waits[i]->n)
			write_waits(waits[i], file);
	fputs("EOD\narray wait_title[3]\narray wait_text[3]\narray wait_kind[3]\n",
	      file);
	for (i = 0; i < 3; i++) {
		if (!waits[i]->n)
			continue;
		write_percentiles(what[i], waits[i], ++n, file);
		fprintf(file, "wait_kind[%u] = %u\n", n, i + 1);
	}
	fprintf(file, "curves = %u\n", n);
}
