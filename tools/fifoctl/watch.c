// SPDX-License-Identifier: GPL-2.0
/*
 * fifoctl watch: a table that is kept up to date, or lines if there is no terminal.
 */
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>
#include "fifoctl.h"

/* The first table comes sooner than after a long interval. */
#define FIRST_MS	200

/* Clears the rest of the terminal's line. */
#define EOL	"\033[K\n"

static bool on_terminal, has_keys;
static struct termios terminal;

static void restore_terminal(void)
{
	if (has_keys)
		tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
}

/*
 * Makes keys arrive at once, without echo. Called before each wait: the shell resets the
 * terminal when the program is stopped.
 */
static void set_terminal(void)
{
	struct termios raw = terminal;

	if (!has_keys)
		return;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

static void prepare_terminal(void)
{
	on_terminal = isatty(STDOUT_FILENO);
	has_keys = on_terminal && !tcgetattr(STDIN_FILENO, &terminal);
	atexit(restore_terminal);
	if (on_terminal)
		fputs("\033[2J", stdout);
}

/* A terminal that is gone ends the program, too. */
static bool quits(void)
{
	char key;

	return read(STDIN_FILENO, &key, 1) <= 0 || key == 'q';
}

static void show(const struct snapshot *from, const struct snapshot *to,
		 unsigned int interval, bool first)
{
	const char *eol = on_terminal ? EOL : "\n";

	if (on_terminal)
		printf("\033[HEvery %.1f s%s%s" EOL EOL, interval / 1000.0,
		       to->n == 1 ? ", 1 queue" : "",
		       has_keys ? "; q quits" : "");
	if (on_terminal || first)
		print_rates_head(eol);
	print_rates(from, to, eol);
	if (on_terminal)
		fputs("\033[J", stdout);
	flush_output();
}

static void watch(unsigned int queue, unsigned int interval)
{
	unsigned int wait = on_terminal && interval > FIRST_MS ? FIRST_MS :
								  interval;
	struct snapshot from, to;
	bool first = true;

	snapshot_take(&from, queue);
	for (;;) {
		set_terminal();
		if (stop_wait(has_keys ? STDIN_FILENO : -1, wait) && quits())
			break;
		if (stopped())
			break;
		snapshot_take(&to, queue);
		show(&from, &to, interval, first);
		snapshot_replace(&from, &to);
		first = false;
		wait = interval;
	}
	snapshot_free(&from);
}

static int run(int argc, char **argv)
{
	unsigned int queue, interval;

	parse_times(argc, argv, &queue, &interval);
	stop_on_signals();
	prepare_terminal();
	watch(queue, interval);
	if (stopped() && stopped() != SIGINT) {
		restore_terminal();
		stop_as_signalled();
	}
	return 0;
}

const struct command command_watch = {
	.name = "watch",
	.arguments = "[QUEUE] [--interval S]",
	.summary = "show that again and again",
	.help = "Shows how fast items move in each queue, or in this one, until q or Ctrl-C. Any\n"
		"other key updates at once. Prints lines if the output is not a terminal.\n\n"
		"  --interval S  update every S seconds, 0.1 to 3600 (default 1)\n",
	.run = run,
};
