// SPDX-License-Identifier: GPL-2.0
/*
 * The ways that items go, but for that of BPF.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench.h"

static struct fifo_item items[BATCH];
static char bytes[BATCH * ITEM];
static struct fifo_end *end;
static int fd, pipe_fds[2];
static mqd_t mq;

/* --- mapped ---------------------------------------------------------------- */

static void make_items(void)
{
	int i;

	for (i = 0; i < BATCH; i++) {
		items[i].type = FIFO_ITEM_TEXT;
		items[i].len = 32;
		memset(items[i].data, 'A', 32);
	}
}

static bool begin_get(unsigned int batch)
{
	(void)batch;
	end = open_end(0, FIFO_CONSUMER);
	return true;
}

static bool begin_put(unsigned int batch)
{
	(void)batch;
	make_items();
	end = open_end(0, FIFO_PRODUCER);
	return true;
}

static unsigned int check_moved(int moved)
{
	if (moved < 0)
		errx(1, "libfifo: %s", strerror(-moved));
	return moved;
}

static unsigned int move_get(unsigned int batch)
{
	return check_moved(batch == 1 ? fifo_get(end, items) ?: 1 :
					fifo_get_many(end, items, batch));
}

static unsigned int move_put(unsigned int batch)
{
	return check_moved(batch == 1 ? fifo_put(end, items) ?: 1 :
					fifo_put_many(end, items, batch));
}

/* Its own end: that of its parent is not for it. */
static void peer_put(unsigned int batch)
{
	begin_put(batch);
	for (;;)
		move_put(batch);
}

/* --- the device ------------------------------------------------------------ */

/* An item of producer.ko with item=(32 characters), as a line. */
#define LINE	33

static unsigned int count_lines(const char *text, ssize_t len)
{
	unsigned int n = 0;

	while ((text = memchr(text, '\n', bytes + len - text))) {
		text++;
		n++;
	}
	return n;
}

static bool begin_read(unsigned int batch)
{
	(void)batch;
	fd = open_device(0, O_RDONLY);
	return true;
}

static unsigned int move_read(unsigned int batch)
{
	ssize_t n = read(fd, bytes, batch * LINE);

	if (n < 0)
		err(1, "read");
	return count_lines(bytes, n);
}

static bool begin_write(unsigned int batch)
{
	unsigned int i;

	memset(bytes, 'A', sizeof(bytes));
	for (i = 1; i <= batch; i++)
		bytes[i * LINE - 1] = '\n';
	fd = open_device(0, O_WRONLY);
	return true;
}

static unsigned int move_write(unsigned int batch)
{
	if (write(fd, bytes, batch * LINE) != (ssize_t)batch * LINE)
		err(1, "write");
	return batch;
}

/* --- pipe ------------------------------------------------------------------ */

static bool begin_pipe(unsigned int batch)
{
	(void)batch;
	if (pipe(pipe_fds))
		err(1, "pipe");
	return true;
}

static void peer_pipe(unsigned int batch)
{
	while (write(pipe_fds[1], bytes, batch * ITEM) > 0)
		;
}

static unsigned int move_pipe(unsigned int batch)
{
	ssize_t n = read(pipe_fds[0], bytes, batch * ITEM);

	if (n <= 0)
		err(1, "read");
	return n / ITEM;
}

/* --- POSIX message queue --------------------------------------------------- */

/* Nothing in it is for several messages at a time. */
static bool begin_mq(unsigned int batch)
{
	struct mq_attr attr = { .mq_maxmsg = SIZE, .mq_msgsize = ITEM };

	if (batch > 1)
		return false;
	mq = mq_open("/fifobench", O_CREAT | O_EXCL | O_RDWR, 0600, &attr);
	if (mq == (mqd_t)-1) {
		warn("no POSIX message queue");
		return false;
	}
	mq_unlink("/fifobench");
	return true;
}

static void peer_mq(unsigned int batch)
{
	(void)batch;
	while (!mq_send(mq, bytes, ITEM, 0))
		;
}

static unsigned int move_mq(unsigned int batch)
{
	if (mq_receive(mq, bytes, ITEM, NULL) != ITEM)
		err(1, "mq_receive");
	return batch;
}

const struct way ways[] = {
	{ "mapped-get", NULL, begin_get, move_get },
	{ "mapped-put", NULL, begin_put, move_put },
	{ "mapped-both", peer_put, begin_get, move_get },
	{ "read", NULL, begin_read, move_read },
	{ "write", NULL, begin_write, move_write },
	{ "pipe", peer_pipe, begin_pipe, move_pipe },
	{ "mq", peer_mq, begin_mq, move_mq },
	{ 0 }
};
