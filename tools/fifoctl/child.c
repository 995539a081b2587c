// SPDX-License-Identifier: GPL-2.0
/*
 * Runs other programs.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
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

/* In the child. Tells the parent through @why if the program cannot be run. */
static noreturn void become(const char *const *argv, int why)
{
	execvp(argv[0], (char *const *)argv);
	if (write(why, &errno, sizeof(errno)) < 0)
		_exit(FAILED);
	_exit(CHILD_MISSING);
}

/* Waits until exec() closes the pipe's other end. Returns 0, or why the program cannot be run. */
static int read_error(const int why[2])
{
	int error = 0;

	close(why[1]);
	if (read(why[0], &error, sizeof(error)) < 0)
		error = errno;
	close(why[0]);
	return error;
}

/*
 * Finds the program on the PATH. Sets errno to 0, or to why the program cannot be run: then
 * the child ends with CHILD_MISSING.
 */
pid_t child_start(const char *const *argv, struct child_files files)
{
	pid_t parent = getpid(), pid;
	int why[2];

	if (pipe2(why, O_CLOEXEC))
		err(FAILED, "pipe");
	flush_output();
	pid = fork();
	if (pid < 0)
		err(FAILED, "fork");
	if (pid) {
		if (files.background)
			setpgid(pid, pid);
		errno = read_error(why);
		return pid;
	}
	set_up(&files, parent);
	become(argv, why[1]);
}
