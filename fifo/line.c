// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of text. A line is well-formed UTF-8 of at most FIFO_DATA_LEN bytes. It may hold
 * tabs, and end with a CR, but has no other control characters. U+0080 to U+009F count as
 * control characters: a terminal may take one for the start of an escape sequence.
 */
#include <linux/errno.h>
#include <linux/string.h>
#include "line.h"
#include "uapi/fifo.h"

/*
 * Takes the first byte of a character of several bytes. The range of the second byte is
 * smaller if it could make a control character (C2), an overlong form (E0, F0), a
 * surrogate (ED), or a character above U+10FFFF (F4).
 */
static bool take_first(struct fifo_line *line, u8 byte)
{
	if (byte < 0xc2 || byte > 0xf4)
		return false;
	line->more = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
	line->low = 0x80;
	line->high = 0xbf;
	switch (byte) {
	case 0xc2:
	case 0xe0:
		line->low = 0xa0;
		break;
	case 0xed:
		line->high = 0x9f;
		break;
	case 0xf0:
		line->low = 0x90;
		break;
	case 0xf4:
		line->high = 0x8f;
		break;
	}
	return true;
}

static bool take_next(struct fifo_line *line, u8 byte)
{
	if (byte < line->low || byte > line->high)
		return false;
	line->more--;
	line->low = 0x80;
	line->high = 0xbf;
	return true;
}

/* Accepts the next byte of a line, or returns false if no valid line has it there. */
static bool take(struct fifo_line *line, u8 byte)
{
	if (line->cr)
		return false;
	if (line->more)
		return take_next(line, byte);
	if ((byte >= ' ' && byte <= '~') || byte == '\t')
		return true;
	line->cr = byte == '\r';
	return line->cr || take_first(line, byte);
}

/*
 * Ends the line, and begins the next one. Returns 0, -EMSGSIZE if the line is too long, or
 * -EINVAL if it ends inside a character.
 */
int fifo_line_end(struct fifo_line *line)
{
	if (line->len > FIFO_DATA_LEN)
		return -EMSGSIZE;
	if (line->more) {
		line->bad = '\n';
		return -EINVAL;
	}
	memset(line, 0, sizeof(*line));
	return 0;
}

/*
 * Checks the next @len bytes of a line, and of the lines that follow it. A new line is all
 * zeroes. Returns 0, the error of fifo_line_end(), or -EINVAL for a byte that cannot be
 * there. A line that is too long is refused at its end: @line->len is then its length.
 */
int fifo_line_scan(struct fifo_line *line, const char *text, size_t len)
{
	int err;

	for (; len; len--, text++) {
		if (*text == '\n') {
			err = line->len ? fifo_line_end(line) : 0;
			if (err)
				return err;
		} else if (++line->len <= FIFO_DATA_LEN && !take(line, *text)) {
			line->bad = *text;
			return -EINVAL;
		}
	}
	return 0;
}

/* Is this text a whole line, without its newline? */
bool fifo_line_clean(const void *text, size_t len)
{
	struct fifo_line line = {};

	return !memchr(text, '\n', len) && !fifo_line_scan(&line, text, len) &&
	       !fifo_line_end(&line);
}
