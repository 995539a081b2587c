// SPDX-License-Identifier: GPL-2.0
/*
 *	native ROUNDS ITEMS
 *
 * measures all contenders, in each of some cases, one after the other, in ROUNDS rounds. A
 * disturbance that lasts meets them all. Prints a line a contender, "contender NAME PACKAGE",
 * and a line a run, "PAIRS BATCH NAME NS": nanoseconds for each item. Runs are of ITEMS items,
 * or ten times as many in batches. A queue that does not keep the items ends it all.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "native.h"

/* A run takes some milliseconds. */
#ifndef STUCK_SECONDS
#define STUCK_SECONDS	20
#endif

/* How often a run is made again in which a thread was preempted. */
#define TRIES		5

static const struct {
	unsigned int pairs;
	unsigned int batch;
} cases[] = {
	{ 1, 1 },
	{ 1, BATCH },
	{ 2, 1 },
	{ 2, BATCH },
	/* From here on only where each thread has a processor. */
	{ 4, 1 },
	{ 4, BATCH },
	{ 8, 1 },
	{ 8, BATCH },
	{ 0 }
};

static const char *running;

static void stuck(int number)
{
	static const char text[] = ": a run has no end\n";

	(void)number;
	if (write(STDERR_FILENO, running, strlen(running)) > 0)
		(void)!write(STDERR_FILENO, text, strlen(text));
	_exit(1);
}

/* Where threads share a processor, they preempt each other. */
static void measure(const struct contender *contender, unsigned int pairs,
		    unsigned int batch, uint64_t items)
{
	unsigned int tries = 2 * pairs > processors() ? 1 : TRIES;
	bool quiet;
	uint64_t ns;

	if (contender->pairs_max && pairs > contender->pairs_max)
		return;
	items *= batch > 1 ? 10 : 1;
	items -= items % (pairs * batch);
	running = contender->name;
	do {
		alarm(STUCK_SECONDS);
		ns = run(contender, pairs, batch, items, &quiet);
	} while (!quiet && --tries);
	printf("%u %u %s %.2f\n", pairs, batch, contender->name,
	       (double)ns / items);
}

static void measure_round(uint64_t items)
{
	const struct contender *const *contender;
	unsigned int i, max = processors();

	if (max < 4)
		max = 4;
	for (i = 0; cases[i].pairs && 2 * cases[i].pairs <= max; i++)
		for (contender = __start_contenders;
		     contender < __stop_contenders; contender++)
			measure(*contender, cases[i].pairs, cases[i].batch,
				items);
}

int main(int argc, char **argv)
{
	const struct contender *const *contender;
	unsigned long rounds, items;

	if (argc != 3)
		errx(2, "usage: %s ROUNDS ITEMS", argv[0]);
	rounds = strtoul(argv[1], NULL, 10);
	items = strtoul(argv[2], NULL, 10);
	if (!rounds || items < 2 * BATCH)
		errx(2, "ROUNDS must be above 0, ITEMS at least %d", 2 * BATCH);
	if (processors() < 2)
		errx(1, "this needs two processors");
	signal(SIGALRM, stuck);
	for (contender = __start_contenders; contender < __stop_contenders;
	     contender++)
		printf("contender %s %s\n", (*contender)->name,
		       (*contender)->package);
	while (rounds--)
		measure_round(items);
	return 0;
}
