// SPDX-License-Identifier: GPL-2.0
/*
 * fifoctl top: what the queues and their ports do, live.
 */
#include <signal.h>
#include <unistd.h>
#include "columns.h"
#include "look_json.h"
#include "screen.h"

/**
 * struct options - what the command line asks for
 * @queue: the queue, or ALL_QUEUES
 * @interval: milliseconds between looks
 * @once: one look, as text or JSON
 * @json: print JSON
 */
struct options {
	unsigned int queue;
	unsigned int interval;
	bool once, json;
};

static void parse(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "once", no_argument, NULL, '1' },
		{ "json", no_argument, NULL, 'j' },
		{ "interval", required_argument, NULL, 'i' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int option;

	*options = (struct options){ .interval = 1000 };
	while ((option = next_option(argc, argv, ANYWHERE, long_options)) != -1) {
		if (option == 'i')
			options->interval = parse_interval(optarg);
		options->once |= option == '1';
		options->json |= option == 'j';
	}
	options->queue = parse_any_queue(argv);
}

static void print_text_look(const struct look *look)
{
	table_print(&columns_once, look->queues, sizeof(*look->queues),
		    look->to.n, true);
	putchar('\n');
	if (look->ports.error)
		puts(ports_explain(look->ports.error));
	else
		table_print(&columns_ports, look->ports.ports,
			    sizeof(*look->ports.ports), look->ports.n, true);
}

/* Prints looks, or one. JSON shows, too, that fifo.ko is gone: it may come back. */
static void print_looks(const struct options *options)
{
	static struct look look;

	look_begin(&look, options->queue, true);
	do {
		stop_wait(-1, options->interval);
		if (stopped())
			break;
		if (!look_again(&look) && options->once)
			snapshot_missing(options->queue);
		if (options->json)
			look_print_json(&look);
		else
			print_text_look(&look);
		flush_output();
	} while (!options->once);
	look_end(&look);
}

static int run(int argc, char **argv)
{
	struct options options;

	parse(argc, argv, &options);
	if (options.once || options.json) {
		stop_on_signals();
		print_looks(&options);
	} else {
		if (screen_possible && !(isatty(STDIN_FILENO) &&
					 isatty(STDOUT_FILENO)))
			misused("top needs a terminal; --once and --json do not");
		stop_in_order();
		screen_loop(options.queue, options.interval);
	}
	if (stopped() && stopped() != SIGINT)
		stop_as_signalled();
	return 0;
}

const struct command command_top = {
	.name = "top",
	.arguments = "[QUEUE] [OPTION]...",
	.summary = "look at queues and ports, live",
	.help = "Shows each queue, or this one: how full it is, how fast items move, and how long\n"
		"they wait. Enter shows its ports, + and - change the rate of one, h shows the\n"
		"other keys. Ports are shown to root only.\n\n"
		"  --once        print one look as text, after the interval\n"
		"  --json        print an object of JSON for each look, or with --once for one\n"
		"  --interval S  seconds between looks, 0.1 to 3600 (default 1)\n",
	.run = run,
};
