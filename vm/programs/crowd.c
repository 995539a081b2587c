// SPDX-License-Identifier: GPL-2.0
/*
 * Processes of a user.
 *
 *	crowd UID SLEEPERS BURNERS	these many: they sleep, or use a processor,
 *					until this program is killed; says "ready"
 *					when all are there
 *	crowd UID zombies N		these many have ended; says "ready"
 *	crowd UID churn			forks all the time processes that end soon,
 *					some of which remain zombies for a while
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* How many children of the churn live, or are zombies, at a time. */
#define CHURN_MOST	64

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uid_t uid;

/* Makes a child of the user. It dies with this program, which is root's. */
static pid_t start(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("crowd: fork");
	if (!pid && (setgid(uid) || setuid(uid) ||
		     prctl(PR_SET_PDEATHSIG, SIGKILL)))
		die("crowd: setuid");
	return pid;
}

/* An exec closes the pipe: so the parent sees that it has happened. */
static void sleep_for_ever(int ready)
{
	(void)ready;
	execl("/bin/sleep", "sleep", "1000000", NULL);
	die("crowd: sleep");
}

static void burn(int ready)
{
	prctl(PR_SET_NAME, "burn");
	close(ready);
	for (;;)
		;
}

static void start_many(int n, void (*live)(int ready))
{
	int ready[2];
	char c;

	if (pipe(ready))
		die("crowd: pipe");
	fcntl(ready[1], F_SETFD, FD_CLOEXEC);
	while (n--)
		if (!start())
			live(ready[1]);
	close(ready[1]);
	if (read(ready[0], &c, 1))
		die("crowd: read");
	close(ready[0]);
}

static void leave_zombies(int n)
{
	siginfo_t info;
	pid_t pid;

	while (n--) {
		pid = start();
		if (!pid)
			_exit(0);
		if (waitid(P_PID, pid, &info, WEXITED | WNOWAIT))
			die("crowd: waitid");
	}
}

static void churn(void)
{
	unsigned int n;

	for (n = 0;; n++) {
		if (!start()) {
			usleep(rand() % 3000 * (n % 3));
			_exit(0);
		}
		if (n >= CHURN_MOST)
			wait(NULL);
	}
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	uid = atoi(argv[1]);
	if (!strcmp(argv[2], "churn"))
		churn();
	if (argc < 4)
		return 2;
	if (!strcmp(argv[2], "zombies")) {
		leave_zombies(atoi(argv[3]));
	} else {
		start_many(atoi(argv[2]), sleep_for_ever);
		start_many(atoi(argv[3]), burn);
	}
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
