// SPDX-License-Identifier: GPL-2.0
/*
 * Reads of a queue's device: one line for each item.
 *
 * Text that does not fit stays in the open file for its next read. A read gets only
 * as many items as surely fit, but at least one. So at most one line stays, unless
 * the caller's memory could not be written, or FIONREAD has got items.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uio.h>
#include "fifo.h"
#include "leftover.h"
#include "line.h"
#include "port.h"
#include "text.h"
#include "transfer.h"

/* The most bytes that one read returns, so that it does not go on for ever. */
#define READ_MAX	65536

/* A line of text with its end. */
#define LINE_MAX	(FIFO_DATA_LEN + 1)

struct fifo_text_reader *fifo_text_reader_new(struct fifo_queue *queue)
{
	struct fifo_text_reader *reader;

	reader = kzalloc(sizeof(*reader), GFP_KERNEL_ACCOUNT);
	if (!reader)
		return NULL;
	mutex_init(&reader->lock);
	reader->queue = queue;
	INIT_LIST_HEAD(&reader->place);
	return reader;
}

/* Is there text in the reader itself? A hint, without the lock. */
static bool has_text(const struct fifo_text_reader *reader)
{
	return READ_ONCE(reader->begin) != READ_ONCE(reader->end);
}

static void set_text(struct fifo_text_reader *reader, unsigned int begin,
		     unsigned int end)
{
	WRITE_ONCE(reader->begin, begin);
	WRITE_ONCE(reader->end, end);
}

/* Nobody is inside a read any more. What was not read is left to others. */
void fifo_text_reader_free(struct fifo_text_reader *reader)
{
	if (!reader)
		return;
	if (reader->port)
		fifo_detach(reader->port);
	if (has_text(reader))
		fifo_leftovers_add(reader);
	else
		kfree(reader);
}

/* Is there text for the next read outside the queue? A hint. */
bool fifo_text_unread(const struct fifo_text_reader *reader)
{
	return has_text(reader) || fifo_leftovers_any(reader->queue);
}

/*
 * Formats an item as a line, with its newline. An item that is not text shows its
 * type. Text from another module or from a mapping may hold any bytes: this escapes
 * it if it is not a valid line.
 */
static unsigned int format_line(char *line, const struct fifo_item *item)
{
	if (item->type != FIFO_ITEM_TEXT)
		return scnprintf(line, FIFO_TEXT_LINE,
				 "type=%u len=%u data=%*phN\n", item->type,
				 item->len, item->len, item->data);
	if (!fifo_line_clean(item->data, item->len))
		return scnprintf(line, FIFO_TEXT_LINE, "%*pE\n", item->len,
				 item->data);
	memcpy(line, item->data, item->len);
	line[item->len] = '\n';
	return item->len + 1;
}

/* Makes sure that the reader has a port that is not cancelled. */
static int renew_port(struct fifo_text_reader *reader)
{
	struct fifo_port *old = reader->port, *new;

	if (old && !fifo_port_cancelled(old))
		return 0;
	new = fifo_attach_process(reader->queue->index, FIFO_CONSUMER);
	if (IS_ERR(new))
		return PTR_ERR(new);
	reader->port = new;
	if (old)
		fifo_detach(old);
	return 0;
}

/* Takes a leftover, if there is one. */
static bool take_leftover(struct fifo_text_reader *reader)
{
	struct fifo_text_reader *closed = fifo_leftovers_take(reader->queue);
	unsigned int len;

	if (!closed)
		return false;
	len = closed->end - closed->begin;
	memcpy(reader->text, closed->text + closed->begin, len);
	set_text(reader, 0, len);
	kfree(closed);
	return true;
}

/*
 * Returns how many items it has got, -ECANCELED if the caller must look for a
 * leftover, or another negative errno.
 */
static int get_items(struct fifo_text_reader *reader, unsigned int n,
		     bool nowait)
{
	int got;

	if (nowait)
		return fifo_get_items(reader->port, reader->items, n,
				      FIFO_SLEEPS);
	if (!fifo_leftovers_await(reader))
		return -ECANCELED;
	got = fifo_get_many(reader->port, reader->items, n);
	fifo_leftovers_ignore(reader);
	return got;
}

static void format_items(struct fifo_text_reader *reader, unsigned int n)
{
	unsigned int i, end = 0;

	for (i = 0; i < n; i++)
		end += format_line(reader->text + end, &reader->items[i]);
	set_text(reader, 0, end);
}

/* Gets a leftover, or else items whose lines fit into @room, at least one. */
static int refill(struct fifo_text_reader *reader, size_t room, bool nowait)
{
	unsigned int n = clamp_t(size_t, room / FIFO_TEXT_LINE, 1,
				 FIFO_TEXT_BATCH);
	int err, got;

	do {
		if (take_leftover(reader))
			return 0;
		err = renew_port(reader);
		if (err)
			return err;
		got = get_items(reader, n, nowait);
	} while (got == -ECANCELED);
	if (got < 0)
		return fifo_text_restart(got);
	format_items(reader, got);
	return 0;
}

/*
 * How much of the text to return: all of it, or the whole lines that fit. If not
 * even one fits: a part of it if @part is set, else nothing.
 */
static size_t fitting(const char *text, size_t len, size_t room, bool part)
{
	if (len <= room)
		return len;
	for (len = room; len && text[len - 1] != '\n'; len--)
		;
	return len || !part ? len : room;
}

/* Text that cannot be copied to the caller's memory stays unread. */
static ssize_t read_lines(struct fifo_text_reader *reader, struct iov_iter *to,
			  size_t room, bool first, bool nowait)
{
	const char *text;
	size_t len, n;
	int err;

	if (!has_text(reader)) {
		err = refill(reader, room, nowait || !first);
		if (err)
			return err;
	}
	text = reader->text + reader->begin;
	len = fitting(text, reader->end - reader->begin, room, first);
	n = copy_to_iter(text, len, to);
	set_text(reader, reader->begin + n, reader->end);
	return len && !n ? -EFAULT : n;
}

/*
 * A task that polls the same open file may have looked between the get and
 * set_text(), and seen neither the item nor the text.
 */
static void wake_pollers(struct fifo_text_reader *reader)
{
	struct fifo_end *end = &reader->queue->ends[FIFO_CONSUMER];

	if (has_text(reader))
		fifo_wake_pollers(&end->wait.pollers);
}

/*
 * Reads lines: waits for the first, unless @nowait, and returns those that are
 * there and fit. Returns a negative errno as fifo_get() or fifo_attach_process().
 */
ssize_t fifo_text_read(struct fifo_text_reader *reader, struct iov_iter *to,
		       bool nowait)
{
	size_t room = min_t(size_t, iov_iter_count(to), READ_MAX);
	ssize_t n, done = 0;

	if (!room)
		return 0;
	n = fifo_text_lock(&reader->lock, nowait);
	if (n)
		return n;
	do {
		n = read_lines(reader, to, room - done, !done, nowait);
		done += max_t(ssize_t, n, 0);
		cond_resched_tasks_rcu_qs();
	} while (n > 0 && room - done >= LINE_MAX);
	mutex_unlock(&reader->lock);
	wake_pollers(reader);
	return done ?: n;
}

/*
 * How many bytes a read would surely return now. If the file holds no text, this
 * first takes a leftover, or gets the next items. Returns 0 while another task is
 * inside a read of the same file, since that read may take everything. Returns a
 * negative errno as fifo_attach_process().
 */
int fifo_text_count(struct fifo_text_reader *reader)
{
	int err = 0, n;

	if (!mutex_trylock(&reader->lock))
		return 0;
	if (!has_text(reader))
		err = refill(reader, sizeof(reader->text), true);
	n = reader->end - reader->begin;
	mutex_unlock(&reader->lock);
	wake_pollers(reader);
	return err && err != -EAGAIN ? err : n;
}
