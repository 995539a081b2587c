// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting, and ending in good order: what was taken from a queue is printed before
 * a signal ends the program.
 *
 * The first signal asks, and is seen at the next look; a second one ends the
 * program at once, whatever it is stuck in.
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "fifoctl.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

#define SIGNALS	(sizeof(signals) / sizeof(*signals))

static volatile sig_atomic_t signalled;

static void note_signal(int signal)
{
	signalled = signal;
}

/* Those that whoever started this program wants ignored (nohup) stay so. */
void stop_on_signals(void)
{
	struct sigaction old, action = {
		.sa_handler = note_signal,
		.sa_flags = SA_RESTART | SA_RESETHAND,
	};
	size_t i;

	for (i = 0; i < SIGNALS; i++)
		if (!sigaction(signals[i], NULL, &old) &&
		    old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
}

/* The signal that asked to stop, or 0. */
int stopped(void)
{
	return signalled;
}

/* Signals are let in only while it sleeps: none comes between look and sleep. */
static int poll_unless_stopped(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	const struct timespec timeout = {
		.tv_sec = timeout_ms / 1000,
		.tv_nsec = timeout_ms % 1000 * 1000000,
	};
	sigset_t blocked, before;
	int ready = 0;
	size_t i;

	sigemptyset(&blocked);
	for (i = 0; i < SIGNALS; i++)
		sigaddset(&blocked, signals[i]);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	if (!signalled)
		ready = ppoll(fds, n, timeout_ms < 0 ? NULL : &timeout, &before);
	if (ready < 0 && errno != EINTR)
		err(FAILED, "ppoll");
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ready;
}

/*
 * Waits until @fd, if it is not below 0, can be read, for a number of milliseconds,
 * below 0 without a limit; a signal ends it too, and so does it when nobody reads
 * the standard output any more. Returns whether @fd can be read, or is broken.
 */
bool stop_wait(int fd, int timeout_ms)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = STDOUT_FILENO },
	};

	if (poll_unless_stopped(fds, 2, timeout_ms) <= 0)
		return false;
	if (fds[1].revents & POLLERR)
		signalled = SIGPIPE;
	return fds[0].revents;
}

/* Ends the program by the signal, so that who started it sees that. */
void stop_as_signalled(void)
{
	flush_output();
	signal(signalled, SIG_DFL);
	raise(signalled);
	exit(FAILED);
}
