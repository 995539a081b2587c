// SPDX-License-Identifier: GPL-2.0
/*
 * Opens or maps as much as a process can have of queues, until it is killed.
 *
 *	hoard open N		opens /dev/fifo0 N times, and writes and reads once each
 *	hoard map QUEUE…	maps the producer's end of each, and writes to it
 *
 * Prints "all N" when it has all, or "N, then ERROR".
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/resource.h>
#include "mapped_end.h"

static int open_once(void)
{
	int fd = device_open(0, O_RDWR | O_NONBLOCK);
	char line[8];

	if (fd < 0 || (write(fd, "\n", 1) < 0 && errno != EAGAIN) ||
	    (read(fd, line, sizeof(line)) < 0 && errno != EAGAIN))
		return -1;
	return 0;
}

static int open_all(int argc, char **argv)
{
	unsigned int i, n = strtoul(argv[2], NULL, 10);
	struct rlimit files = { n + 100, n + 100 };

	if (argc != 3 || setrlimit(RLIMIT_NOFILE, &files)) {
		perror("hoard");
		exit(1);
	}
	for (i = 0; i < n && !open_once(); i++)
		;
	return i;
}

static int map_all(int argc, char **argv)
{
	struct mapped_end end;
	int i;

	for (i = 2; i < argc; i++) {
		if (end_open(&end, strtoul(argv[i], NULL, 10), FIFO_PRODUCER))
			break;
		memset(end.items, 0, end.size * sizeof(*end.items));
	}
	return i - 2;
}

int main(int argc, char **argv)
{
	int had, opens = argc > 1 && !strcmp(argv[1], "open");

	if (argc < 3)
		return 2;
	errno = 0;
	had = opens ? open_all(argc, argv) : map_all(argc, argv);
	if (errno && errno != EAGAIN)
		printf("%d, then %s\n", had, strerrorname_np(errno));
	else
		printf("all %d\n", had);
	fflush(stdout);
	pause();
	return 0;
}
