// SPDX-License-Identifier: GPL-2.0
/*
 * Runs gnuplot.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "child.h"
#include "plot.h"

/* Exits if gnuplot did not draw; a file that it has begun goes. */
static noreturn void fail(int status, const char *file)
{
	if (file)
		unlink(file);
	if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_MISSING)
		errx(FAILED, "cannot run gnuplot: install the package gnuplot-nox");
	errx(FAILED, "gnuplot failed");
}

/* Draws to @file, or to standard output without one. */
void gnuplot_draw(struct picture *picture, const char *file)
{
	static const char *const argv[] = { "gnuplot", NULL };
	int pipes[2], status, out = -1;
	FILE *program;
	pid_t child;

	if (pipe2(pipes, O_CLOEXEC))
		err(FAILED, "pipe");
	if (file) {
		out = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (out < 0)
			err(FAILED, "%s", file);
	}
	signal(SIGPIPE, SIG_IGN);
	child = child_start(argv, (struct child_files){ pipes[0], out, -1, false });
	close(pipes[0]);
	program = fdopen(pipes[1], "w");
	if (!program)
		err(FAILED, NULL);
	picture_write(picture, program);
	fclose(program);
	waitpid(child, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		fail(status, file);
}
