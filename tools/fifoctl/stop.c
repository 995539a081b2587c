// SPDX-License-Identifier: GPL-2.0
/*
 * Waits, and stops in order: the program prints what it took from a queue before a
 * signal ends it.
 *
 * The first signal sets a flag, which the program reads before it waits. A second signal,
 * the same one or another, kills it at once.
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

/* The next one kills. */
static volatile sig_atomic_t next_kills;

static void note_signal(int signal);

/* Those that note_signal() handles. */
static void restore_signals(void)
{
	const struct sigaction none = { .sa_handler = SIG_DFL };
	struct sigaction old;
	size_t i;

	for (i = 0; i < SIGNALS; i++)
		if (!sigaction(signals[i], NULL, &old) &&
		    old.sa_handler == note_signal)
			sigaction(signals[i], &none, NULL);
}

static void note_signal(int signal)
{
	if (!signalled)
		signalled = signal;
	if (next_kills)
		restore_signals();
}

/* A signal that the parent had ignored (nohup) stays ignored. */
static void handle_signals(bool kills)
{
	struct sigaction old, action = {
		.sa_handler = note_signal,
		.sa_flags = SA_RESTART,
	};
	size_t i;

	next_kills = kills;
	for (i = 0; i < SIGNALS; i++)
		if (!sigaction(signals[i], NULL, &old) &&
		    old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
}

void stop_on_signals(void)
{
	handle_signals(true);
}

/* For a program that has something to clean up: a second signal does no more than the first. */
void stop_in_order(void)
{
	handle_signals(false);
}

/* The signal that came first, or 0. */
int stopped(void)
{
	return signalled;
}

/*
 * Polls, unless a signal has come. Lets signals in only while it sleeps: none can come
 * between the test and the sleep. SIGWINCH is one of them, if the caller has blocked it.
 * Returns how many descriptors are ready.
 */
int stop_poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	const struct timespec timeout = {
		.tv_sec = timeout_ms / 1000,
		.tv_nsec = timeout_ms % 1000 * 1000000,
	};
	sigset_t blocked, before, during;
	int ready = 0;
	size_t i;

	sigemptyset(&blocked);
	for (i = 0; i < SIGNALS; i++)
		sigaddset(&blocked, signals[i]);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	during = before;
	sigdelset(&during, SIGWINCH);
	if (!signalled)
		ready = ppoll(fds, n, timeout_ms < 0 ? NULL : &timeout, &during);
	if (ready < 0 && errno != EINTR)
		err(FAILED, "ppoll");
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ready;
}

/*
 * Waits until @fd can be read, at most @timeout_ms milliseconds. Below 0 means: no
 * descriptor, no limit. A signal ends the wait, and so does a standard output that
 * nobody reads any more. Returns whether @fd can be read, or is broken.
 */
bool stop_wait(int fd, int timeout_ms)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = STDOUT_FILENO },
	};

	if (stop_poll(fds, 2, timeout_ms) <= 0)
		return false;
	if (fds[1].revents & POLLERR)
		signalled = SIGPIPE;
	return fds[0].revents;
}

/* Dies of the signal, so that the parent sees it. */
void stop_as_signalled(void)
{
	flush_output();
	signal(signalled, SIG_DFL);
	raise(signalled);
	exit(FAILED);
}
