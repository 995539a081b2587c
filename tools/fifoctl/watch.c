// SPDX-License-Identifier: GPL-2.0
/*
 * fifoctl watch: top if there is a terminal, or lines.
 */
#include <signal.h>
#include <unistd.h>
#include "columns.h"
#include "screen.h"

static void print_looks(unsigned int queue, unsigned int interval)
{
	struct look look;
	bool first = true;

	look_begin(&look, queue, false);
	for (;;) {
		stop_wait(-1, interval);
		if (stopped())
			break;
		if (!look_again(&look))
			snapshot_missing(queue);
		table_print(&columns_stat, look.queues, sizeof(*look.queues),
			    look.to.n, first);
		flush_output();
		first = false;
	}
	look_end(&look);
}

static int run(int argc, char **argv)
{
	unsigned int queue, interval;

	parse_times(argc, argv, &queue, &interval);
	if (screen_possible && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
		stop_in_order();
		screen_loop(queue, interval);
	} else {
		stop_on_signals();
		print_looks(queue, interval);
	}
	if (stopped() && stopped() != SIGINT)
		stop_as_signalled();
	return 0;
}

const struct command command_watch = {
	.name = "watch",
	.arguments = "[QUEUE] [--interval S]",
	.summary = "show that again and again",
	.help = "Prints how fast items move in each queue, or in this one, again and again, as\n"
		"lines. On a terminal it is the same as top.\n\n"
		"  --interval S  look every S seconds, 0.1 to 3600 (default 1)\n",
	.run = run,
};
