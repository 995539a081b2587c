// SPDX-License-Identifier: GPL-2.0
/*
 * One process waits for items of queue 0, or for room, in each possible way. Another
 * process moves the items, one at a time, each after the last was reported.
 *
 *	told in|out device|mapped text|mapped|kernel|nobody ITEMS SECONDS
 *
 * The second argument says what waits, the third what moves: "kernel" is the module step;
 * with "nobody" the caller sees to it. No item may take longer than SECONDS. Prints a line
 * for each way: "ok - WHAT", "not ok - WHAT", or "skip - WHY". To wait for room, the
 * queue must be full.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <time.h>
#include "mover.h"
#include "multishot.h"

static int for_room, waits_mapped, items, seconds;
static const char *mover;

/* --- ways to wait ------------------------------------------------------------------- */

/* The descriptor to wait on, and the events. */
static int fd;
static unsigned int events;

static int set, inner;
static struct multishot shot;

static int nothing(void)
{
	return 0;
}

static int by_poll(void)
{
	struct pollfd one = { fd, events, 0 };

	return poll(&one, 1, -1) == 1 ? 0 : -1;
}

static int by_select(void)
{
	fd_set wanted;

	FD_ZERO(&wanted);
	FD_SET(fd, &wanted);
	return select(fd + 1, for_room ? NULL : &wanted, for_room ? &wanted : NULL,
		      NULL, NULL) == 1 ? 0 : -1;
}

static int control(int in, int op, int what, unsigned int how)
{
	struct epoll_event event = { .events = how };

	return epoll_ctl(in, op, what, &event);
}

static int begin_epoll(unsigned int how)
{
	set = epoll_create1(0);
	return control(set, EPOLL_CTL_ADD, fd, events | how);
}

static int begin_level(void)
{
	return begin_epoll(0);
}

static int begin_edge(void)
{
	return begin_epoll(EPOLLET);
}

static int begin_oneshot(void)
{
	return begin_epoll(EPOLLONESHOT);
}

/* Asks only whether the inner set has an event, not which. */
static int begin_nested(void)
{
	inner = epoll_create1(0);
	set = epoll_create1(0);
	return control(inner, EPOLL_CTL_ADD, fd, events | EPOLLET) ?:
	       control(set, EPOLL_CTL_ADD, inner, EPOLLIN | EPOLLET);
}

static int by_epoll(void)
{
	struct epoll_event event;

	return epoll_wait(set, &event, 1, -1) == 1 ? 0 : -1;
}

static int by_oneshot(void)
{
	return by_epoll() ?: control(set, EPOLL_CTL_MOD, fd, events | EPOLLONESHOT);
}

static int begin_multishot(void)
{
	return multishot_begin(&shot, fd, events);
}

static int by_multishot(void)
{
	return multishot_wait(&shot);
}

static int begin_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGIO);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return fcntl(fd, F_SETOWN, getpid()) ?:
	       fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_ASYNC);
}

static int by_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGIO);
	return sigwaitinfo(&signals, NULL) == SIGIO ? 0 : -1;
}

static const struct way {
	const char *name;
	int (*begin)(void);
	int (*wait)(void);
} ways[] = {
	{ "poll", nothing, by_poll },
	{ "select", nothing, by_select },
	{ "epoll", begin_level, by_epoll },
	{ "epoll, edge-triggered", begin_edge, by_epoll },
	{ "epoll, one-shot", begin_oneshot, by_oneshot },
	{ "epoll in epoll", begin_nested, by_epoll },
	{ "io_uring, multishot", begin_multishot, by_multishot },
	{ "SIGIO", begin_signals, by_signals },
};

/* --- two processes -------------------------------------------------------------------- */

#define CANNOT	77

static enum fifo_role waiting_role(void)
{
	return for_room ? FIFO_PRODUCER : FIFO_CONSUMER;
}

/*
 * Moves what there is, again after each event, and reports each item. No signal comes for
 * what was there before it waits.
 */
static void be_told(const struct way *way, int report)
{
	struct mover at;

	mover_open(&at, waiting_role(), waits_mapped, seconds);
	fd = at.end.fd;
	events = for_room ? EPOLLOUT : EPOLLIN;
	if (way->begin())
		_exit(CANNOT);
	must(write(report, "b", 1) == 1, "report");
	for (;;) {
		while (mover_move(&at))
			must(write(report, "m", 1) == 1, "report");
		if (way->wait())
			_exit(way->wait == by_multishot && errno == EINVAL ? CANNOT : 1);
	}
}

/* Waits for a report. Returns false if the process has ended, or it took too long. */
static int reported(int report)
{
	struct pollfd one = { report, POLLIN, 0 };
	char byte;

	return poll(&one, 1, seconds * 1000) == 1 && read(report, &byte, 1) == 1;
}

static int asleep(pid_t pid)
{
	char path[64], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		return 1;
	fclose(file);
	return state != 'R';
}

static void step_kernel(void)
{
	int to = open(for_room ? "/sys/module/step/parameters/get" :
				 "/sys/module/step/parameters/put", O_WRONLY);

	must(to >= 0 && write(to, "1", 1) == 1, "step");
	close(to);
}

/* Moves every other item once the process waits, the others as soon as possible. */
static int move_one(struct mover *at, int n, pid_t pid)
{
	int tries = 1000;

	while (n % 2 && !asleep(pid) && tries--)
		usleep(1000);
	if (!strcmp(mover, "nobody"))
		return 1;
	if (!strcmp(mover, "kernel")) {
		step_kernel();
		return 1;
	}
	for (tries = seconds * 1000; tries && !mover_move(at); tries--)
		mover_look(at);
	return tries;
}

/* Moves items, and returns how many were reported. */
static int move_all(pid_t pid, int report)
{
	int n, moves = !strcmp(mover, "text") || !strcmp(mover, "mapped");
	struct mover at;

	if (moves)
		mover_open(&at, !waiting_role(), !strcmp(mover, "mapped"),
			   seconds);
	for (n = 0; n < items && move_one(&at, n, pid); n++)
		if (!reported(report))
			break;
	if (moves)
		mover_close(&at);
	return n;
}

/*
 * Returns how many were reported, or -1 if the process cannot wait in this way. Nothing is
 * mapped when the other process begins: under User-Mode Linux it would have that, too, and
 * see it instead of what it maps itself.
 */
static int watch(const struct way *way)
{
	int n = -1, status, ends[2];
	pid_t pid;

	must(!pipe(ends), "pipe");
	pid = fork();
	if (!pid) {
		close(ends[0]);
		be_told(way, ends[1]);
	}
	close(ends[1]);
	if (reported(ends[0]))
		n = move_all(pid, ends[0]);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	close(ends[0]);
	return WIFEXITED(status) && WEXITSTATUS(status) == CANNOT ? -1 : n;
}

static void try_way(const struct way *way)
{
	int n = watch(way);

	if (n < 0)
		printf("skip - this kernel cannot wait by %s\n", way->name);
	else
		printf("%s - %s waits for %s by %s, moved by %s: %d of %d\n",
		       n == items ? "ok" : "not ok",
		       waits_mapped ? "a mapped end" : "the device",
		       for_room ? "room" : "items", way->name, mover, n, items);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc != 6)
		return 2;
	for_room = !strcmp(argv[1], "out");
	waits_mapped = !strcmp(argv[2], "mapped");
	mover = argv[3];
	items = atoi(argv[4]);
	seconds = atoi(argv[5]);
	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		try_way(&ways[i]);
	return 0;
}
