// SPDX-License-Identifier: GPL-2.0
/*
 * fifoctl: shows fifo.ko's queues, and moves items. This file has the command line.
 */
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "fifoctl.h"

static const struct command *const commands[] = {
	&command_list,
	&command_stat,
	&command_watch,
	&command_top,
	&command_cat,
	&command_send,
	&command_record,
	&command_plot,
	&command_metrics,
	&command_forward,
	&command_receive,
};

#define COMMANDS	(sizeof(commands) / sizeof(*commands))

/* The command that runs. */
static const struct command *command;

/* Prints what is wrong with the command line and where to read more, and exits. */
void misused(const char *format, ...)
{
	va_list args;

	fputs("fifoctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n'fifoctl %s%s--help' says more\n",
		command ? command->name : "", command ? " " : "");
	exit(MISUSED);
}

static void print_usage(void)
{
	size_t i;

	printf("usage: fifoctl COMMAND [ARGUMENT]...\n\n"
	       "Shows the queues of fifo.ko, and moves items.\n\n");
	for (i = 0; i < COMMANDS; i++)
		printf("  %-7s %-36s %s\n", commands[i]->name,
		       commands[i]->arguments, commands[i]->summary);
	printf("\n  --help     show this, or after a command: the command's help\n"
	       "  --version  show the version\n\n"
	       "The exit status is 0, 1 if something failed, 2 if the command line makes no\n"
	       "sense.\n");
}

static void print_help(void)
{
	printf("usage: fifoctl %s%s%s\n\n%s", command->name,
	       *command->arguments ? " " : "", command->arguments,
	       command->help);
}

/* Fails if the output could not be written. */
void flush_output(void)
{
	if (fflush(stdout) || ferror(stdout))
		err(FAILED, "standard output");
}

/*
 * Returns the next option of a command, as getopt_long() does. It handles --help and -h
 * itself. The arguments that are no options begin at optind.
 */
int next_option(int argc, char **argv, const char *letters,
		const struct option *options)
{
	int option;

	opterr = 0;
	option = getopt_long(argc, argv, letters, options, NULL);
	switch (option) {
	case 'h':
		print_help();
		flush_output();
		exit(0);
	case ':':
		misused("%s needs a value", argv[optind - 1]);
	case '?':
		if (!strncmp(argv[optind - 1], "--", 2))
			misused("%s: no such option, or one that takes no value",
				argv[optind - 1]);
		misused("-%c: no such option", optopt);
	default:
		return option;
	}
}

/* Accepts a whole number and nothing else. */
static bool parse_number(const char *text, unsigned long long most,
			 unsigned long long *number)
{
	if (!*text || strspn(text, "0123456789") != strlen(text))
		return false;
	errno = 0;
	*number = strtoull(text, NULL, 10);
	return !errno && *number <= most;
}

/* Opening the queue shows whether it exists. */
unsigned int parse_queue(const char *text)
{
	unsigned long long queue;

	if (!text)
		misused("which queue? 0 is the first");
	if (!parse_number(text, 999999, &queue))
		misused("queue '%s': must be a number, as 0 of /dev/fifo0",
			text);
	return queue;
}

unsigned long long parse_count(const char *text)
{
	unsigned long long count;

	if (!parse_number(text, -1ull >> 1, &count) || !count)
		misused("--count %s: must be a whole number from 1 on", text);
	return count;
}

/* In milliseconds. */
unsigned int parse_interval(const char *text)
{
	double seconds;
	char *end;

	seconds = strtod(text, &end);
	if (end == text || *end || !(seconds >= 0.1 && seconds <= 3600))
		misused("--interval %s: must be from 0.1 to 3600 seconds",
			text);
	return seconds * 1000 + 0.5;
}

void no_more_arguments(char **argv)
{
	if (argv[optind])
		misused("'%s' is one argument too many", argv[optind]);
}

/* The last argument, if there is one: a queue. Without it: ALL_QUEUES. */
unsigned int parse_any_queue(char **argv)
{
	unsigned int queue = ALL_QUEUES;

	if (argv[optind])
		queue = parse_queue(argv[optind++]);
	no_more_arguments(argv);
	return queue;
}

/*
 * Parses [QUEUE] [--interval S]. Without them: ALL_QUEUES, 1 s. The interval is in
 * milliseconds.
 */
void parse_times(int argc, char **argv, unsigned int *queue,
		 unsigned int *interval)
{
	static const struct option options[] = {
		{ "interval", required_argument, NULL, 'i' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};

	*interval = 1000;
	while (next_option(argc, argv, ANYWHERE, options) != -1)
		*interval = parse_interval(optarg);
	*queue = parse_any_queue(argv);
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

int main(int argc, char **argv)
{
	int status = 0;

	if (argc < 2)
		misused("what is to be done?");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		print_usage();
	} else if (!strcmp(argv[1], "--version")) {
		printf("fifoctl %s\n", VERSION);
	} else {
		command = find_command(argv[1]);
		if (!command)
			misused("%s: no such command", argv[1]);
		status = command->run(argc - 1, argv + 1);
	}
	flush_output();
	return status;
}
