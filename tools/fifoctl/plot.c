// SPDX-License-Identifier: GPL-2.0
/*
 * fifoctl plot: draws what record has recorded.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "plot.h"

/* Of text, if the terminal does not say. */
#define COLUMNS	80

/**
 * struct options - the command line
 * @file: what to read
 * @output: what to write, or NULL: the terminal
 * @queue: of which queue, or ALL_QUEUES: the first of the file
 * @panels: what to draw
 * @json: print a summary as JSON, and draw only to a file
 */
struct options {
	const char *file;
	const char *output;
	unsigned int queue;
	unsigned int panels;
	bool json;
};

static unsigned int parse_what(const char *text)
{
	static const struct {
		const char *name;
		unsigned int panels;
	} names[] = {
		{ "depth", PANEL_DEPTH },
		{ "rate", PANEL_RATE },
		{ "wait", PANEL_WAIT },
		{ "ports", PANEL_PORTS },
		{ "all", PANEL_ALL },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(text, names[i].name))
			return names[i].panels;
	misused("--what %s: must be depth, rate, wait, ports or all", text);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), tail = strlen(end);

	return len > tail && !strcmp(text + len - tail, end);
}

static enum format parse_format(const char *output)
{
	if (!output)
		return FORMAT_TEXT;
	if (ends_with(output, ".svg"))
		return FORMAT_SVG;
	if (ends_with(output, ".png"))
		return FORMAT_PNG;
	misused("-o %s: must end with .svg or .png", output);
}

static void parse(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "queue", required_argument, NULL, 'q' },
		{ "what", required_argument, NULL, 'w' },
		{ "terminal", no_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	bool terminal = false;
	int option;

	while ((option = next_option(argc, argv, ":ho:", names)) != -1) {
		if (option == 'o')
			options->output = optarg;
		else if (option == 'q')
			options->queue = parse_queue(optarg);
		else if (option == 'w')
			options->panels = parse_what(optarg);
		else if (option == 'j')
			options->json = true;
		else
			terminal = true;
	}
	if (terminal && (options->output || options->json))
		misused("--terminal, and %s: which of them?",
			options->json ? "--json" : "-o");
	if (!argv[optind])
		misused("which file? 'fifoctl record' writes trace.dat");
	options->file = argv[optind++];
	no_more_arguments(argv);
}

static unsigned int terminal_columns(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return COLUMNS;
	return size.ws_col;
}

/* Exits if the file has none of that queue. */
static unsigned int find_queue(const struct recording *recording,
			       const struct options *options)
{
	unsigned int queue = 0;

	if (options->queue == ALL_QUEUES) {
		while (!recording->tubes[queue])
			queue++;
		return queue;
	}
	if (options->queue < TUBES_MAX && recording->tubes[options->queue])
		return options->queue;
	fprintf(stderr, "fifoctl: %s has nothing of queue %u, but of", options->file,
		options->queue);
	for (; queue < TUBES_MAX; queue++)
		if (recording->tubes[queue])
			fprintf(stderr, " %u", queue);
	fputc('\n', stderr);
	exit(FAILED);
}

static void draw(const struct recording *recording,
		 const struct options *options)
{
	struct picture picture = {
		.recording = recording,
		.queue = find_queue(recording, options),
		.panels = options->panels,
		.format = parse_format(options->output),
		.columns = terminal_columns(),
	};

	picture.tube = recording->tubes[picture.queue];
	gnuplot_draw(&picture, options->output);
	if (picture.format == FORMAT_TEXT && (picture.panels & PANEL_PORTS))
		bars_as_text(&picture, stdout);
}

static int run(int argc, char **argv)
{
	struct options options = { .queue = ALL_QUEUES, .panels = PANEL_ALL };
	static struct recording recording;

	parse(argc, argv, &options);
	parse_format(options.output);
	recording_read(&recording, options.file);
	find_queue(&recording, &options);
	summary_warn(&recording);
	if (options.json)
		summary_print_json(&recording);
	else
		summary_print(&recording);
	flush_output();
	if (options.output || !options.json)
		draw(&recording, &options);
	return 0;
}

const struct command command_plot = {
	.name = "plot",
	.arguments = "FILE [-o FILE.svg|FILE.png]",
	.summary = "draw what was recorded",
	.help = "Draws a file of 'fifoctl record': the depth of a queue, the rates of items, what\n"
		"each port did, and how long waits took. It needs gnuplot. Prints how many items\n"
		"the file has of each queue.\n\n"
		"  -o FILE, --output FILE  write an SVG or a PNG, by the end of FILE's name\n"
		"  --terminal              draw with text: the default\n"
		"  --json                  print the numbers as JSON; draw only with -o\n"
		"  --queue N               of queue N (default: the first of the file)\n"
		"  --what W                draw depth, rate, wait, ports or all (the default)\n",
	.run = run,
};
