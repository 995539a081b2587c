// SPDX-License-Identifier: GPL-2.0
/*
 * Takes the place of screen.c and screen_loop.c if there is no ncurses.
 */
#include <stdlib.h>
#include "fifoctl.h"
#include "screen.h"

const bool screen_possible;

void screen_loop(unsigned int queue, unsigned int interval)
{
	(void)queue;
	(void)interval;
	fputs("fifoctl top: built without ncurses; install libncurses-dev and build again\n",
	      stderr);
	exit(FAILED);
}
