// SPDX-License-Identifier: GPL-2.0
/*
 * poll FILE in|out|inout MILLISECONDS [epoll|exclusive]: waits until a file can be
 * read or written, and prints "in", "out", "err" or "timeout".
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static int by_epoll(int fd, short events, int timeout, int exclusive)
{
	struct epoll_event event = { .events = events };
	int set = epoll_create1(0);

	if (exclusive)
		event.events |= EPOLLEXCLUSIVE;
	if (set < 0 || epoll_ctl(set, EPOLL_CTL_ADD, fd, &event))
		return -1;
	event.events = 0;
	if (epoll_wait(set, &event, 1, timeout) < 0)
		return -1;
	return event.events;
}

static int by_poll(int fd, short events, int timeout)
{
	struct pollfd one = { .fd = fd, .events = events };

	return poll(&one, 1, timeout) < 0 ? -1 : one.revents;
}

int main(int argc, char **argv)
{
	int fd, revents, flags = O_RDWR;
	short events = 0;

	if (argc < 4)
		return 2;
	if (!strcmp(argv[2], "in"))
		flags = O_RDONLY;
	else if (!strcmp(argv[2], "out"))
		flags = O_WRONLY;
	if (strstr(argv[2], "in"))
		events |= POLLIN;
	if (strstr(argv[2], "out"))
		events |= POLLOUT;
	fd = open(argv[1], flags);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	if (argc > 4)
		revents = by_epoll(fd, events, atoi(argv[3]),
				   !strcmp(argv[4], "exclusive"));
	else
		revents = by_poll(fd, events, atoi(argv[3]));
	if (revents < 0) {
		perror("poll");
		return 1;
	}
	printf("%s%s%s%s\n", revents ? "" : "timeout",
	       revents & POLLIN ? "in" : "", revents & POLLOUT ? "out" : "",
	       revents & POLLERR ? "err" : "");
	return 0;
}
