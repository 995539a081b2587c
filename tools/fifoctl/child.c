// SPDX-License-Identifier: GPL-2.0
/*
 * Runs other programs.
 */
#include <err.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "child.h"
#include "fifoctl.h"

static void set_up(const struct child_files *files, pid_t parent)
{
	if (files->in >= 0)
		dup2(files->in, STDIN_FILENO);
	if (files->out >= 0)
		dup2(files->out, STDOUT_FILENO);
	if (files->error >= 0)
		dup2(files->error, STDERR_FILENO);
	if (!files->background)
		return;
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGINT);
	/* It may have died already. */
	if (getppid() != parent)
		_exit(FAILED);
}

/* Finds the program on the PATH. */
pid_t child_start(const char *const *argv, struct child_files files)
{
	pid_t parent = getpid(), pid;

	flush_output();
	pid = fork();
	if (pid < 0)
		err(FAILED, "fork");
	if (pid) {
		if (files.background)
			setpgid(pid, pid);
		return pid;
	}
	set_up(&files, parent);
	execvp(argv[0], (char *const *)argv);
	_exit(CHILD_MISSING);
}
