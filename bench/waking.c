// SPDX-License-Identifier: GPL-2.0
/*
 * From before a put in one process until another, which has slept in a get, has the item. The
 * two are on one processor, or each on its own. All processors of a machine that counts
 * instructions have the same time stamp counter, which counts those of all of them.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>
#include "bench.h"

#define ROUNDS	201

/* The waiter sleeps long before this is over; not a divisor of a tick. */
#define PAUSE_NS	310000

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
 * struct path - from one process to the other
 * @name: as on the command line
 * @open: prepares both sides, before there are two processes; NULL: nothing to do
 * @open_wait: prepares to wait, in the process that does; NULL: nothing to do
 * @wait: waits for one, and takes it
 * @open_put: prepares to put; NULL: nothing to do
 * @put: puts one
 */
struct path {
	const char *name;
	void (*open)(void);
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
static mqd_t mq;

static void pipe_open(void)
{
	if (pipe(pipe_fds))
		err(1, "pipe");
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

static void mq_open_both(void)
{
	struct mq_attr attr = { .mq_maxmsg = SIZE, .mq_msgsize = ITEM };

	mq = mq_open("/fifobench", O_CREAT | O_EXCL | O_RDWR, 0600, &attr);
	if (mq == (mqd_t)-1)
		err(1, "mq_open");
	mq_unlink("/fifobench");
}

static void mq_wait(void)
{
	if (mq_receive(mq, record, sizeof(record), NULL) != sizeof(record))
		err(1, "mq_receive");
}

static void mq_put(void)
{
	if (mq_send(mq, record, sizeof(record), 0))
		err(1, "mq_send");
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
	{ "pipe", pipe_open, NULL, pipe_wait, NULL, pipe_put },
	{ "mq", mq_open_both, NULL, mq_wait, NULL, mq_put },
	{ "device", NULL, device_open_wait, device_wait, device_open_put, device_put },
	{ "mapped", NULL, mapped_open_wait, mapped_wait, mapped_open_put, mapped_put },
};

static const struct path *find_path(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (!strcmp(paths[i].name, name))
			return &paths[i];
	errx(2, "there is no path %s", name);
}

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "processor %d", cpu);
}

static void wait_rounds(const struct path *path)
{
	unsigned int i;

	if (path->open_wait)
		path->open_wait();
	for (i = 0; i < ROUNDS; i++) {
		atomic_store(&shared->waits, i + 1);
		path->wait();
		shared->took[i] = __rdtsc() - shared->put_at;
	}
	atomic_store(&shared->waits, ROUNDS + 1);
}

/* Until the other process sleeps in its wait with this number. */
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

	if (path->open_put)
		path->open_put();
	for (i = 0; i < ROUNDS; i++) {
		wait_for_waits(i + 1);
		shared->put_at = __rdtsc();
		path->put();
	}
	wait_for_waits(ROUNDS + 1);
}

static void start_waiter(const struct path *path, int cpu)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	run_on(cpu);
	wait_rounds(path);
	_exit(0);
}

/* Prints the median, and the distance between the quartiles. */
int measure_waking(const char *name, int putter, int waiter)
{
	const struct path *path = find_path(name);

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(1, "memory");
	if (path->open)
		path->open();
	start_waiter(path, waiter);
	run_on(putter);
	put_rounds(path);
	wait(NULL);
	qsort(shared->took, ROUNDS, sizeof(*shared->took), compare_numbers);
	printf("%llu %llu\n", (unsigned long long)shared->took[ROUNDS / 2],
	       (unsigned long long)(shared->took[ROUNDS * 3 / 4] -
				    shared->took[ROUNDS / 4]));
	return 0;
}
