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
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>
#include "bench.h"

/* From one reading to the next: if nobody else runs, it is less. No interrupt takes so little. */
#define OWN	200

/* Looks at the counter, to see what one takes. */
#define TRIALS	200

/* Instructions, some ticks long, that show what ticks take. */
#define IDLE	40000000

/**
 * struct goal - until when to count
 * @counter: a file with a number; -1: there is none
 * @until: the goal is this number
 * @child: there is no @counter: the goal is the end of this process
 */
struct goal {
	int counter;
	uint64_t until;
	pid_t child;
};

static uint64_t read_counter(int fd)
{
	char text[32];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		err(1, "reading a counter");
	text[n] = 0;
	return strtoull(text, NULL, 10);
}

static bool reached(const struct goal *goal)
{
	int status;

	if (goal->counter >= 0)
		return read_counter(goal->counter) >= goal->until;
	if (waitpid(goal->child, &status, WNOHANG) != goal->child)
		return false;
	if (status)
		errx(1, "the command failed");
	return true;
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

static uint64_t median_gap(void)
{
	qsort(gaps, gaps_seen, sizeof(*gaps), compare_numbers);
	return gaps_seen ? gaps[gaps_seen / 2] : 0;
}

/* Since @last, until the goal: it can have come only if something was taken. */
static uint64_t taken_since(uint64_t last, const struct goal *goal, uint64_t look)
{
	uint64_t now, taken = 0;

	for (;; last = now) {
		now = __rdtsc();
		if (now - last < OWN)
			continue;
		taken += note_gap(now - last);
		last = now;
		if (reached(goal))
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
	int rate = open_file(argv[0], O_WRONLY);
	int counter = open_file(argv[2], O_RDONLY);
	struct goal goal = { .counter = counter };
	uint64_t from, taken, start, look;
	double ticks;

	run_when_idle();
	look = look_takes(counter);
	ticks = argv[4] ? strtod(argv[4], NULL) : ticks_take(IDLE);
	mark();
	from = read_counter(counter);
	goal.until = from + strtoull(argv[3], NULL, 10);
	start = __rdtsc();
	if (write(rate, argv[1], strlen(argv[1])) < 0)
		err(1, "%s", argv[0]);
	taken = taken_since(start, &goal, look);
	mark();
	taken -= ticks * (__rdtsc() - start);
	printf("%.1f %llu\n", (double)taken / (read_counter(counter) - from),
	       (unsigned long long)median_gap());
	return 0;
}

/*
 * Prints the instructions that a command takes, with all that it starts or wakes until its end,
 * without those of the ticks. The looks of this process are counted, too: it looks only when
 * all others sleep, which is seldom.
 */
int measure_spent(char **argv)
{
	struct goal goal = { .counter = -1 };
	uint64_t start, taken;
	double ticks;

	ticks = ticks_take(IDLE);
	start = __rdtsc();
	goal.child = fork();
	if (goal.child < 0)
		err(1, "fork");
	if (!goal.child) {
		execvp(*argv, argv);
		err(1, "%s", *argv);
	}
	run_when_idle();
	taken = taken_since(start, &goal, 0);
	printf("%.0f\n", taken - ticks * (__rdtsc() - start));
	return 0;
}
