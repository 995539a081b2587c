// SPDX-License-Identifier: GPL-2.0
/*
 * count FILE r|w|rw [reads|busy]: prints the number of bytes that FIONREAD returns, or
 * the name of its error. With "reads" it then reads without waiting, and prints the
 * result, too. With "busy" another thread waits in a read of the same open file.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static char buffer[1 << 16];
static int fd;

static void *read_it(void *arg)
{
	char byte;

	return read(fd, &byte, 1) < 0 ? NULL : arg;
}

static void be_busy(void)
{
	pthread_t thread;

	if (!pthread_create(&thread, NULL, read_it, NULL))
		usleep(300000);
}

int main(int argc, char **argv)
{
	const char *then = argc > 3 ? argv[3] : "";
	int n, flags = O_RDWR;

	if (argc < 3)
		return 2;
	if (!strcmp(argv[2], "r"))
		flags = O_RDONLY;
	else if (!strcmp(argv[2], "w"))
		flags = O_WRONLY;
	fd = open(argv[1], flags);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	if (!strcmp(then, "busy"))
		be_busy();
	if (ioctl(fd, FIONREAD, &n))
		printf("%s", strerrorname_np(errno));
	else
		printf("%d", n);
	if (!strcmp(then, "reads")) {
		fcntl(fd, F_SETFL, O_NONBLOCK);
		printf(" %zd", read(fd, buffer, sizeof(buffer)));
	}
	putchar('\n');
	return 0;
}
