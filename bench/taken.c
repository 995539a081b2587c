// SPDX-License-Identifier: GPL-2.0
/*
 * Instructions that others take on the one processor of a machine whose time stamp
 * counter counts instructions. This process reads it all the time, at the lowest
 * priority: it runs whenever nobody else does, and what passed beside its own
 * instructions was taken.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <x86intrin.h>
#include "bench.h"

/* From one reading to the next: if nobody else runs, it is less. No interrupt takes so little. */
#define OWN	200

/* Looks at the counter, to see what one takes. */
#define TRIALS	200

/* Instructions, some ticks long, that show what ticks take. */
#define IDLE	40000000

static int open_file(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static uint64_t read_counter(int fd)
{
	char text[32];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		err(1, "reading a counter");
	text[n] = 0;
	return strtoull(text, NULL, 10);
}

/* What a look at the counter takes. */
static uint64_t look_takes(int counter)
{
	uint64_t least = UINT64_MAX, last = __rdtsc(), now;
	int i;

	for (i = 0; i < TRIALS; i++, last = now) {
		read_counter(counter);
		now = __rdtsc();
		if (now - last < least)
			least = now - last;
	}
	return least;
}

/* What ticks take of each instruction, when there is nothing else. */
static double ticks_take(uint64_t span)
{
	uint64_t start = __rdtsc(), last = start, now, taken = 0;

	for (; last - start < span; last = now) {
		now = __rdtsc();
		if (now - last > OWN)
			taken += now - last;
	}
	return (double)taken / (last - start);
}

static void run_when_idle(void)
{
	struct sched_param none = { 0 };

	if (sched_setscheduler(0, SCHED_IDLE, &none))
		err(1, "SCHED_IDLE");
}

#define GAPS	100000

/* Each of what was taken at a time. */
static uint64_t gaps[GAPS];
static unsigned int gaps_seen;

static uint64_t note_gap(uint64_t gap)
{
	if (gaps_seen < GAPS)
		gaps[gaps_seen++] = gap;
	return gap;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t median_gap(void)
{
	qsort(gaps, gaps_seen, sizeof(*gaps), compare);
	return gaps_seen ? gaps[gaps_seen / 2] : 0;
}

/* Since @last, until the counter is at @until: it has changed only if something was taken. */
static uint64_t taken_since(uint64_t last, int counter, uint64_t until, uint64_t look)
{
	uint64_t now, taken = 0;

	for (;; last = now) {
		now = __rdtsc();
		if (now - last < OWN)
			continue;
		taken += note_gap(now - last);
		last = now;
		if (read_counter(counter) >= until)
			return taken;
		now = __rdtsc();
		if (now - last > look)
			taken += now - last - look;
	}
}

/* Prints what ticks take. */
int measure_ticks(void)
{
	run_when_idle();
	printf("%.9f\n", ticks_take(10 * IDLE));
	return 0;
}

/*
 * Writes what a rate is to be, and prints the instructions that are taken until the
 * counter has gone on by so much, for each that it counts, without those of the ticks; and
 * the median of what was taken at a time. What ticks take is given if something runs
 * already.
 */
int measure_taken(char **argv)
{
	uint64_t least = strtoull(argv[3], NULL, 10), from, taken, start, look;
	int rate = open_file(argv[0], O_WRONLY);
	int counter = open_file(argv[2], O_RDONLY);
	double ticks;

	run_when_idle();
	look = look_takes(counter);
	ticks = argv[4] ? strtod(argv[4], NULL) : ticks_take(IDLE);
	mark();
	from = read_counter(counter);
	start = __rdtsc();
	if (write(rate, argv[1], strlen(argv[1])) < 0)
		err(1, "%s", argv[0]);
	taken = taken_since(start, counter, from + least, look);
	mark();
	taken -= ticks * (__rdtsc() - start);
	printf("%.1f %llu\n", (double)taken / (read_counter(counter) - from),
	       (unsigned long long)median_gap());
	return 0;
}
