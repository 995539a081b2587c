// SPDX-License-Identifier: GPL-2.0
/*
 * Which lines /dev/fifoN accepts and shows unchanged, and what a name may have.
 */
#include <string.h>
#include "fifoctl.h"

static bool continues(const unsigned char *text, unsigned int n)
{
	while (n--)
		if ((*text++ & 0xc0) != 0x80)
			return false;
	return true;
}

/* The length of a character at the beginning of a text of @len bytes, or 0. */
static unsigned int character(const unsigned char *text, size_t len)
{
	/* The first two bytes of a well-formed character are in one of these ranges. */
	static const struct {
		unsigned int least, most, len;
	} forms[] = {
		/* not U+0080 to U+009F, which are control characters */
		{ 0xc2a0, 0xdfbf, 2 },
		{ 0xe0a0, 0xed9f, 3 },
		/* not U+D800 to U+DFFF, which are halves of characters */
		{ 0xee80, 0xefbf, 3 },
		{ 0xf090, 0xf48f, 4 },
	};
	unsigned int i, two;

	if (*text == '\t' || (*text >= ' ' && *text <= '~'))
		return 1;
	if (len < 2)
		return 0;
	two = text[0] << 8 | text[1];
	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (two >= forms[i].least && two <= forms[i].most &&
		    len >= forms[i].len && continues(text + 1, forms[i].len - 1))
			return forms[i].len;
	return 0;
}

/* Is it UTF-8 without control characters, except tabs and a CR at the end? */
bool is_text(const void *bytes, size_t len)
{
	const unsigned char *text = bytes;
	unsigned int n;

	if (len && text[len - 1] == '\r')
		len--;
	for (; len; text += n, len -= n) {
		n = character(text, len);
		if (!n)
			return false;
	}
	return true;
}

/* Makes it one word of visible ASCII, as fifo.ko does with names: a file may have anything. */
void make_word(char *text)
{
	for (; *text; text++)
		if (*text <= ' ' || *text > '~')
			*text = '?';
}
