// SPDX-License-Identifier: GPL-2.0
/*
 * Turns text into items, one for each line. writer.c has a whole write(); reader.c
 * turns items into text again.
 *
 * A line becomes an item once its newline is written. Until then the open file keeps
 * its beginning, so it does not matter how a program splits its writes.
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

/*
 * Lets the kernel handle the signal. It then restarts the system call, if the program
 * has set SA_RESTART.
 */
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

/* Logs why a line is refused. Returns @err. */
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
int fifo_text_yield(void)
{
	cond_resched_tasks_rcu_qs();
	return fatal_signal_pending(current) ? -EINTR : 0;
}

/* Makes an item of a line: of its beginning from an earlier write, and the rest. */
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
			err = fifo_text_yield();
			if (err)
				return err;
		}
	} while (n == FIFO_TEXT_BATCH);
	return 0;
}

/*
 * Puts the whole lines of a checked text, and keeps the beginning of a line behind
 * them. Returns how many bytes it took. If it could not take all, it sets @err, and
 * these bytes end with a line.
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
 * May the kept beginning be a whole line? If it ends inside a character, refuses it and
 * keeps nothing of it, as if its newline had been written.
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
 * When a file is closed, puts the kept beginning as a whole line. Unless @nowait, waits
 * for room, and for a task that is still inside a write, until it is killed. Returns 0
 * or as fifo_put(), or -EINVAL for a line that ends inside a character.
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
