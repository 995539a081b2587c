// SPDX-License-Identifier: GPL-2.0
/*
 * How long waits took, as a queue's wait_histogram and its like show it: a line
 * "BOUND COUNT" for each bucket. COUNT includes the shorter waits.
 */
#include <ctype.h>
#include <math.h>
#include "fifoctl.h"
#include "files.h"

/* Of digits alone: a look reads thousands, and strtoull() would take a third of its time. */
static unsigned long long next_number(const char **text)
{
	unsigned long long number = 0;

	for (; isdigit(**text); ++*text)
		number = number * 10 + (**text - '0');
	return number;
}

/* Reads a line "BOUND COUNT", and goes to the next. */
static bool next_line(const char **text, double *bound,
		      unsigned long long *count)
{
	const char *begin = *text;

	*bound = next_number(text);
	if (*text == begin)
		*bound = INFINITY;
	while (**text && **text != ' ')
		++*text;
	if (!**text)
		return false;
	++*text;
	*count = next_number(text);
	*text += **text == '\n';
	return true;
}

/* Leaves it empty if fifo.ko has no such file. */
void histogram_read(struct histogram *histogram, unsigned int queue,
		    const char *name)
{
	char text[4096];
	const char *rest = text;
	unsigned int i = 0;

	files_read(queue, name, text, sizeof(text));
	while (i < HISTOGRAM_BUCKETS &&
	       next_line(&rest, &histogram->bounds[i], &histogram->counts[i]))
		i++;
	histogram->n = i;
}

/* How many waits there were in all. */
unsigned long long histogram_total(const struct histogram *histogram)
{
	return histogram->n ? histogram->counts[histogram->n - 1] : 0;
}

static bool any_lower(const struct histogram *from, const struct histogram *to)
{
	unsigned int i;

	for (i = 0; i < to->n; i++)
		if (to->counts[i] < from->counts[i])
			return true;
	return false;
}

/*
 * What was counted from one to the other. If a count is lower than before, fifo.ko was
 * reloaded, and all of @to is new.
 */
void histogram_difference(struct histogram *difference,
			  const struct histogram *from,
			  const struct histogram *to)
{
	unsigned int i;

	*difference = *to;
	if (from->n != to->n || any_lower(from, to))
		return;
	for (i = 0; i < to->n; i++)
		difference->counts[i] -= from->counts[i];
}

/*
 * The bound, in ns, of the bucket with the wait that @percent of all waits do not exceed:
 * 50 is the median, 100 the longest. NAN if there were none.
 */
double histogram_percentile(const struct histogram *histogram, double percent)
{
	double rank = percent / 100 * histogram_total(histogram);
	unsigned int i;

	for (i = 0; i < histogram->n; i++)
		if (histogram->counts[i] && histogram->counts[i] >= rank)
			return histogram->bounds[i];
	return NAN;
}
