/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_LINE_H
#define _FIFO_LINE_H

#include <linux/types.h>

/**
 * struct fifo_line - how far the check of a line has come
 * @len: its bytes so far
 * @more: bytes that its last character still lacks
 * @low: the lowest value of the next byte of that character
 * @high: the highest value of it
 * @cr: its last byte was a CR, so the line must end now
 * @bad: the byte that was refused, if any
 */
struct fifo_line {
	size_t len;
	u8 more;
	u8 low;
	u8 high;
	bool cr;
	u8 bad;
};

int fifo_line_scan(struct fifo_line *line, const char *text, size_t len);
int fifo_line_end(struct fifo_line *line);
bool fifo_line_clean(const void *text, size_t len);

#endif /* _FIFO_LINE_H */
