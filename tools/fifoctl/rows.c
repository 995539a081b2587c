// SPDX-License-Identifier: GPL-2.0
/*
 * A list of things that is filtered and sorted, and of which one is selected. It stays
 * selected wherever it goes.
 */
#include <err.h>
#include <stdlib.h>
#include "fifoctl.h"
#include "rows.h"

static const char *thing_of(const struct rows *rows, unsigned int row,
			    const struct rows_kind *kind, const void *things)
{
	return (const char *)things + rows->all[row].index * kind->size;
}

/* What is equal keeps its order. */
static int compare(const void *first, const void *second)
{
	const struct row *a = first, *b = second;

	if (a->value != b->value)
		return a->value > b->value ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}

static void collect(struct rows *rows, const struct rows_kind *kind,
		    const void *things, unsigned int n, const void *data)
{
	const struct rows_order *order = &kind->orders[rows->sort];
	unsigned int i;

	rows->all = realloc(rows->all, (n + 1) * sizeof(*rows->all));
	if (!rows->all)
		err(FAILED, NULL);
	rows->n = 0;
	for (i = 0; i < n; i++) {
		const char *thing = (const char *)things + i * kind->size;
		double value = order->value(thing);

		if (kind->shown(thing, data))
			rows->all[rows->n++] = (struct row){
				.value = rows->reverse ? -value : value,
				.index = i,
			};
	}
}

/* Selects what was selected, or what is in its place now. */
static void select_again(struct rows *rows, const struct rows_kind *kind,
			 const void *things)
{
	unsigned int i;

	for (i = 0; rows->id && i < rows->n; i++)
		if (kind->id(thing_of(rows, i, kind, things)) == rows->id)
			rows->selected = i;
	rows_move(rows, kind, things, 0);
}

void rows_arrange(struct rows *rows, const struct rows_kind *kind,
		  const void *things, unsigned int n, const void *data)
{
	collect(rows, kind, things, n, data);
	qsort(rows->all, rows->n, sizeof(*rows->all), compare);
	select_again(rows, kind, things);
}

/* Selects another row: @by below, or above if it is negative. */
void rows_move(struct rows *rows, const struct rows_kind *kind,
	       const void *things, int by)
{
	long row = (long)rows->selected + by;

	if (row >= (long)rows->n)
		row = (long)rows->n - 1;
	rows->selected = row < 0 ? 0 : row;
	if (rows->n)
		rows->id = kind->id(thing_of(rows, rows->selected, kind,
					     things));
}

/* Has the selected row among the @height rows that are shown. */
void rows_scroll(struct rows *rows, unsigned int height)
{
	unsigned int last = rows->n > height ? rows->n - height : 0;

	if (rows->first > last)
		rows->first = last;
	if (rows->first > rows->selected)
		rows->first = rows->selected;
	if (height && rows->selected >= rows->first + height)
		rows->first = rows->selected - height + 1;
}

void rows_free(struct rows *rows)
{
	free(rows->all);
	*rows = (struct rows){ 0 };
}
