// SPDX-License-Identifier: GPL-2.0
/*
 * Text that becomes items: the lines that a file's writer has begun and ended. writer.c
 * has what a write is, reader.c how items become text again.
 *
 * A line is an item once its end was written. One that is begun waits in the open
 * file for the rest, so that it does not matter how a program cuts what it writes.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "fifo.h"
#include "line.h"
#include "port.h"
#include "text.h"
#include "transfer.h"

int fifo_text_lock(struct mutex *lock, bool nowait)
{
	if (nowait)
		return mutex_trylock(lock) ? 0 : -EAGAIN;
	return mutex_lock_interruptible(lock) ? -ERESTARTSYS : 0;
}

/* A signal is taken, and the call begins anew if the program wants that. */
int fifo_text_restart(int moved)
{
	return moved == -EINTR ? -ERESTARTSYS : moved;
}

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

/* Says in the log what of a line is refused. Returns @err. */
int fifo_text_refuse(const struct fifo_queue *queue,
		     const struct fifo_line *line, int err)
{
	char name[TASK_COMM_LEN];
	int len;

	get_task_comm(name, current);
	len = strlen(name);
	if (err == -EMSGSIZE)
		pr_notice_ratelimited("queue %u: a line of %zu bytes from %*pE is refused: must be at most %d\n",
				      queue->index, line->len, len, name,
				      FIFO_DATA_LEN);
	else
		pr_notice_ratelimited("queue %u: byte %zu of a line from %*pE, %#04x, is refused: must be UTF-8 without control characters but tabs, and a CR at the end of a line\n",
				      queue->index, line->len, len, name,
				      line->bad);
	return err;
}

/* A long write leaves the processor to others, and ends when its task is killed. */
int fifo_text_breathe(void)
{
	cond_resched_tasks_rcu_qs();
	return fatal_signal_pending(current) ? -EINTR : 0;
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

	return fifo_text_restart(fifo_put_items(writer->port, items, n - from,
						nowait ? FIFO_SLEEPS :
							 FIFO_WAITS));
}

/* Puts the lines that end in a text. Sets @done to the end of the last. */
static int put_lines(struct fifo_text_writer *writer, const char *text,
		     size_t len, bool nowait, size_t *done)
{
	size_t start, ends[FIFO_TEXT_BATCH];
	unsigned int i, n;
	int err, moved;

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
			err = fifo_text_breathe();
			if (err)
				return err;
		}
	} while (n == FIFO_TEXT_BATCH);
	return 0;
}

/*
 * Puts the lines that end in a text that was looked at, and keeps the rest, which
 * begins one. Sets @err if it cannot be all. Returns how many bytes are done: up to
 * the end of a line then.
 */
size_t fifo_text_put(struct fifo_text_writer *writer, const char *text,
		     size_t len, bool nowait, int *err)
{
	size_t done;

	*err = put_lines(writer, text, len, nowait, &done);
	if (*err)
		return done;
	memcpy(writer->line + writer->len, text + done, len - done);
	writer->len += len - done;
	return len;
}

/*
 * May the line that was begun end here? If it ends inside a character it is refused,
 * as if its end had been written: nothing of it is kept.
 */
static int end_line(struct fifo_text_writer *writer)
{
	struct fifo_line line = {};
	int err;

	fifo_line_scan(&line, writer->line, writer->len);
	err = fifo_line_end(&line);
	if (!err)
		return 0;
	writer->len = 0;
	return fifo_text_refuse(writer->port->queue, &line, err);
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
	return min(fifo_put_items(writer->port, item, 1,
				  nowait ? FIFO_SLEEPS : FIFO_WAITS_KILLABLY),
		   0);
}

/*
 * Puts a line that was begun as if it had been ended: nothing more is written. Waits
 * for room, and for a task that still writes, until it is killed; unless @nowait.
 * Returns 0 or as fifo_put(), or -EINVAL for a line that ends inside a character.
 */
int fifo_text_end(struct fifo_text_writer *writer, bool nowait)
{
	int err;

	err = lock_end(&writer->lock, nowait);
	if (err)
		return err;
	err = end_line(writer);
	if (!err && writer->len) {
		err = put_end(writer, nowait);
		if (!err)
			writer->len = 0;
	}
	mutex_unlock(&writer->lock);
	return err;
}
