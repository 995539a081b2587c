// SPDX-License-Identifier: GPL-2.0
/*
 * Standard output to a file that others read meanwhile: it appears whole, or not at all.
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

/* Everybody may read it, as the files that it is made of. */
static bool open_beside(const char *path)
{
	int fd;

	if (asprintf(&beside, "%s.XXXXXX", path) < 0)
		return false;
	fd = mkstemp(beside);
	return fd >= 0 && !fchmod(fd, 0644) && dup2(fd, STDOUT_FILENO) >= 0 &&
	       !close(fd);
}

/* From here to output_end() a signal does not end the program: no file is left behind. */
void output_begin(const char *path)
{
	need_regular(path);
	stop_on_signals();
	if (!open_beside(path))
		err(FAILED, "%s", path);
}

void output_end(const char *path)
{
	int error;

	if (fflush(stdout) || ferror(stdout) || rename(beside, path)) {
		error = errno;
		unlink(beside);
		errno = error;
		err(FAILED, "%s", path);
	}
	free(beside);
	if (stopped())
		stop_as_signalled();
}
