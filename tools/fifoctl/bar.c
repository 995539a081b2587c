// SPDX-License-Identifier: GPL-2.0
/*
 * Pictures in a line of text: a bar, and former depths as a sparkline.
 */
#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include "bar.h"
#include "style.h"

#define WIDTH_MAX	256

/*
 * [||||  12/32]: the part of it that is filled, with a label at its right. It can be read
 * without colour.
 */
void bar_print(char *text, size_t size, unsigned int width, double part,
	       const char *label)
{
	unsigned int inner = width < WIDTH_MAX ? width - 2 : WIDTH_MAX - 2;
	unsigned int filled = part * inner + 0.5;
	size_t len = strnlen(label, inner);
	char cells[WIDTH_MAX];

	if (!filled && part > 0)
		filled = 1;
	if (filled > inner)
		filled = inner;
	memset(cells, ' ', inner);
	memset(cells, '|', filled);
	memcpy(cells + inner - len, label, len);
	snprintf(text, size, "[%s%.*s" STYLE_PLAIN "%.*s]",
		 part < 1 ? STYLE_FILLED : STYLE_FULL, (int)filled, cells,
		 (int)(inner - filled), cells + filled);
}

static const char *level(double part)
{
	static const char *const blocks[] = {
		"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"
	};
	static const char *const ascii[] = {
		"_", ".", ":", "-", "=", "+", "*", "#"
	};
	unsigned int i = (part < 1 ? part : 1) * 7 + 0.5;

	return strcmp(nl_langinfo(CODESET), "UTF-8") ? ascii[i] : blocks[i];
}

/* A character for each look, the newest at the right. */
void bar_history(char *text, size_t size, unsigned int width,
		 const struct depths *depths)
{
	unsigned int n = depths->n < DEPTHS_MAX ? depths->n : DEPTHS_MAX;
	size_t len = 0;
	unsigned int i;

	text[0] = '\0';
	for (i = n < width ? n : width; i && len < size; i--)
		len += snprintf(text + len, size - len, "%s",
				level(depths->parts[(depths->n - i) %
						    DEPTHS_MAX]));
}
