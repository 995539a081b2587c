// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include "canvas.h"

void canvas_clear(struct canvas *canvas, unsigned int rows,
		  unsigned int columns)
{
	unsigned int i;

	canvas->rows = rows < CANVAS_ROWS_MAX ? rows : CANVAS_ROWS_MAX;
	canvas->columns = columns;
	for (i = 0; i < canvas->rows; i++)
		canvas->lines[i][0] = '\0';
}

/* What is below or right of its edges is not shown. */
void canvas_print(struct canvas *canvas, unsigned int row, const char *format,
		  ...)
{
	va_list args;

	if (row >= canvas->rows)
		return;
	va_start(args, format);
	vsnprintf(canvas->lines[row], sizeof(canvas->lines[row]), format, args);
	va_end(args);
}
