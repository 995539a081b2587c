// SPDX-License-Identifier: GPL-2.0
/*
 * Runs gnuplot.
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "child.h"
#include "plot.h"

/* Exits if gnuplot did not draw. */
static void check_status(int status)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return;
	if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_MISSING)
		errx(FAILED, "cannot run gnuplot: install the package gnuplot-nox");
	errx(FAILED, "gnuplot failed");
}

/* Draws to standard output. Returns gnuplot's status. Its user's ~/.gnuplot changes nothing. */
static int run_gnuplot(struct picture *picture)
{
	static const char *const argv[] = { "gnuplot", "-d", NULL };
	int pipes[2], status;
	FILE *program;
	pid_t child;

	if (pipe2(pipes, O_CLOEXEC))
		err(FAILED, "pipe");
	signal(SIGPIPE, SIG_IGN);
	child = child_start(argv, (struct child_files){ pipes[0], -1, -1, false });
	close(pipes[0]);
	program = fdopen(pipes[1], "w");
	if (!program)
		err(FAILED, NULL);
	picture_write(picture, program);
	fclose(program);
	waitpid(child, &status, 0);
	return status;
}

/* gnuplot's status is 0 even if the disk is full. */
static bool is_whole(enum format format)
{
	static const char *const ends[] = {
		[FORMAT_SVG] = "</svg>",
		[FORMAT_PNG] = "IEND\xae\x42\x60\x82",
	};
	char tail[16];
	off_t size = lseek(STDOUT_FILENO, 0, SEEK_END);
	off_t from = size > (off_t)sizeof(tail) ? size - sizeof(tail) : 0;
	ssize_t n = pread(STDOUT_FILENO, tail, sizeof(tail), from);

	return n > 0 && memmem(tail, n, ends[format], strlen(ends[format]));
}

/* Of a new file. */
static mode_t usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

static void draw_file(struct picture *picture, const char *file)
{
	int status;

	output_begin(file, usual_mode());
	status = run_gnuplot(picture);
	if (!status && is_whole(picture->format)) {
		output_end(file);
		return;
	}
	output_cancel();
	check_status(status);
	errx(FAILED, "%s: gnuplot could not write all of the picture: is the disk full?",
	     file);
}

/* Draws to @file, or to standard output without one. */
void gnuplot_draw(struct picture *picture, const char *file)
{
	if (file)
		draw_file(picture, file);
	else
		check_status(run_gnuplot(picture));
}
