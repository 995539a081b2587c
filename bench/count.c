// SPDX-License-Identifier: GPL-2.0
/*
 * Instructions of a put and of a get, from a process, in a machine whose time stamp counter
 * counts instructions. One thread does both, and neither waits.
 */
#include <err.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <x86intrin.h>
#include "bench.h"

/* Items in a run. A tick is longer than almost any run. */
#define ITEMS	128

/* A run that a tick disturbs is longer: the shortest counts. */
#define RUNS	16

/* Lines of 32 characters. */
#define LINE	33

static struct fifo_item items[BATCH];
static char lines[BATCH * LINE], bytes[BATCH * ITEM];

/* A read of the device leaves room for lines that have to be escaped. */
static char text[BATCH * 256];

static struct fifo_end *producer, *consumer;
static int read_fd, write_fd, pipe_fds[2];
static mqd_t mq;

static bool write_device(unsigned int n)
{
	return write(write_fd, lines, n * LINE) == n * LINE;
}

static bool read_device(unsigned int n)
{
	return read(read_fd, text, sizeof(text)) == n * LINE;
}

static bool put_mapped(unsigned int n)
{
	return n == 1 ? !fifo_put(producer, items) :
			fifo_put_many(producer, items, n) == (int)n;
}

static bool get_mapped(unsigned int n)
{
	return n == 1 ? !fifo_get(consumer, items) :
			fifo_get_many(consumer, items, n) == (int)n;
}

/* What is in the slots is not touched: to read it, or to fill it in, is the caller's work. */
static bool reserve_mapped(unsigned int n)
{
	struct fifo_item *room;

	return fifo_reserve_many(producer, &room, n) == (int)n &&
	       !fifo_commit(producer, n);
}

static bool peek_mapped(unsigned int n)
{
	const struct fifo_item *there;

	return fifo_peek_many(consumer, &there, n) == (int)n &&
	       !fifo_release(consumer, n);
}

static bool write_pipe(unsigned int n)
{
	return write(pipe_fds[1], bytes, n * ITEM) == n * ITEM;
}

static bool read_pipe(unsigned int n)
{
	return read(pipe_fds[0], bytes, n * ITEM) == n * ITEM;
}

/* Nothing in it is for several messages at a time. */
static bool send_mq(unsigned int n)
{
	(void)n;
	return !mq_send(mq, bytes, ITEM, 0);
}

static bool receive_mq(unsigned int n)
{
	(void)n;
	return mq_receive(mq, bytes, ITEM, NULL) == ITEM;
}

static bool open_device_both(unsigned int n)
{
	(void)n;
	write_fd = open_device(0, O_WRONLY);
	read_fd = open_device(0, O_RDONLY);
	return true;
}

static bool open_mapped_put(unsigned int n)
{
	(void)n;
	producer = open_end(0, FIFO_PRODUCER);
	read_fd = open_device(0, O_RDONLY);
	return true;
}

/* Fills all slots once. */
static bool open_mapped_reserve(unsigned int n)
{
	struct fifo_item *room;
	int i;

	if (!open_mapped_put(n) || fifo_try_reserve_many(producer, &room, SIZE) != SIZE)
		return false;
	for (i = 0; i < SIZE; i++)
		room[i] = items[0];
	return true;
}

static bool open_mapped_get(unsigned int n)
{
	(void)n;
	write_fd = open_device(0, O_WRONLY);
	consumer = open_end(0, FIFO_CONSUMER);
	return true;
}

static bool open_pipe(unsigned int n)
{
	(void)n;
	return !pipe(pipe_fds);
}

static bool open_mq(unsigned int n)
{
	struct mq_attr attr = { .mq_maxmsg = SIZE, .mq_msgsize = ITEM };

	mq = mq_open("/fifobench", O_CREAT | O_EXCL | O_RDWR, 0600, &attr);
	mq_unlink("/fifobench");
	return n == 1 && mq != (mqd_t)-1;
}

/**
 * struct pair - a put and a get
 * @name: as on the command line
 * @open: prepare both sides for batches of @n
 * @put: put @n items; were they? NULL: put_bpf(), whose system call puts many times
 * @get: get @n items; were there so many?
 */
static const struct pair {
	const char *name;
	bool (*open)(unsigned int n);
	bool (*put)(unsigned int n);
	bool (*get)(unsigned int n);
} pairs[] = {
	{ "device", open_device_both, write_device, read_device },
	{ "mapped-put", open_mapped_put, put_mapped, read_device },
	{ "mapped-get", open_mapped_get, write_device, get_mapped },
	{ "mapped-reserve", open_mapped_reserve, reserve_mapped, read_device },
	{ "mapped-peek", open_mapped_get, write_device, peek_mapped },
	{ "pipe", open_pipe, write_pipe, read_pipe },
	{ "mq", open_mq, send_mq, receive_mq },
	{ "bpf", open_bpf, NULL, get_bpf },
};

static bool nothing(unsigned int n)
{
	return n;
}

/* Adds the instructions of a call. */
static void add_call(uint64_t *spent, bool (*move)(unsigned int n), unsigned int n)
{
	uint64_t start = __rdtsc();
	bool ok = move(n);

	*spent += __rdtsc() - start;
	if (!ok)
		errx(1, "not all of %u items were moved", n);
}

/* The instructions of so many puts, and of the get after each. */
static void spend(const struct pair *pair, unsigned int n, unsigned int times,
		  uint64_t spent[2])
{
	while (times--) {
		add_call(&spent[0], pair->put, n);
		add_call(&spent[1], pair->get, n);
	}
}

/* As spend(), but all puts are in one system call. */
static void spend_bpf(const struct pair *pair, unsigned int n, unsigned int times,
		      uint64_t spent[2])
{
	add_call(&spent[0], put_bpf, times);
	while (times--)
		add_call(&spent[1], pair->get, n);
}

/* The least instructions of the puts and of the gets of some runs. */
static void shortest(const struct pair *pair, unsigned int n, unsigned int times,
		     uint64_t least[2])
{
	unsigned int run, i;

	least[0] = UINT64_MAX;
	least[1] = UINT64_MAX;
	for (run = 0; run < RUNS; run++) {
		uint64_t spent[2] = { 0 };

		(pair->put ? spend : spend_bpf)(pair, n, times, spent);
		for (i = 0; i < 2; i++)
			if (spent[i] < least[i])
				least[i] = spent[i];
	}
}

static const struct pair no_pair = { .put = nothing, .get = nothing };

/*
 * Prints the instructions of a put and of a get for each item, @n at a time. Those of a system
 * call that puts many times are in half as many puts, too.
 */
static void count(const struct pair *pair, unsigned int n)
{
	uint64_t least[2], calls[2], half[2];

	shortest(pair, n, ITEMS / n, least);
	shortest(&no_pair, n, ITEMS / n, calls);
	if (!pair->put) {
		shortest(pair, n, ITEMS / n / 2, half);
		calls[0] = 2 * half[0] - least[0];
	}
	printf("%.1f %.1f\n", (double)(least[0] - calls[0]) / ITEMS,
	       (double)(least[1] - calls[1]) / ITEMS);
}

static void make_items(void)
{
	int i;

	memset(lines, 'A', sizeof(lines));
	for (i = 0; i < BATCH; i++) {
		lines[(i + 1) * LINE - 1] = '\n';
		items[i].type = FIFO_ITEM_TEXT;
		items[i].len = LINE - 1;
		memset(items[i].data, 'A', LINE - 1);
	}
}

int measure_count(const char *name, unsigned int n)
{
	size_t i;

	if (!n || n > BATCH || ITEMS % n)
		errx(2, "a batch must be of 1 to %d items, and divide %d", BATCH, ITEMS);
	make_items();
	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		if (strcmp(pairs[i].name, name))
			continue;
		if (!pairs[i].open(n))
			err(1, "%s, %u at a time", name, n);
		count(&pairs[i], n);
		return 0;
	}
	errx(2, "there is no pair %s", name);
}
