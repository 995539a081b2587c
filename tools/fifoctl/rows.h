/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ROWS_H
#define _ROWS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct row - a row of a list
 * @value: what the list is sorted by; the highest comes first
 * @index: of the thing that it shows
 */
struct row {
	double value;
	unsigned int index;
};

/**
 * struct rows - what a list shows, and what is selected
 * @all: they, in their order
 * @n: how many
 * @selected: the selected row
 * @id: of what is selected, 0 at first
 * @first: the uppermost row on the screen
 * @sort: which order
 * @reverse: the other way round
 */
struct rows {
	struct row *all;
	unsigned int n;
	unsigned int selected;
	unsigned long id;
	unsigned int first;
	unsigned int sort;
	bool reverse;
};

/**
 * struct rows_order - an order
 * @name: its name
 * @value: the value of a thing
 */
struct rows_order {
	const char *name;
	double (*value)(const void *thing);
};

/**
 * struct rows_kind - what a list is of
 * @orders: in which orders it can be
 * @n_orders: how many
 * @size: of a thing in its array
 * @shown: is it to be shown?
 * @id: a number of its own, other than 0, which it keeps from look to look
 */
struct rows_kind {
	const struct rows_order *orders;
	unsigned int n_orders;
	size_t size;
	bool (*shown)(const void *thing, const void *data);
	unsigned long (*id)(const void *thing);
};

void rows_arrange(struct rows *rows, const struct rows_kind *kind,
		  const void *things, unsigned int n, const void *data);
void rows_move(struct rows *rows, const struct rows_kind *kind,
	       const void *things, int by);
void rows_scroll(struct rows *rows, unsigned int height);
void rows_free(struct rows *rows);

#endif /* _ROWS_H */
