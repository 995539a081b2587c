// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of text, as wide as there is room.
 */
#include <stdio.h>
#include <string.h>
#include "style.h"
#include "table.h"

/* With the space in front of it. */
static unsigned int taken(const struct table *table)
{
	unsigned int i, sum = 0;

	for (i = 0; i < table->n; i++)
		if (table->widths[i])
			sum += table->widths[i] + (sum > 0);
	return sum;
}

/* The column of the next higher rank, or NULL. */
static const struct column *next_by_rank(const struct table *table,
					 const struct column *before)
{
	const struct column *next = NULL;
	unsigned int i;

	for (i = 0; i < table->n; i++) {
		const struct column *column = &table->columns[i];

		if ((!before || column->rank > before->rank) &&
		    (!next || column->rank < next->rank))
			next = column;
	}
	return next;
}

/* Gives columns that may be wider the room that is left, the one of the lowest rank first. */
static void widen(struct table *table, unsigned int left)
{
	const struct column *column = NULL;
	unsigned int *width, more;

	while (left && (column = next_by_rank(table, column))) {
		width = &table->widths[column - table->columns];
		if (!*width || column->most <= *width)
			continue;
		more = column->most - *width;
		more = more < left ? more : left;
		*width += more;
		left -= more;
	}
}

/* Takes columns by their ranks, as long as they fit. */
void table_fit(struct table *table, unsigned int width)
{
	const struct column *column = NULL;
	unsigned int *last;

	memset(table->widths, 0, sizeof(table->widths));
	while ((column = next_by_rank(table, column))) {
		last = &table->widths[column - table->columns];
		*last = column->width;
		if (taken(table) > width) {
			*last = 0;
			break;
		}
	}
	if (width != NO_EDGE)
		widen(table, width - taken(table));
}

static void append(char line[TABLE_LINE_MAX], const struct column *column,
		   unsigned int width, const char *cell)
{
	unsigned int columns = style_columns(cell);
	int pad = columns < width ? width - columns : 0;
	size_t len = strlen(line);

	snprintf(line + len, TABLE_LINE_MAX - len, "%s%*s%s%*s",
		 len ? " " : "", column->left ? 0 : pad, "", cell,
		 column->left ? pad : 0, "");
}

void table_head(const struct table *table, char line[TABLE_LINE_MAX])
{
	unsigned int i;

	line[0] = '\0';
	for (i = 0; i < table->n; i++)
		if (table->widths[i])
			append(line, &table->columns[i], table->widths[i],
			       table->columns[i].head);
}

void table_row(const struct table *table, char line[TABLE_LINE_MAX],
	       const void *row)
{
	char cell[TABLE_CELL_MAX];
	unsigned int i;

	line[0] = '\0';
	for (i = 0; i < table->n; i++) {
		const struct column *column = &table->columns[i];

		if (!table->widths[i])
			continue;
		column->print(cell, sizeof(cell), table->widths[i],
			      (const char *)row + column->offset);
		append(line, column, table->widths[i], cell);
	}
}

/* Makes columns that may be wider as wide as their widest cell. */
static void fit_row(struct table *table, const char *row)
{
	char cell[TABLE_CELL_MAX];
	unsigned int i, columns;

	for (i = 0; i < table->n; i++) {
		const struct column *column = &table->columns[i];

		if (!column->most)
			continue;
		column->print(cell, sizeof(cell), column->most,
			      row + column->offset);
		columns = style_columns(cell);
		if (columns > table->widths[i])
			table->widths[i] = columns;
	}
}

/* To standard output, with all columns: a line for each of @n rows of @size bytes. */
void table_print(struct table *table, const void *rows, size_t size,
		 unsigned int n, bool with_head)
{
	char line[TABLE_LINE_MAX];
	unsigned int i;

	table_fit(table, NO_EDGE);
	for (i = 0; i < n; i++)
		fit_row(table, (const char *)rows + i * size);
	if (with_head) {
		table_head(table, line);
		puts(line);
	}
	for (i = 0; i < n; i++) {
		table_row(table, line, (const char *)rows + i * size);
		puts(line);
	}
}
