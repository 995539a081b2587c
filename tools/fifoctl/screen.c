// SPDX-License-Identifier: GPL-2.0
/*
 * The terminal, through ncurses. Nothing else here uses ncurses.
 */
#include <err.h>
#include <locale.h>
#include <ncurses.h>
#include <signal.h>
#include <stdlib.h>
#include "fifoctl.h"
#include "screen.h"
#include "style.h"
#include "view.h"

/* What each style is on a terminal with colours, and without. */
static attr_t styles[STYLES];

static void choose_styles(void)
{
	styles[style_index(STYLE_TITLE)] = A_BOLD;
	styles[style_index(STYLE_HEAD)] = A_UNDERLINE;
	styles[style_index(STYLE_SELECTED)] = A_REVERSE;
	if (!has_colors())
		return;
	start_color();
	use_default_colors();
	init_pair(1, COLOR_GREEN, -1);
	init_pair(2, COLOR_RED, -1);
	styles[style_index(STYLE_FILLED)] = COLOR_PAIR(1);
	styles[style_index(STYLE_FULL)] = COLOR_PAIR(2) | A_BOLD;
}

/* They come in only while stop_wait() sleeps: it misses none. */
static void block_resizes(void)
{
	sigset_t resizes;

	sigemptyset(&resizes);
	sigaddset(&resizes, SIGWINCH);
	sigprocmask(SIG_BLOCK, &resizes, NULL);
}

/* Exits if ncurses does not know the terminal. */
void screen_begin(void)
{
	const char *term = getenv("TERM");

	setlocale(LC_CTYPE, "");
	block_resizes();
	if (!newterm(NULL, stdout, stdin))
		errx(FAILED, "TERM=%s: no such terminal", term ? term : "");
	atexit(screen_end);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, true);
	nodelay(stdscr, true);
	set_escdelay(25);
	curs_set(0);
	choose_styles();
}

/* Puts the terminal back to what it was. */
void screen_end(void)
{
	if (!isendwin())
		endwin();
}

void screen_size(unsigned int *rows, unsigned int *columns)
{
	*rows = LINES;
	*columns = COLS;
}

/* The bytes of a text up to its next style, or to what has no room in @left columns. */
static int run_length(const char *text, unsigned int *left)
{
	int n = 0;

	for (; text[n] && !style_is(text[n]); n++) {
		if ((text[n] & 0xc0) == 0x80)
			continue;
		if (!*left)
			break;
		--*left;
	}
	return n;
}

/* A line's first style is what STYLE_PLAIN means further on in it. */
static void draw_line(const char *text, unsigned int row, unsigned int left)
{
	attr_t base = style_is(*text) ? styles[style_index(text)] : A_NORMAL;
	int n;

	attrset(base);
	move(row, 0);
	for (; *text; text += n) {
		n = 1;
		if (style_is(*text)) {
			attrset(base | styles[style_index(text)]);
			continue;
		}
		n = run_length(text, &left);
		if (!n)
			break;
		addnstr(text, n);
	}
	attrset(A_NORMAL);
}

void screen_draw(const struct canvas *canvas)
{
	unsigned int row;

	erase();
	for (row = 0; row < canvas->rows; row++)
		draw_line(canvas->lines[row], row, canvas->columns);
	refresh();
}

/* The next key, or PRESSED_NOTHING. A resize is none: each drawing asks for the size. */
int screen_key(void)
{
	static const struct {
		int from, to;
	} keys[] = {
		{ '\n', PRESSED_ENTER },
		{ KEY_ENTER, PRESSED_ENTER },
		{ KEY_UP, PRESSED_UP },
		{ KEY_DOWN, PRESSED_DOWN },
		{ KEY_PPAGE, PRESSED_PAGE_UP },
		{ KEY_NPAGE, PRESSED_PAGE_DOWN },
		{ KEY_HOME, PRESSED_HOME },
		{ KEY_END, PRESSED_END },
		{ KEY_LEFT, PRESSED_LEFT },
		{ KEY_RIGHT, PRESSED_RIGHT },
		{ KEY_BACKSPACE, PRESSED_BACKSPACE },
		{ '\b', PRESSED_BACKSPACE },
		{ 127, PRESSED_BACKSPACE },
		{ ERR, PRESSED_NOTHING },
	};
	unsigned int i;
	int key;

	do
		key = getch();
	while (key == KEY_RESIZE);
	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (keys[i].from == key)
			return keys[i].to;
	return key < KEY_MIN ? key : PRESSED_OTHER;
}
