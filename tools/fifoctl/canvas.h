/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CANVAS_H
#define _CANVAS_H

#include "table.h"

/* The most rows of a screen that are used. */
#define CANVAS_ROWS_MAX	512

/**
 * struct canvas - what is to be on the screen
 * @rows: how many rows it has
 * @columns: how many columns
 * @lines: the text of each row, with the styles of style.h
 */
struct canvas {
	unsigned int rows, columns;
	char lines[CANVAS_ROWS_MAX][TABLE_LINE_MAX];
};

void canvas_clear(struct canvas *canvas, unsigned int rows,
		  unsigned int columns);
__attribute__((format(printf, 3, 4)))
void canvas_print(struct canvas *canvas, unsigned int row, const char *format,
		  ...);

#endif /* _CANVAS_H */
