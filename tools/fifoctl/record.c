// SPDX-License-Identifier: GPL-2.0
/*
 * fifoctl record: the tracepoints of a while, in a file.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "child.h"
#include "record.h"

/* How often to look whether rates were changed. */
#define LOOK_MS	100

/* The exit status if events were lost. */
#define LOST	3

/* The exit status of a shell whose child died of a signal is this much more. */
#define SIGNALLED	128

/**
 * struct options - the command line
 * @file: where to
 * @kib: the size of the buffer of each processor, in kB
 * @limit: for how long, in milliseconds, or 0
 * @command: while what runs, or NULL
 */
struct options {
	const char *file;
	const char *kib;
	unsigned long long limit;
	char **command;
};

/* Returns milliseconds. */
static unsigned long long parse_seconds(const char *text)
{
	double seconds;
	char *end;

	seconds = strtod(text, &end);
	if (end == text || *end || !(seconds >= 0.001 && seconds <= 1e6))
		misused("--seconds %s: must be from 0.001 to 1000000", text);
	return seconds * 1000 + 0.5;
}

static const char *parse_buffer(const char *text)
{
	if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 7 ||
	    atoi(text) < 4)
		misused("--buffer %s: must be from 4 to 9999999 kB", text);
	return text;
}

static void parse(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "seconds", required_argument, NULL, 's' },
		{ "buffer", required_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int option;

	while ((option = next_option(argc, argv, "+:ho:", names)) != -1) {
		if (option == 'o')
			options->file = optarg;
		else if (option == 's')
			options->limit = parse_seconds(optarg);
		else
			options->kib = parse_buffer(optarg);
	}
	if (argv[optind])
		options->command = argv + optind;
	if (options->command && options->limit)
		misused("--seconds and a command: which of them ends it?");
}

static unsigned long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

/*
 * Waits until @child, if it is not 0, has ended, or for @limit milliseconds, unless that is
 * 0, or until a signal comes. Returns how many notes were written.
 */
static unsigned int wait_for_end(struct tracefs_instance *instance,
				 pid_t child, unsigned long long limit)
{
	int fd = child ? syscall(SYS_pidfd_open, child, 0) : -1;
	unsigned long long now = now_ms(), end = limit ? now + limit : ~0ull;
	unsigned int notes = 0;

	if (child && fd < 0)
		err(FAILED, "pidfd_open");
	while (now < end && !stopped()) {
		if (stop_wait(fd, end - now < LOOK_MS ? end - now : LOOK_MS))
			break;
		recorder_check();
		notes += notes_update(instance);
		now = now_ms();
	}
	if (child)
		close(fd);
	return notes;
}

/* Exits as a shell does if it cannot be run. */
static pid_t start_command(char **command)
{
	pid_t child = child_start((const char *const *)command,
				  (struct child_files){ -1, -1, -1, false });

	if (errno)
		err(CHILD_MISSING, "%s", command[0]);
	return child;
}

/* Ends the command, if a signal has ended the recording. Returns a shell's status for it. */
static int end_command(pid_t child)
{
	int status;

	if (stopped())
		kill(child, SIGTERM);
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   SIGNALLED + WTERMSIG(status);
}

static void report(const struct options *options, unsigned long long events,
		   unsigned long long lost)
{
	fprintf(stderr, "fifoctl: %s has %llu events", options->file, events);
	if (lost)
		fprintf(stderr, "; %llu were lost: --buffer with more than %s kB loses fewer",
			lost, options->kib);
	fputc('\n', stderr);
}

/* Returns the exit status. */
static int record(const struct options *options)
{
	struct tracefs_instance *instance;
	unsigned long long events, lost;
	unsigned int notes;
	pid_t child = 0;
	int status = 0;

	instance = recorder_start(options->file, options->kib);
	if (!instance) {
		warnx("%s: stopped before the recording began", options->file);
		return FAILED;
	}
	notes = notes_begin(instance);
	if (options->command)
		child = start_command(options->command);
	notes += wait_for_end(instance, child, options->limit);
	events = recorder_halt();
	notes_end(instance);
	lost = recorder_end();
	if (child)
		status = end_command(child);
	recorder_finish();
	/* Notes may be among those lost. */
	report(options, notes <= events ? events - notes : events, lost);
	return status ? status : lost ? LOST : 0;
}

static int run(int argc, char **argv)
{
	struct options options = { .file = "trace.dat", .kib = "4096" };
	int status;

	parse(argc, argv, &options);
	stop_in_order();
	status = record(&options);
	if (stopped() && stopped() != SIGINT) {
		recorder_remove();
		stop_as_signalled();
	}
	return status;
}

const struct command command_record = {
	.name = "record",
	.arguments = "[-o FILE] [--seconds S | COMMAND...]",
	.summary = "record what moves, for plot",
	.help = "Records each put, get, drop and wait of all queues, until Ctrl-C, for S seconds,\n"
		"or while COMMAND runs. It needs root, and trace-cmd, whose file it is:\n"
		"'fifoctl plot' draws it, 'trace-cmd report' lists it. Nobody else's tracing\n"
		"changes.\n\n"
		"  -o FILE, --output FILE  write to FILE (default trace.dat)\n"
		"  --seconds S             stop after S seconds\n"
		"  --buffer KB             the buffer of each processor (default 4096 kB)\n\n"
		"The exit status is that of COMMAND if it failed, or 3 if events were lost\n"
		"because more came than the buffers hold.\n",
	.run = run,
};
