// SPDX-License-Identifier: GPL-2.0
/*
 * fifoctl stat: how fast items move.
 */
#include "columns.h"

static int run(int argc, char **argv)
{
	unsigned int queue, interval;
	struct look look;

	parse_times(argc, argv, &queue, &interval);
	look_begin(&look, queue, false);
	stop_on_signals();
	stop_wait(-1, interval);
	if (stopped())
		stop_as_signalled();
	if (!look_again(&look))
		snapshot_missing(queue);
	table_print(&columns_stat, look.queues, sizeof(*look.queues),
		    look.to.n, true);
	look_end(&look);
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
