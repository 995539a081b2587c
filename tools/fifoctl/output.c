// SPDX-License-Identifier: GPL-2.0
/*
 * Standard output to a file that others read meanwhile: it appears whole, or not at all, and
 * then the old file stays.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fifoctl.h"

static char *beside;

/* A device or a pipe would be replaced by a file. */
static void need_regular(const char *path)
{
	struct stat old;

	if (!stat(path, &old) && !S_ISREG(old.st_mode))
		errx(FAILED, "%s: is no regular file", path);
}

/* Unlinks the file that nobody has seen yet, and exits. */
static noreturn void fail(const char *path)
{
	int error = errno;

	unlink(beside);
	errno = error;
	err(FAILED, "%s", path);
}

/* If standard output was closed, the file may be that already. */
static void open_beside(const char *path, mode_t mode)
{
	int fd;

	if (asprintf(&beside, "%s.XXXXXX", path) < 0)
		err(FAILED, NULL);
	fd = mkstemp(beside);
	if (fd < 0)
		err(FAILED, "%s", path);
	if (fchmod(fd, mode) || dup2(fd, STDOUT_FILENO) < 0)
		fail(path);
	if (fd != STDOUT_FILENO)
		close(fd);
}

/*
 * From here to output_end() or output_cancel() a signal does not end the program: no file is
 * left behind.
 */
void output_begin(const char *path, mode_t mode)
{
	need_regular(path);
	stop_on_signals();
	open_beside(path, mode);
}

/* The old file stays. */
void output_cancel(void)
{
	unlink(beside);
	if (stopped())
		stop_as_signalled();
}

void output_end(const char *path)
{
	if (fflush(stdout) || ferror(stdout) || rename(beside, path))
		fail(path);
	free(beside);
	if (stopped())
		stop_as_signalled();
}
