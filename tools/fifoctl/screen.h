/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SCREEN_H
#define _SCREEN_H

#include "canvas.h"

/* screen.c */
void screen_begin(void);
void screen_end(void);
void screen_size(unsigned int *rows, unsigned int *columns);
void screen_draw(const struct canvas *canvas);
int screen_key(void);

/* screen_loop.c, or no_screen.c if there is no ncurses */
extern const bool screen_possible;
void screen_loop(unsigned int queue, unsigned int interval);

#endif /* _SCREEN_H */
