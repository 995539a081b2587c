/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How text on the screen looks: a byte in it switches the style of what follows. No other
 * text has such bytes.
 */
#ifndef _STYLE_H
#define _STYLE_H

#include <stdbool.h>

#define STYLE_PLAIN	"\1"
#define STYLE_TITLE	"\2"
#define STYLE_HEAD	"\3"
#define STYLE_SELECTED	"\4"
#define STYLE_FILLED	"\5"
#define STYLE_FULL	"\6"
#define STYLES		6

bool style_is(char byte);
unsigned int style_index(const char *style);
unsigned int style_columns(const char *text);

#endif /* _STYLE_H */
