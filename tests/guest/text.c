// SPDX-License-Identifier: GPL-2.0
/*
 * Makes one system call on a file, and prints its result: a number of bytes, or the name
 * of the error.
 *
 *	text write FILE TEXT [nonblock]		TEXT with \n for line ends
 *	text read FILE BYTES [nonblock]		the bytes follow, after a colon
 *	text fault FILE				read and write at a bad address
 *	text signal FILE read|write [restart]	with a signal after a moment
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

static char buffer[1 << 20];

static void print(ssize_t n)
{
	if (n < 0)
		printf("%s", strerrorname_np(errno));
	else
		printf("%zd", n);
}

/* Replaces \n by line ends. Returns the length. */
static size_t unescape(const char *text)
{
	size_t n = 0;

	for (; *text && n < sizeof(buffer); text++) {
		if (text[0] == '\\' && text[1] == 'n') {
			buffer[n++] = '\n';
			text++;
		} else {
			buffer[n++] = *text;
		}
	}
	return n;
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void alarm_soon(int restart)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval soon = { .it_value.tv_usec = 200000 };

	action.sa_flags = restart ? SA_RESTART : 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	int nonblock = argc > 4 && !strcmp(argv[4], "nonblock") ? O_NONBLOCK : 0;
	int writes = !strcmp(what, "write") ||
		     (argc > 3 && !strcmp(argv[3], "write"));
	ssize_t n;
	int fd;

	if (argc < 3)
		return 2;
	fd = open(argv[2], !strcmp(what, "fault") ? O_RDWR :
		  (writes ? O_WRONLY : O_RDONLY) | nonblock);
	if (fd < 0) {
		print(fd);
		putchar('\n');
		return 1;
	}
	if (!strcmp(what, "write")) {
		print(write(fd, buffer, unescape(argv[3])));
	} else if (!strcmp(what, "read")) {
		n = read(fd, buffer, atoi(argv[3]));
		print(n);
		if (n > 0)
			printf(":%.*s", (int)n, buffer);
	} else if (!strcmp(what, "fault")) {
		void *nowhere = mmap(NULL, 4096, PROT_NONE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		print(write(fd, nowhere, 5));
		putchar(' ');
		print(read(fd, nowhere, 100));
		putchar(' ');
		n = read(fd, buffer, 100);
		print(n);
	} else if (!strcmp(what, "signal")) {
		alarm_soon(argc > 4);
		print(writes ? write(fd, "late\n", 5) : read(fd, buffer, 100));
	}
	putchar('\n');
	return 0;
}
