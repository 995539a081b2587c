// SPDX-License-Identifier: GPL-2.0
/*
 * Reads a queue as a task that nothing but its poll() ends: polls, and reads one item
 * without waiting, for some seconds.
 *
 *	ready FILE SECONDS
 *
 * Prints "READ REFUSED LONGEST": how many reads had an item; how many had none, though
 * poll() had just said that there is one; how many of those came in a row at most.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	unsigned long had = 0, refused = 0, row = 0, longest = 0;
	struct pollfd fd = { .events = POLLIN };
	double end;
	char line[64];

	if (argc != 3) {
		fprintf(stderr, "usage: ready FILE SECONDS\n");
		return 2;
	}
	fd.fd = open(argv[1], O_RDONLY | O_NONBLOCK);
	if (fd.fd < 0)
		die(argv[1]);
	for (end = now() + atof(argv[2]); now() < end;) {
		if (poll(&fd, 1, 1000) < 0)
			die("poll");
		if (!(fd.revents & POLLIN))
			continue;
		if (read(fd.fd, line, 2) > 0) {
			had++;
			row = 0;
		} else if (errno == EAGAIN) {
			refused++;
			row++;
			longest = row > longest ? row : longest;
		} else {
			die("read");
		}
	}
	printf("%lu %lu %lu\n", had, refused, longest);
	return 0;
}
