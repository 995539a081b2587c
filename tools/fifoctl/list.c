// SPDX-License-Identifier: GPL-2.0
/*
 * fifoctl list: the queues and their counters.
 */
#include "fifoctl.h"

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct snapshot now;
	unsigned int i;

	next_option(argc, argv, ANYWHERE, options);
	no_more_arguments(argv);
	snapshot_take(&now, ALL_QUEUES);
	printf("%5s %-9s %7s %-11s %7s %12s %12s %12s %6s\n", "QUEUE",
	       "ENGINE", "SIZE", "OVERFLOW", "DEPTH", "PUT", "GOT", "DROPPED",
	       "ERRORS");
	for (i = 0; i < now.n; i++) {
		const struct queue *q = &now.queues[i];

		printf("%5u %-9s %7llu %-11s %7llu %12llu %12llu %12llu %6llu\n",
		       q->index, q->engine, q->size, q->overflow, q->depth,
		       q->put, q->got, q->dropped, q->errors);
	}
	snapshot_free(&now);
	return 0;
}

const struct command command_list = {
	.name = "list",
	.arguments = "",
	.summary = "show the queues and their counters",
	.help = "Shows each queue: its settings, and what became of its items since fifo.ko was\n"
		"loaded. ERRORS counts how often a process began to write nonsense into its\n"
		"mapping.\n",
	.run = run,
};
