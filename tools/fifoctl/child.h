/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFOCTL_CHILD_H
#define _FIFOCTL_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/* The exit status of a child whose program cannot be run. */
#define CHILD_MISSING	127

/**
 * struct child_files - what a child has
 * @in: its standard input, or -1 for this program's
 * @out: its standard output, likewise
 * @error: its standard error, likewise
 * @background: keys of the terminal do not signal it, and it gets SIGINT if this program
 *	dies
 */
struct child_files {
	int in;
	int out;
	int error;
	bool background;
};

pid_t child_start(const char *const *argv, struct child_files files);

#endif /* _FIFOCTL_CHILD_H */
