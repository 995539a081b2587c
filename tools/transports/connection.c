// SPDX-License-Identifier: GPL-2.0
/*
 * Connecting: when, and without delaying a program that is to stop.
 *
 * A name server may take half a minute, a host that is silent two minutes, and no library lets
 * a signal end that. So a thread of its own connects. It has the library's client for itself
 * meanwhile. If the program is to stop, it does not wait for the thread.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "common.h"

/* How long to wait before the next try, in milliseconds: first, and at most. */
#define DELAY_FIRST	100
#define DELAY_MOST	10000

static unsigned int delay;

/* Can be read when it is time to connect, or -1. */
static int timer = -1;

/* The thread, if @dialling, and what it has to say when @answer can be read. */
static bool dialling;
static int answer = -1;
static pthread_t thread;
static enum dialled dialled;
static char why[WHY_LEN];

static void arm(unsigned int ms)
{
	const struct itimerspec after = {
		.it_value.tv_sec = ms / 1000,
		.it_value.tv_nsec = ms % 1000 * 1000000 + 1,
	};

	if (timerfd_settime(timer, 0, &after, NULL))
		err(FAILED, "timerfd_settime");
}

/* The first try is due at once. */
static void make_timer(void)
{
	if (timer >= 0)
		return;
	timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (timer < 0)
		err(FAILED, "timerfd_create");
	arm(0);
}

/* Says so once, and arms the timer. Each delay is twice the one before. */
void connection_failed(const struct server *server, const char *reason)
{
	if (!delay)
		warnx("%s: %s: trying again", server->url, reason);
	delay = delay ? delay * 2 : DELAY_FIRST;
	if (delay > DELAY_MOST)
		delay = DELAY_MOST;
	make_timer();
	arm(delay);
}

/* Says so after a failure only. */
void connection_made(const struct server *server)
{
	if (delay)
		warnx("%s: connected", server->url);
	delay = 0;
}

static bool expired(int fd)
{
	__u64 count;

	return read(fd, &count, sizeof(count)) > 0;
}

/* --- the thread -------------------------------------------------------------- */

static void *run_dial(void *dial)
{
	const __u64 one = 1;

	dialled = (*(dial_fn **)dial)(why);
	if (write(answer, &one, sizeof(one)) < 0)
		err(FAILED, "eventfd");
	return NULL;
}

/* Signals are for the thread that waits. */
static void begin(dial_fn *dial)
{
	static dial_fn *given;
	sigset_t all, before;
	int error;

	given = dial;
	if (answer < 0)
		answer = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (answer < 0)
		err(FAILED, "eventfd");
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, NULL, run_dial, &given);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = error;
	if (error)
		err(FAILED, "pthread_create");
	dialling = true;
}

/* Has the thread the client? */
bool connection_dialling(void)
{
	return dialling;
}

struct pollfd connection_waits_for(void)
{
	make_timer();
	return (struct pollfd){ .fd = dialling ? answer : timer, .events = POLLIN };
}

/* Goes on with connecting, without waiting. Returns true when there is a connection. */
bool connection_dial(const struct server *server, dial_fn *dial)
{
	make_timer();
	if (!dialling) {
		if (expired(timer))
			begin(dial);
		return false;
	}
	if (!expired(answer))
		return false;
	pthread_join(thread, NULL);
	dialling = false;
	if (dialled == DIAL_NO_MORE)
		errx(FAILED, "%s: %s", server->url, why);
	if (dialled == DIAL_AGAIN)
		connection_failed(server, why);
	return dialled == DIALLED;
}

/* Waits until there is a connection. Returns false if the program is to stop. */
bool connection_wait(const struct server *server, const struct sink *sink,
		     dial_fn *dial)
{
	while (!connection_dial(server, dial))
		if (!sink->wait(connection_waits_for(), -1))
			return false;
	return true;
}
