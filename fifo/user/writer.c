// SPDX-License-Identifier: GPL-2.0
/*
 * A write to a queue's device, as a whole: of however many pieces and bytes, it is
 * looked at before anything of it is put; what is refused has done nothing.
 *
 * A write that is longer than a part is copied twice, and looked at each time. A
 * program that changes its memory meanwhile may find lines put before one that is
 * refused.
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
 * struct write - one that is under way
 * @writer: the file's
 * @queue: its queue
 * @from: what is not done yet
 * @part: room for a part of it
 * @line: the line at which a part ends
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

/* The port, from the first write on. */
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

/* The next part comes behind the line that was begun before. */
static void look_from_start(struct write *write)
{
	struct fifo_text_writer *writer = write->writer;

	memset(&write->line, 0, sizeof(write->line));
	fifo_line_scan(&write->line, writer->line, writer->len);
}

/* Looks at a part; @last: nothing of the write comes behind it. */
static int look_at(struct write *write, size_t len, bool last)
{
	int err = fifo_line_scan(&write->line, write->part, len);

	if (!err && last && write->line.len > FIFO_DATA_LEN)
		err = -EMSGSIZE;
	return err ? fifo_text_refuse(write->queue, &write->line, err) : 0;
}

/* Looks at all that is written, and does nothing of it. */
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
		err = err ?: fifo_text_breathe();
	}
	return err;
}

/* The length of a text without the line that is begun at its end. */
static size_t whole_lines(const char *text, size_t len)
{
	while (len && text[len - 1] != '\n')
		len--;
	return len;
}

/*
 * Puts the next part, up to its last line if others follow. Sets @err if it cannot
 * be all. Returns how many bytes are done.
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
 * Writes lines: waits for room, unless @nowait. Returns how many bytes were taken,
 * up to the end of a line where it could not be all; or -EINVAL for a byte that
 * cannot be in a line, -EMSGSIZE for a line above %FIFO_DATA_LEN bytes, or as
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
