// SPDX-License-Identifier: GPL-2.0
/*
 * How long it takes from a put until the process that has waited for it runs: the
 * clock is read before the put in one process, and when the wait is over in another.
 */
#include <err.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include "bench.h"

#define ROUNDS	2000

/* Long enough that the other one sleeps when the put comes. */
#define PAUSE_NS	300000

/**
 * struct shared - what both processes see
 * @waits: how many waits have begun
 * @put_at: when the last put began
 * @took: from each put to the end of its wait; the process that waits
 */
struct shared {
	atomic_uint waits;
	uint64_t put_at;
	uint64_t took[ROUNDS];
};

static struct shared *shared;

/**
 * struct path - from whom to whom
 * @name: as on the command line
 * @open_wait: prepares to wait, in the process that does
 * @wait: waits for one, and takes it
 * @open_put: prepares to put
 * @put: puts one
 */
struct path {
	const char *name;
	void (*open_wait)(void);
	void (*wait)(void);
	void (*open_put)(void);
	void (*put)(void);
};

static struct fifo_end *end;
static struct fifo_item item = {
	.type = FIFO_ITEM_TEXT, .len = 32, .data = "abcdefghijklmnopqrstuvwxyz012345",
};

static const char line[] = "abcdefghijklmnopqrstuvwxyz012345\n";
static char record[ITEM];
static int fd, pipe_fds[2];

static void nothing(void)
{
}

static void pipe_wait(void)
{
	if (read(pipe_fds[0], record, sizeof(record)) != sizeof(record))
		err(1, "read");
}

static void pipe_put(void)
{
	if (write(pipe_fds[1], record, sizeof(record)) != sizeof(record))
		err(1, "write");
}

static void mapped_open_wait(void)
{
	end = open_end(0, FIFO_CONSUMER);
}

static void mapped_wait(void)
{
	if (fifo_get(end, &item))
		errx(1, "fifo_get");
}

static void mapped_open_put(void)
{
	end = open_end(0, FIFO_PRODUCER);
}

static void mapped_put(void)
{
	if (fifo_put(end, &item))
		errx(1, "fifo_put");
}

static void device_open_wait(void)
{
	fd = open_device(0, O_RDONLY);
}

static void device_wait(void)
{
	if (read(fd, record, sizeof(record)) != sizeof(line) - 1)
		err(1, "read");
}

static void device_open_put(void)
{
	fd = open_device(0, O_WRONLY);
}

static void device_put(void)
{
	if (write(fd, line, sizeof(line) - 1) != sizeof(line) - 1)
		err(1, "write");
}

static const struct path paths[] = {
	{ "pipe", nothing, pipe_wait, nothing, pipe_put },
	{ "device", device_open_wait, device_wait, device_open_put, device_put },
	{ "kernel-mapped", mapped_open_wait, mapped_wait, device_open_put, device_put },
	{ "mapped", mapped_open_wait, mapped_wait, mapped_open_put, mapped_put },
};

#define PATHS	(sizeof(paths) / sizeof(*paths))

static void wait_rounds(unsigned int which)
{
	const struct path *path = &paths[which];
	unsigned int i;

	path->open_wait();
	for (i = 0; i < ROUNDS; i++) {
		atomic_store(&shared->waits, i + 1);
		path->wait();
		shared->took[i] = now_ns() - shared->put_at;
	}
	atomic_store(&shared->waits, ROUNDS + 1);
}

/* Until the other one is so far. */
static void wait_for_waits(unsigned int n)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };

	do
		nanosleep(&pause, NULL);
	while (atomic_load(&shared->waits) < n);
	nanosleep(&pause, NULL);
}

static void put_rounds(const struct path *path)
{
	unsigned int i;

	path->open_put();
	for (i = 0; i < ROUNDS; i++) {
		wait_for_waits(i + 1);
		shared->put_at = now_ns();
		path->put();
	}
	wait_for_waits(ROUNDS + 1);
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int measure_latency(const char *name)
{
	unsigned int i;
	pid_t peer;

	for (i = 0; i < PATHS && strcmp(paths[i].name, name); i++)
		;
	if (i == PATHS)
		errx(2, "there is no path %s", name);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || pipe(pipe_fds))
		err(1, "memory, or a pipe");
	peer = start_peer(wait_rounds, i);
	put_rounds(&paths[i]);
	end_peer(peer);
	qsort(shared->took, ROUNDS, sizeof(*shared->took), compare);
	printf("%.1f %.1f\n", shared->took[ROUNDS / 2] / 1e3,
	       shared->took[ROUNDS * 99 / 100] / 1e3);
	return 0;
}
