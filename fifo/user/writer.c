// SPDX-License-Identifier: GPL-2.0
/*
 * A write to a queue's device, as a whole. This checks all of it, however many pieces
 * and bytes it has, before it puts any of it: a refused write has changed nothing.
 *
 * It copies and checks a write longer than PART_MAX twice. If a program changes its
 * memory meanwhile, lines before a refused one may have been put.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uio.h>
#include "fifo.h"
#include "line.h"
#include "port.h"
#include "text.h"

/* The most bytes of a write that are copied at a time. */
#define PART_MAX	SZ_4K

/**
 * struct write - a write that is under way
 * @writer: the file's
 * @queue: its queue
 * @from: what is not done yet
 * @part: room for a part of it
 * @line: the check's state: the line in which the last part ended
 * @nowait: do not wait
 */
struct write {
	struct fifo_text_writer *writer;
	const struct fifo_queue *queue;
	struct iov_iter *from;
	char *part;
	struct fifo_line line;
	bool nowait;
};

/* Attaches a port at the first write. */
static int attach(struct fifo_text_writer *writer,
		  const struct fifo_queue *queue)
{
	struct fifo_port *port;

	if (writer->port)
		return 0;
	port = fifo_attach_process(queue->index, FIFO_PRODUCER);
	if (IS_ERR(port))
		return PTR_ERR(port);
	writer->port = port;
	return 0;
}

/* Copies the next part. Returns its length, or -EFAULT. */
static ssize_t copy_part(char *part, struct iov_iter *from)
{
	size_t len = min_t(size_t, iov_iter_count(from), PART_MAX);
	size_t copied = copy_from_iter(part, len, from);

	if (copied == len)
		return len;
	iov_iter_revert(from, copied);
	return -EFAULT;
}

/* Restarts the check: the next part continues the line that the writer keeps. */
static void look_from_start(struct write *write)
{
	struct fifo_text_writer *writer = write->writer;

	memset(&write->line, 0, sizeof(write->line));
	fifo_line_scan(&write->line, writer->line, writer->len);
}

/* Checks a part. @last: it is the last part of the write. */
static int look_at(struct write *write, size_t len, bool last)
{
	int err = fifo_line_scan(&write->line, write->part, len);

	if (!err && last && write->line.len > FIFO_DATA_LEN)
		err = -EMSGSIZE;
	return err ? fifo_text_refuse(write->queue, &write->line, err) : 0;
}

/* Checks all of the write, and puts nothing. */
static int look_at_all(struct write *write)
{
	struct iov_iter from = *write->from;
	ssize_t len;
	int err = 0;

	look_from_start(write);
	while (!err && iov_iter_count(&from)) {
		len = copy_part(write->part, &from);
		if (len < 0)
			return len;
		err = look_at(write, len, !iov_iter_count(&from));
		err = err ?: fifo_text_yield();
	}
	return err;
}

/* The length of a text up to its last newline. */
static size_t whole_lines(const char *text, size_t len)
{
	while (len && text[len - 1] != '\n')
		len--;
	return len;
}

/*
 * Puts the next part; if more parts follow, only up to its last newline. Sets @err if
 * it could not put all of that. Returns how many bytes it took.
 */
static size_t put_part(struct write *write, int *err)
{
	ssize_t len = copy_part(write->part, write->from);
	size_t done = len;

	if (len < 0) {
		*err = len;
		return 0;
	}
	look_from_start(write);
	*err = look_at(write, len, true);
	if (iov_iter_count(write->from))
		done = whole_lines(write->part, len);
	done = *err ? 0 : fifo_text_put(write->writer, write->part, done,
					write->nowait, err);
	iov_iter_revert(write->from, len - done);
	return done;
}

static ssize_t write_all(struct write *write)
{
	size_t done = 0;
	int err = 0;

	if (iov_iter_count(write->from) > PART_MAX)
		err = look_at_all(write);
	while (!err && iov_iter_count(write->from))
		done += put_part(write, &err);
	return done ?: err;
}

static ssize_t write_locked(struct write *write)
{
	struct fifo_text_writer *writer = write->writer;
	ssize_t done;

	done = fifo_text_lock(&writer->lock, write->nowait);
	if (done)
		return done;
	done = attach(writer, write->queue) ?: write_all(write);
	mutex_unlock(&writer->lock);
	return done;
}

/*
 * Writes lines: waits for room, unless @nowait. Returns how many bytes it took; if
 * these are not all, they end with a line. If it took none, returns -EINVAL for a byte
 * that cannot be in a line, -EMSGSIZE for a line above %FIFO_DATA_LEN bytes, or as
 * fifo_put() or fifo_attach_process().
 */
ssize_t fifo_text_write(struct fifo_text_writer *writer,
			const struct fifo_queue *queue, struct iov_iter *from,
			bool nowait)
{
	size_t len = min_t(size_t, iov_iter_count(from), PART_MAX);
	struct write write = {
		.writer = writer,
		.queue = queue,
		.from = from,
		.nowait = nowait,
	};
	ssize_t done;

	if (!len)
		return 0;
	write.part = kmalloc(len, GFP_KERNEL_ACCOUNT);
	if (!write.part)
		return -ENOMEM;
	done = write_locked(&write);
	kfree(write.part);
	return done;
}
