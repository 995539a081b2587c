/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _VIEW_H
#define _VIEW_H

#include "canvas.h"
#include "rows.h"
#include "look.h"

enum page {
	PAGE_QUEUES,
	PAGE_PORTS,
	PAGE_HELP,
};

#define FILTER_MAX	24

/**
 * struct view - what fifoctl top shows of a look
 * @page: which page
 * @back: which page comes after the help
 * @queues: the list of queues
 * @ports: the list of ports
 * @queue: the index of the queue whose ports are listed
 * @filter: what a line must have to be shown
 * @filtering: keys go to the filter
 * @paused: no looks are taken
 * @hurry: take the next look at once
 * @interval: milliseconds between looks
 * @height: how many rows of a list were shown
 * @message: what the last key did
 */
struct view {
	enum page page, back;
	struct rows queues, ports;
	unsigned int queue;
	char filter[FILTER_MAX];
	bool filtering, paused, hurry;
	unsigned int interval, height;
	char message[128];
};

/* rows_queues.c, rows_ports.c */
extern const struct rows_kind rows_queues, rows_ports;

/* view.c */
void view_arrange(struct view *view, const struct look *look);
void view_draw(struct view *view, const struct look *look,
	       struct canvas *canvas);
const struct look_queue *view_queue(const struct view *view,
				    const struct look *look);
const struct port *view_port(const struct view *view, const struct look *look);

/* Keys that are no characters. */
enum key {
	PRESSED_NOTHING,
	PRESSED_ENTER = '\r',
	PRESSED_ESCAPE = 27,
	PRESSED_UP = 256,
	PRESSED_DOWN,
	PRESSED_PAGE_UP,
	PRESSED_PAGE_DOWN,
	PRESSED_HOME,
	PRESSED_END,
	PRESSED_LEFT,
	PRESSED_RIGHT,
	PRESSED_BACKSPACE,
	PRESSED_OTHER,
};

/* keys.c */
bool view_press(struct view *view, const struct look *look, int key);
void view_print_keys(struct canvas *canvas);

#endif /* _VIEW_H */
