// SPDX-License-Identifier: GPL-2.0
/*
 * Counts one thing in a machine whose time stamp counter counts instructions, and prints it.
 *
 *	fifobench count PAIR BATCH	a put and a get of a process, so many items at a time
 *	fifobench waking PATH PUTTER WAITER
 *					from a put on one processor until the process that
 *					has slept on another has the item
 *	fifobench ticks		the share of all instructions that ticks take
 *	fifobench taken RATE VALUE COUNTER N [TICKS]
 *					what others take, once VALUE was written to the file
 *					RATE, for each that the file COUNTER counts, until
 *					it has counted N; and the median of what they take
 *					at a time. TICKS is that share; without it, nothing
 *					may run yet
 *	fifobench spent COMMAND…	what a command takes, and all that it starts
 *	fifobench mark			says so to the plugin of QEMU
 *
 * The caller has loaded what is needed of fifo.ko, producer.ko and consumer.ko.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench.h"

struct fifo_end *open_end(unsigned int queue, enum fifo_role role)
{
	struct fifo_end *end = fifo_open(queue, role);
	char why[FIFO_EXPLAIN_LEN];

	if (!end)
		errx(1, "%s", fifo_explain(queue, role, errno, why,
					   sizeof(why)));
	return end;
}

int open_file(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

int open_device(unsigned int queue, int flags)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/fifo%u", queue);
	return open_file(path, flags);
}

/* For qsort(), of uint64_t. */
int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (argc == 2 && !strcmp(what, "mark"))
		return mark();
	if (argc == 2 && !strcmp(what, "ticks"))
		return measure_ticks();
	if (argc == 4 && !strcmp(what, "count"))
		return measure_count(argv[2], strtoul(argv[3], NULL, 10));
	if (argc == 5 && !strcmp(what, "waking"))
		return measure_waking(argv[2], atoi(argv[3]), atoi(argv[4]));
	if ((argc == 6 || argc == 7) && !strcmp(what, "taken"))
		return measure_taken(argv + 2);
	if (argc > 2 && !strcmp(what, "spent"))
		return measure_spent(argv + 2);
	errx(2, "usage: as the source says");
}
