/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TABLE_H
#define _TABLE_H

#include <stdbool.h>
#include <stddef.h>

/* Limits: columns of a table, bytes of a line and of a cell. */
#define TABLE_COLUMNS_MAX	20
#define TABLE_LINE_MAX		2048
#define TABLE_CELL_MAX		1024

/**
 * struct column - a column of a table
 * @head: its name
 * @width: its least width
 * @most: it may get this wide, if there is room; 0: no wider
 * @left: align its cells to the left
 * @rank: which columns to keep if not all fit: the lowest
 * @offset: of the field in a row that its cells are about
 * @print: prints a cell, at most @width wide
 */
struct column {
	const char *head;
	unsigned int width;
	unsigned int most;
	bool left;
	unsigned int rank;
	size_t offset;
	void (*print)(char *text, size_t size, unsigned int width,
		      const void *field);
};

/**
 * struct table - columns, and how wide they are now
 * @columns: they, from left to right
 * @n: how many
 * @widths: of each; 0: it does not fit
 */
struct table {
	const struct column *columns;
	unsigned int n;
	unsigned int widths[TABLE_COLUMNS_MAX];
};

/* Stands for a line without an end. */
#define NO_EDGE		(~0u)

void table_fit(struct table *table, unsigned int width);
void table_head(const struct table *table, char line[TABLE_LINE_MAX]);
void table_row(const struct table *table, char line[TABLE_LINE_MAX],
	       const void *row);
void table_print(struct table *table, const void *rows, size_t size,
		 unsigned int n, bool with_head);

#endif /* _TABLE_H */
