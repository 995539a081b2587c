// SPDX-License-Identifier: GPL-2.0
/*
 * What the keys do.
 */
#include <stdio.h>
#include <string.h>
#include "rates.h"
#include "style.h"
#include "view.h"

static void move(struct view *view, const struct look *look, int by)
{
	if (view->page == PAGE_PORTS)
		rows_move(&view->ports, &rows_ports, look->ports.ports, by);
	else
		rows_move(&view->queues, &rows_queues, look->queues, by);
}

static void up(struct view *view, const struct look *look)
{
	move(view, look, -1);
}

static void down(struct view *view, const struct look *look)
{
	move(view, look, 1);
}

static void page_up(struct view *view, const struct look *look)
{
	move(view, look, -(int)view->height);
}

static void page_down(struct view *view, const struct look *look)
{
	move(view, look, view->height);
}

static void first(struct view *view, const struct look *look)
{
	move(view, look, -(1 << 20));
}

static void last(struct view *view, const struct look *look)
{
	move(view, look, 1 << 20);
}

static void show_ports(struct view *view, const struct look *look)
{
	const struct look_queue *queue = view_queue(view, look);

	if (view->page != PAGE_QUEUES || !queue)
		return;
	view->page = PAGE_PORTS;
	view->queue = queue->now.index;
	view->filter[0] = '\0';
	view->ports.selected = 0;
	view->ports.id = 0;
}

static void go_back(struct view *view, const struct look *look)
{
	(void)look;
	view->filter[0] = '\0';
	view->page = PAGE_QUEUES;
}

static void sort(struct view *view, const struct look *look)
{
	(void)look;
	if (view->page == PAGE_PORTS)
		view->ports.sort = (view->ports.sort + 1) % rows_ports.n_orders;
	else
		view->queues.sort = (view->queues.sort + 1) %
				    rows_queues.n_orders;
}

static void reverse(struct view *view, const struct look *look)
{
	struct rows *rows = view->page == PAGE_PORTS ? &view->ports :
						       &view->queues;

	(void)look;
	rows->reverse = !rows->reverse;
}

static void filter(struct view *view, const struct look *look)
{
	(void)look;
	view->filtering = true;
	view->filter[0] = '\0';
}

static void pause(struct view *view, const struct look *look)
{
	(void)look;
	view->paused = !view->paused;
}

static void hurry(struct view *view, const struct look *look)
{
	(void)look;
	view->hurry = true;
}

static void help(struct view *view, const struct look *look)
{
	(void)look;
	view->back = view->page;
	view->page = PAGE_HELP;
}

static void step(struct view *view, const struct look *look, bool faster)
{
	const struct port *port = view_port(view, look);

	if (look->ports.error)
		snprintf(view->message, sizeof(view->message), "%s",
			 ports_explain(look->ports.error));
	else if (view->page != PAGE_PORTS || !port)
		snprintf(view->message, sizeof(view->message),
			 "Enter shows the ports: select one to change its rate");
	else if (rates_step(&look->ports, port, faster, view->message,
			    sizeof(view->message)))
		view->hurry = true;
}

static void faster(struct view *view, const struct look *look)
{
	step(view, look, true);
}

static void slower(struct view *view, const struct look *look)
{
	step(view, look, false);
}

/**
 * struct action - what a key does
 * @key: the key
 * @act: does it
 * @name: the key's name in the help, or NULL
 * @help: what it does
 */
struct action {
	int key;
	void (*act)(struct view *view, const struct look *look);
	const char *name;
	const char *help;
};

static const struct action actions[] = {
	{ PRESSED_UP, up, "Up, k", "the line above" },
	{ 'k', up, NULL, NULL },
	{ PRESSED_DOWN, down, "Down, j", "the line below" },
	{ 'j', down, NULL, NULL },
	{ PRESSED_PAGE_UP, page_up, "PgUp, PgDn", "a screen up, or down" },
	{ PRESSED_PAGE_DOWN, page_down, NULL, NULL },
	{ PRESSED_HOME, first, "Home, End", "the first line, the last" },
	{ PRESSED_END, last, NULL, NULL },
	{ PRESSED_ENTER, show_ports, "Enter", "the ports of the queue" },
	{ PRESSED_RIGHT, show_ports, NULL, NULL },
	{ PRESSED_ESCAPE, go_back, "Esc", "back to all queues; no filter" },
	{ PRESSED_LEFT, go_back, NULL, NULL },
	{ PRESSED_BACKSPACE, go_back, NULL, NULL },
	{ '+', faster, "+, -", "the port's rate: the next of 1, 2, 5, 10" },
	{ '-', slower, NULL, NULL },
	{ 's', sort, "s, r", "sort by something else, reverse" },
	{ 'r', reverse, NULL, NULL },
	{ '/', filter, "/", "show only lines that have a text" },
	{ 'p', pause, "p", "pause, go on" },
	{ ' ', hurry, "Space", "look at once" },
	{ 'h', help, "h, ?", "this help; any key goes back" },
	{ '?', help, NULL, NULL },
	{ 'q', NULL, "q", "quit" },
};

#define ACTIONS	(sizeof(actions) / sizeof(*actions))

void view_print_keys(struct canvas *canvas)
{
	unsigned int i, row = 0;

	canvas_print(canvas, row++, STYLE_TITLE "Keys of fifoctl top");
	for (i = 0; i < ACTIONS; i++)
		if (actions[i].name)
			canvas_print(canvas, row++, "%-10s  %s",
				     actions[i].name, actions[i].help);
	canvas_print(canvas, row + 1,
		     "ASKED: what the workers are to move; P50, P99, MAX: how long items");
	canvas_print(canvas, row + 2,
		     "waited that were got since the last look; WP, WC: how many producers");
	canvas_print(canvas, row + 3, "and consumers wait now.");
}

static void edit_filter(struct view *view, int key)
{
	size_t len = strlen(view->filter);

	if (key == PRESSED_ENTER || key == PRESSED_ESCAPE)
		view->filtering = false;
	if (key == PRESSED_ESCAPE)
		view->filter[0] = '\0';
	else if (key == PRESSED_BACKSPACE && len)
		view->filter[len - 1] = '\0';
	else if (key >= ' ' && key <= '~' && len + 1 < FILTER_MAX)
		memcpy(view->filter + len, (char[]){ key, '\0' }, 2);
}

/* Returns false if that is the end. */
bool view_press(struct view *view, const struct look *look, int key)
{
	unsigned int i;

	view->message[0] = '\0';
	if (view->filtering) {
		edit_filter(view, key);
		return true;
	}
	if (key == 'q')
		return false;
	if (view->page == PAGE_HELP) {
		view->page = view->back;
		return true;
	}
	for (i = 0; i < ACTIONS; i++)
		if (actions[i].key == key)
			actions[i].act(view, look);
	return true;
}
