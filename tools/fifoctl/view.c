// SPDX-License-Identifier: GPL-2.0
/*
 * What fifoctl top shows: a title, a table of queues or of ports, and below it what else
 * there is to say about the selected queue.
 */
#include <stdio.h>
#include <string.h>
#include "bar.h"
#include "columns.h"
#include "style.h"
#include "units.h"
#include "view.h"

/* Rows above and below a rows, and those about the selected queue, if there is room. */
#define ROWS_ABOVE	2
#define ROWS_BELOW	1
#define ROWS_DETAILS	5
#define ROWS_LEAST	4

/* Bytes of a text. */
#define TEXT_MAX	512

void view_arrange(struct view *view, const struct look *look)
{
	rows_arrange(&view->queues, &rows_queues, look->queues, look->to.n,
		     view);
	rows_arrange(&view->ports, &rows_ports, look->ports.ports,
		     look->ports.n, view);
}

/* The selected queue, or NULL. */
const struct look_queue *view_queue(const struct view *view,
				    const struct look *look)
{
	const struct rows *rows = &view->queues;

	return rows->n ? &look->queues[rows->all[rows->selected].index] : NULL;
}

/* The selected port, or NULL. */
const struct port *view_port(const struct view *view, const struct look *look)
{
	const struct rows *rows = &view->ports;

	if (!rows->n)
		return NULL;
	return &look->ports.ports[rows->all[rows->selected].index];
}

/* --- above and below ------------------------------------------------------- */

static const char *plural(unsigned int n)
{
	return n == 1 ? "" : "s";
}

static void draw_title(const struct view *view, const struct look *look,
		       struct canvas *canvas)
{
	bool ports = view->page == PAGE_PORTS;
	const struct rows *rows = ports ? &view->ports : &view->queues;
	const struct rows_kind *kind = ports ? &rows_ports : &rows_queues;
	char what[64];

	if (ports)
		snprintf(what, sizeof(what), "queue %u: %u port%s", view->queue,
			 rows->n, plural(rows->n));
	else
		snprintf(what, sizeof(what), "%u queue%s, %u port%s",
			 look->to.n, plural(look->to.n), look->ports.n,
			 plural(look->ports.n));
	canvas_print(canvas, 0,
		     STYLE_TITLE "%s  every %.1f s  by %s%s%s%s%s", what,
		     view->interval / 1000.0, kind->orders[rows->sort].name,
		     rows->reverse ? " reversed" : "",
		     view->paused ? "  PAUSED" : "",
		     *view->filter ? "  only " : "", view->filter);
}

static void draw_bottom(const struct view *view, const struct look *look,
			struct canvas *canvas)
{
	unsigned int row = canvas->rows - 1;

	if (view->filtering)
		canvas_print(canvas, row, "Show only: %s_", view->filter);
	else if (*view->message)
		canvas_print(canvas, row, "%s", view->message);
	else if (look->ports.error && view->page == PAGE_QUEUES)
		canvas_print(canvas, row, "%s",
			     ports_explain(look->ports.error));
	else
		canvas_print(canvas, row, "h help  q quit  %s",
			     view->page == PAGE_PORTS ?
			     "Esc back  + - rate  s sort  / filter  p pause" :
			     "Enter ports  s sort  / filter  p pause");
}

/* --- the selected queue ---------------------------------------------------- */

static void print_waits(char *text, size_t size, const struct waits *waits)
{
	char p50[8], p99[8], max[8];

	units_time(p50, sizeof(p50), waits->p50);
	units_time(p99, sizeof(p99), waits->p99);
	units_time(max, sizeof(max), waits->max);
	snprintf(text, size, "%llu, p50 %s p99 %s max %s", waits->count, p50,
		 p99, max);
}

static void draw_details(const struct look_queue *queue, struct canvas *canvas,
			 unsigned int row)
{
	const struct queue *now = &queue->now;
	char producers[TEXT_MAX], consumers[TEXT_MAX], history[TEXT_MAX * 2];

	print_waits(producers, sizeof(producers), &queue->producer_waits);
	print_waits(consumers, sizeof(consumers), &queue->consumer_waits);
	bar_history(history, sizeof(history), canvas->columns, queue->depths);
	canvas_print(canvas, row,
		     STYLE_HEAD "Queue %u: %s, overflow=%s, %llu of %llu",
		     now->index, now->engine, now->overflow, now->depth,
		     now->size);
	canvas_print(canvas, row + 1,
		     "put %llu  got %llu  dropped %llu  discarded %llu  errors %llu",
		     now->put, now->got, now->dropped, now->discarded,
		     now->errors);
	canvas_print(canvas, row + 2, "waits for room: %s  waiting: %llu",
		     producers, now->producers);
	canvas_print(canvas, row + 3, "    for an item: %s  waiting: %llu",
		     consumers, now->consumers);
	canvas_print(canvas, row + 4, STYLE_FILLED "%s", history);
}

/* --- lists ----------------------------------------------------------------- */

/* The rows of a list from @row on. The selected one can be told without colour, too. */
static void draw_rows(const struct rows *rows, const struct table *table,
		      const void *things, size_t size, struct canvas *canvas,
		      unsigned int height)
{
	char line[TABLE_LINE_MAX];
	unsigned int i;

	for (i = 0; i < height && rows->first + i < rows->n; i++) {
		unsigned int row = rows->first + i;
		bool selected = row == rows->selected;

		table_row(table, line, (const char *)things +
			  rows->all[row].index * size);
		canvas_print(canvas, ROWS_ABOVE + i, "%s%.2040s",
			     selected ? STYLE_SELECTED ">" : " ", line);
	}
}

static void draw_list(struct rows *rows, struct table *table,
		      const void *things, size_t size, struct canvas *canvas,
		      unsigned int height)
{
	char line[TABLE_LINE_MAX];

	table_fit(table, canvas->columns ? canvas->columns - 1 : 0);
	table_head(table, line);
	canvas_print(canvas, 1, STYLE_HEAD " %.2040s", line);
	rows_scroll(rows, height);
	draw_rows(rows, table, things, size, canvas, height);
}

static void draw_missing(const struct look *look, struct canvas *canvas)
{
	if (look->to.n)
		return;
	if (look->queue == ALL_QUEUES)
		canvas_print(canvas, ROWS_ABOVE,
			     "fifo.ko is not loaded. Waiting for it");
	else
		canvas_print(canvas, ROWS_ABOVE,
			     "Queue %u is gone. Waiting for it", look->queue);
}

static void draw_queues(struct view *view, const struct look *look,
			struct canvas *canvas)
{
	bool details = canvas->rows >= ROWS_ABOVE + ROWS_BELOW + ROWS_DETAILS +
				       ROWS_LEAST;
	const struct look_queue *queue = view_queue(view, look);

	view->height -= details ? ROWS_DETAILS : 0;
	draw_list(&view->queues, &columns_screen, look->queues,
		  sizeof(*look->queues), canvas, view->height);
	if (details && queue)
		draw_details(queue, canvas, ROWS_ABOVE + view->height);
	draw_missing(look, canvas);
}

static void draw_ports(struct view *view, const struct look *look,
		       struct canvas *canvas)
{
	draw_list(&view->ports, &columns_ports, look->ports.ports,
		  sizeof(*look->ports.ports), canvas, view->height);
	draw_missing(look, canvas);
	if (look->ports.error)
		canvas_print(canvas, ROWS_ABOVE, "%s",
			     ports_explain(look->ports.error));
	else if (look->to.n && !view->ports.n)
		canvas_print(canvas, ROWS_ABOVE, "no port");
}

/* Fills a canvas that is clear. */
void view_draw(struct view *view, const struct look *look,
	       struct canvas *canvas)
{
	unsigned int around = ROWS_ABOVE + ROWS_BELOW;

	view->height = canvas->rows > around ? canvas->rows - around : 0;
	if (view->page == PAGE_HELP) {
		view_print_keys(canvas);
		return;
	}
	draw_title(view, look, canvas);
	if (view->page == PAGE_PORTS)
		draw_ports(view, look, canvas);
	else
		draw_queues(view, look, canvas);
	if (canvas->rows > ROWS_ABOVE)
		draw_bottom(view, look, canvas);
}
