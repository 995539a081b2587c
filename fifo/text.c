// SPDX-License-Identifier: GPL-2.0
/*
 * Items as text, one a line: what is read from and written to a queue's device.
 *
 * A line is an item once its end was written. One that is begun waits in the open
 * file for the rest, so that it does not matter how a program cuts what it writes.
 * A write is looked at before anything of it is put; what is refused has done
 * nothing.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "fifo.h"
#include "port.h"
#include "text.h"

/* The most bytes that are looked at, and refused, as a whole. */
#define WRITE_MOST	65536

/* The most bytes that one read returns, so that it does not go on for ever. */
#define READ_MOST	65536

/* A line of text with its end. */
#define LINE_MOST	(FIFO_DATA_LEN + 1)

static int lock_text(struct mutex *lock, bool nowait)
{
	if (nowait)
		return mutex_trylock(lock) ? 0 : -EAGAIN;
	return mutex_lock_interruptible(lock) ? -ERESTARTSYS : 0;
}

/* The port of an open file, from the first time on that it is needed. */
static int attach(struct fifo_port **port, const struct fifo_queue *queue,
		  enum fifo_role role)
{
	struct fifo_port *new;

	if (*port)
		return 0;
	new = fifo_attach_process(queue->index, role);
	if (IS_ERR(new))
		return PTR_ERR(new);
	*port = new;
	return 0;
}

/* A signal is taken, and the call begins anew if the program wants that. */
static int restart(int moved)
{
	return moved == -EINTR ? -ERESTARTSYS : moved;
}

/* Reading. */

struct fifo_text_reader *fifo_text_reader_new(void)
{
	struct fifo_text_reader *reader;

	reader = kzalloc(sizeof(*reader), GFP_KERNEL_ACCOUNT);
	if (reader)
		mutex_init(&reader->lock);
	return reader;
}

/* Nobody is inside a read any more. */
void fifo_text_reader_free(struct fifo_text_reader *reader)
{
	if (!reader)
		return;
	if (reader->port)
		fifo_detach(reader->port);
	kfree(reader);
}

/* Are there lines for the next read? A hint, without the lock. */
bool fifo_text_unread(const struct fifo_text_reader *reader)
{
	return READ_ONCE(reader->begin) != READ_ONCE(reader->end);
}

/* A line, with its end. What is not text is told by its type. */
static unsigned int format_line(char *line, const struct fifo_item *item)
{
	if (item->type == FIFO_ITEM_TEXT)
		return scnprintf(line, FIFO_TEXT_LINE, "%*pE\n", item->len,
				 item->data);
	return scnprintf(line, FIFO_TEXT_LINE, "type=%u len=%u data=%*phN\n",
			 item->type, item->len, item->len, item->data);
}

/* Gets items whose lines fit into @room, if these are short ones; one at least. */
static int refill(struct fifo_text_reader *reader, size_t room, bool nowait)
{
	unsigned int n = clamp_t(size_t, room / LINE_MOST, 1, FIFO_TEXT_BATCH);
	unsigned int end = 0;
	int i, got;

	got = nowait ? fifo_get_now(reader->port, reader->items, n) :
		       fifo_get_many(reader->port, reader->items, n);
	for (i = 0; i < got; i++)
		end += format_line(reader->text + end, &reader->items[i]);
	if (got > 0) {
		WRITE_ONCE(reader->begin, 0);
		WRITE_ONCE(reader->end, end);
	}
	return restart(got);
}

/*
 * How much of the text to return: all, or else whole lines. Where not even one
 * fits, a part of it if that is all that is returned.
 */
static size_t fitting(const char *text, size_t len, size_t room, bool part)
{
	if (len <= room)
		return len;
	for (len = room; len && text[len - 1] != '\n'; len--)
		;
	return len || !part ? len : room;
}

static ssize_t read_lines(struct fifo_text_reader *reader, char __user *to,
			  size_t room, bool first, bool nowait)
{
	size_t len;
	int got;

	if (!fifo_text_unread(reader)) {
		got = refill(reader, room, nowait || !first);
		if (got < 0)
			return got;
	}
	len = fitting(reader->text + reader->begin, reader->end - reader->begin,
		      room, first);
	if (copy_to_user(to, reader->text + reader->begin, len))
		return -EFAULT;
	WRITE_ONCE(reader->begin, reader->begin + len);
	return len;
}

/*
 * Reads lines: waits for the first, unless @nowait, and returns those that are
 * there and fit. Returns a negative errno as fifo_get() or fifo_attach_process().
 */
ssize_t fifo_text_read(struct fifo_text_reader *reader,
		       struct fifo_queue *queue, char __user *to,
		       size_t len, bool nowait)
{
	ssize_t n, done = 0;

	if (!len)
		return 0;
	n = lock_text(&reader->lock, nowait);
	if (n)
		return n;
	len = min_t(size_t, len, READ_MOST);
	n = attach(&reader->port, queue, FIFO_CONSUMER);
	if (!n) {
		do {
			n = read_lines(reader, to + done, len - done, !done,
				       nowait);
			done += max_t(ssize_t, n, 0);
		} while (n > 0 && len - done >= LINE_MOST);
	}
	mutex_unlock(&reader->lock);
	if (fifo_text_unread(reader)) {
		/*
		 * Who polls the same open file may have looked after the get, and
		 * before the text was there.
		 *
		 * (B) Between storing the text's end and the look for pollers: pairs
		 * with (G) in fifo_queue_poll().
		 */
		smp_mb();
		fifo_wake_pollers(queue, FIFO_CONSUMER);
	}
	return done ?: n;
}

/* Writing. */

struct fifo_text_writer *fifo_text_writer_new(void)
{
	struct fifo_text_writer *writer;

	writer = kzalloc(sizeof(*writer), GFP_KERNEL_ACCOUNT);
	if (writer)
		mutex_init(&writer->lock);
	return writer;
}

/* Nobody is inside a write any more. */
void fifo_text_writer_free(struct fifo_text_writer *writer)
{
	if (!writer)
		return;
	if (writer->port)
		fifo_detach(writer->port);
	kfree(writer);
}

/* Are all lines printable, and short enough? */
static int check_lines(const struct fifo_text_writer *writer, const char *text,
		       size_t len)
{
	unsigned int column = writer->len;

	for (; len; len--, text++) {
		if (*text == '\n')
			column = 0;
		else if (*text < ' ' || *text > '~')
			return -EINVAL;
		else if (++column > FIFO_DATA_LEN)
			return -EMSGSIZE;
	}
	return 0;
}

/* An item of a line: of what was begun before, and the rest. */
static void make_item(struct fifo_item *item, const char *begun,
		      unsigned int begun_len, const char *rest,
		      unsigned int rest_len)
{
	item->type = FIFO_ITEM_TEXT;
	item->len = begun_len + rest_len;
	memcpy(item->data, begun, begun_len);
	memcpy(item->data + begun_len, rest, rest_len);
}

/* Makes items of the next lines, and notes where each ends. Returns how many. */
static unsigned int parse_lines(struct fifo_text_writer *writer,
				const char *text, size_t len, size_t *ends)
{
	unsigned int n, begun = writer->len;
	const char *line = text, *end;

	for (n = 0; n < FIFO_TEXT_BATCH; n++) {
		end = memchr(line, '\n', text + len - line);
		if (!end)
			break;
		make_item(&writer->items[n], writer->line, begun, line,
			  end - line);
		begun = 0;
		line = end + 1;
		ends[n] = line - text;
	}
	return n;
}

static int put_items(struct fifo_text_writer *writer, unsigned int from,
		     unsigned int n, bool nowait)
{
	const struct fifo_item *items = &writer->items[from];

	return restart(nowait ? fifo_put_now(writer->port, items, n - from) :
				fifo_put_many(writer->port, items, n - from));
}

/* Puts the lines that end in a text. Sets @done to the end of the last. */
static int put_lines(struct fifo_text_writer *writer, const char *text,
		     size_t len, bool nowait, size_t *done)
{
	size_t start, ends[FIFO_TEXT_BATCH];
	unsigned int i, n;
	int moved;

	*done = 0;
	do {
		start = *done;
		n = parse_lines(writer, text + start, len - start, ends);
		for (i = 0; i < n; i += moved) {
			moved = put_items(writer, i, n, nowait);
			if (moved < 0)
				return moved;
			writer->len = 0;
			*done = start + ends[i + moved - 1];
		}
	} while (n == FIFO_TEXT_BATCH);
	return 0;
}

/* A text that is refused as a whole, or else put as far as it goes. */
static ssize_t write_text(struct fifo_text_writer *writer, const char *text,
			  size_t len, bool nowait)
{
	size_t done;
	int err;

	err = check_lines(writer, text, len);
	if (err)
		return err;
	err = put_lines(writer, text, len, nowait, &done);
	if (err)
		return done ?: err;
	memcpy(writer->line + writer->len, text + done, len - done);
	writer->len += len - done;
	return len;
}

/* It lasts for as long as the write, which may wait: so it is charged, too. */
static char *text_from_user(const char __user *from, size_t len)
{
	char *text = kmalloc(len, GFP_USER | __GFP_ACCOUNT | __GFP_NOWARN);

	if (!text)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(text, from, len)) {
		kfree(text);
		return ERR_PTR(-EFAULT);
	}
	return text;
}

static ssize_t write_from_user(struct fifo_text_writer *writer,
			       const char __user *from, size_t len, bool nowait)
{
	char *text = text_from_user(from, len);
	ssize_t done;

	if (IS_ERR(text))
		return PTR_ERR(text);
	done = write_text(writer, text, len, nowait);
	kfree(text);
	return done;
}

/*
 * Writes lines: waits for room, unless @nowait. Returns how many bytes were taken,
 * up to the end of a line where it could not be all; or -EINVAL for a byte that
 * is not printable, -EMSGSIZE for a line above %FIFO_DATA_LEN bytes, or as
 * fifo_put() or fifo_attach_process().
 */
ssize_t fifo_text_write(struct fifo_text_writer *writer,
			const struct fifo_queue *queue,
			const char __user *from, size_t len, bool nowait)
{
	ssize_t n, done = 0;

	if (!len)
		return 0;
	n = lock_text(&writer->lock, nowait);
	if (n)
		return n;
	n = attach(&writer->port, queue, FIFO_PRODUCER);
	while (!n && done < len) {
		size_t part = min_t(size_t, len - done, WRITE_MOST);

		n = write_from_user(writer, from + done, part, nowait);
		if (n > 0)
			done += n;
		/* Where nothing is waited for, this is all that ends it early. */
		if (n == part)
			n = fatal_signal_pending(current) ? -EINTR : 0;
	}
	mutex_unlock(&writer->lock);
	return done ?: n;
}

static int lock_end(struct mutex *lock, bool nowait)
{
	if (nowait)
		return mutex_trylock(lock) ? 0 : -EAGAIN;
	return mutex_lock_killable(lock);
}

static int put_end(struct fifo_text_writer *writer, bool nowait)
{
	struct fifo_item *item = &writer->items[0];

	make_item(item, writer->line, writer->len, NULL, 0);
	if (nowait)
		return min(fifo_put_now(writer->port, item, 1), 0);
	return fifo_put_killably(writer->port, item);
}

/*
 * Puts a line that was begun as if it had been ended: nothing more is written. Waits
 * for room, and for who still writes, until it is killed; unless @nowait. Returns 0
 * or as fifo_put().
 */
int fifo_text_end(struct fifo_text_writer *writer, bool nowait)
{
	int err;

	err = lock_end(&writer->lock, nowait);
	if (err)
		return err;
	if (writer->len) {
		err = put_end(writer, nowait);
		if (!err)
			writer->len = 0;
	}
	mutex_unlock(&writer->lock);
	return err;
}
