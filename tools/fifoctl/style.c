// SPDX-License-Identifier: GPL-2.0
#include "style.h"

bool style_is(char byte)
{
	return byte >= *STYLE_PLAIN && byte <= *STYLE_FULL;
}

/* A number below STYLES. */
unsigned int style_index(const char *style)
{
	return *style - *STYLE_PLAIN;
}

/* How wide a text is on the screen. It is of ASCII and of characters one column wide. */
unsigned int style_columns(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += !style_is(*text) && (*text & 0xc0) != 0x80;
	return n;
}
