// SPDX-License-Identifier: GPL-2.0
/*
 * Looks at the queues again and again, shows them on the screen, and does what keys say.
 */
#include <unistd.h>
#include "screen.h"
#include "view.h"

/* The first rates come sooner than after a long interval. */
#define FIRST_MS	200

const bool screen_possible = true;

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void draw(struct view *view, const struct look *look)
{
	static struct canvas canvas;
	unsigned int rows, columns;

	screen_size(&rows, &columns);
	canvas_clear(&canvas, rows, columns);
	view_draw(view, look, &canvas);
	screen_draw(&canvas);
}

/*
 * Returns false at the end. A terminal that is gone is ready, and has no key. A key that
 * asks for a look comes last: the next one is about what that shows.
 */
static bool take_keys(struct view *view, const struct look *look, bool ready)
{
	int key = screen_key();

	if (ready && key == PRESSED_NOTHING)
		return false;
	for (; key != PRESSED_NOTHING; key = screen_key()) {
		if (!view_press(view, look, key))
			return false;
		view_arrange(view, look);
		if (view->hurry)
			break;
	}
	return true;
}

/* How long to wait for the next look, in ms. Below 0: until a key is pressed. */
static int time_left(const struct view *view, long next)
{
	long left = next - now_ms();

	if (view->paused)
		return -1;
	return left > 0 ? left : 0;
}

static void look_until_stopped(struct view *view, struct look *look, long next)
{
	bool ready;

	view_arrange(view, look);
	while (!stopped()) {
		draw(view, look);
		ready = stop_wait(STDIN_FILENO, time_left(view, next));
		if (stopped() || !take_keys(view, look, ready))
			break;
		if (view->hurry || !time_left(view, next)) {
			look_again(look);
			view_arrange(view, look);
			view->hurry = false;
			next = now_ms() + view->interval;
		}
	}
}

/* Until q, Ctrl-C or another signal. Exits if there is no such queue. */
void screen_loop(unsigned int queue, unsigned int interval)
{
	static struct look look;
	struct view view = { .interval = interval };

	look_begin(&look, queue, true);
	screen_begin();
	look_until_stopped(&view, &look, now_ms() + (interval < FIRST_MS ?
						     interval : FIRST_MS));
	screen_end();
	rows_free(&view.queues);
	rows_free(&view.ports);
	look_end(&look);
}
