// SPDX-License-Identifier: GPL-2.0
/*
 * fifoctl stat: how fast items move.
 */
#include <stdlib.h>
#include "fifoctl.h"

void print_rates_head(const char *eol)
{
	printf("%5s %13s %13s %13s %15s %9s %9s%s", "QUEUE", "PUT/s", "GOT/s",
	       "DROPPED/s", "DEPTH", "PRODUCERS", "CONSUMERS", eol);
}

static double seconds_between(const struct timespec *from,
			      const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) +
	       (to->tv_nsec - from->tv_nsec) / 1e9;
}

/* A counter that is lower than before has started anew: fifo.ko was reloaded. */
static double rate(unsigned long long from, unsigned long long to,
		   double seconds)
{
	if (seconds <= 0)
		return 0;
	return (to < from ? to : to - from) / seconds;
}

static void print_rate(const struct queue *from, const struct queue *to,
		       double seconds, const char *eol)
{
	char depth[48];

	snprintf(depth, sizeof(depth), "%llu/%llu", to->depth, to->size);
	printf("%5u %13.1f %13.1f %13.1f %15s %9llu %9llu%s", to->index,
	       rate(from->put, to->put, seconds),
	       rate(from->got, to->got, seconds),
	       rate(from->dropped, to->dropped, seconds), depth,
	       to->producers, to->consumers, eol);
}

/* Prints a line for each queue. A new queue starts from 0. */
void print_rates(const struct snapshot *from, const struct snapshot *to,
		 const char *eol)
{
	static const struct queue nothing;
	double seconds = seconds_between(&from->time, &to->time);
	unsigned int i;

	for (i = 0; i < to->n; i++)
		print_rate(i < from->n ? &from->queues[i] : &nothing,
			   &to->queues[i], seconds, eol);
}

static int run(int argc, char **argv)
{
	unsigned int queue, interval;
	struct snapshot from, to;

	parse_times(argc, argv, &queue, &interval);
	snapshot_take(&from, queue);
	stop_on_signals();
	stop_wait(-1, interval);
	if (stopped())
		stop_as_signalled();
	snapshot_take(&to, queue);
	print_rates_head("\n");
	print_rates(&from, &to, "\n");
	snapshot_free(&from);
	snapshot_free(&to);
	return 0;
}

const struct command command_stat = {
	.name = "stat",
	.arguments = "[QUEUE] [--interval S]",
	.summary = "show how fast items move",
	.help = "Shows how fast items move in each queue, or in this one: reads the counters\n"
		"twice, and prints the difference. PRODUCERS and CONSUMERS are how many wait.\n\n"
		"  --interval S  seconds in between, 0.1 to 3600 (default 1)\n",
	.run = run,
};
