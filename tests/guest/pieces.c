// SPDX-License-Identifier: GPL-2.0
/*
 * Calls on a file with several pieces, or by several threads. Prints what a call
 * returned: a number of bytes, or the name of the error.
 *
 *	pieces readv FILE BYTES BYTES	the pieces follow, each after a colon. "waits" if
 *					it takes longer than a second
 *	pieces writev FILE TEXT...	a piece each, with \n for line ends
 *	pieces nowait FILE read|write	an empty file, or a full one, with RWF_NOWAIT
 *	pieces threads FILE THREADS N	threads share one open file: each writes N lines
 *					"T-K-T", in two pieces
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define PIECES_MOST	64

static int fd;
static int lines;

static ssize_t print(ssize_t n)
{
	if (n < 0)
		printf("%s", strerrorname_np(errno));
	else
		printf("%zd", n);
	return n;
}

/* In place. */
static size_t unescape(char *text)
{
	char *to = text, *from = text;

	while (*from) {
		if (from[0] == '\\' && from[1] == 'n') {
			*to++ = '\n';
			from += 2;
		} else {
			*to++ = *from++;
		}
	}
	return to - text;
}

static void give_up(int signal)
{
	static const char waits[] = "waits\n";

	(void)signal;
	_exit(write(STDOUT_FILENO, waits, sizeof(waits) - 1) < 0);
}

static void read_pieces(size_t first, size_t second)
{
	static char a[4096], b[4096];
	struct iovec pieces[] = { { a, first }, { b, second } };
	ssize_t n;

	signal(SIGALRM, give_up);
	alarm(1);
	n = print(readv(fd, pieces, 2));
	if (n > 0)
		printf(":%.*s:%.*s", (int)first, a,
		       n > (ssize_t)first ? (int)(n - first) : 0, b);
}

static void write_pieces(char **texts)
{
	struct iovec pieces[PIECES_MOST];
	int n;

	for (n = 0; texts[n] && n < PIECES_MOST; n++) {
		pieces[n].iov_base = texts[n];
		pieces[n].iov_len = unescape(texts[n]);
	}
	print(writev(fd, pieces, n));
}

static void without_waiting(int writes)
{
	char text[] = "late\n";
	struct iovec piece = { text, 5 };

	if (writes)
		print(pwritev2(fd, &piece, 1, -1, RWF_NOWAIT));
	else
		print(preadv2(fd, &piece, 1, -1, RWF_NOWAIT));
}

static void *write_lines(void *number)
{
	long i = (long)number;
	char begin[32], rest[32];
	struct iovec pieces[] = { { begin, 0 }, { rest, 0 } };
	int k;

	for (k = 0; k < lines; k++) {
		pieces[0].iov_len = sprintf(begin, "%ld-%d", i, k);
		pieces[1].iov_len = sprintf(rest, "-%ld\n", i);
		if (writev(fd, pieces, 2) < 0) {
			perror("writev");
			exit(1);
		}
	}
	return NULL;
}

static void write_together(long threads)
{
	pthread_t all[PIECES_MOST];
	long i;

	for (i = 0; i < threads; i++)
		if (pthread_create(&all[i], NULL, write_lines, (void *)i))
			exit(1);
	while (i)
		pthread_join(all[--i], NULL);
}

int main(int argc, char **argv)
{
	const char *what = argc > 3 ? argv[1] : "";
	int reads = !strcmp(what, "readv") ||
		    (argc > 3 && !strcmp(argv[3], "read"));

	if (argc < 4)
		return 2;
	fd = open(argv[2], reads ? O_RDONLY : O_WRONLY);
	if (fd < 0) {
		perror(argv[2]);
		return 1;
	}
	if (!strcmp(what, "readv")) {
		read_pieces(atoi(argv[3]), atoi(argv[4]));
	} else if (!strcmp(what, "writev")) {
		write_pieces(argv + 3);
	} else if (!strcmp(what, "nowait")) {
		without_waiting(!reads);
	} else if (!strcmp(what, "threads")) {
		lines = atoi(argv[4]);
		write_together(atoi(argv[3]));
	}
	putchar('\n');
	return 0;
}
