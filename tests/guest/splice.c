// SPDX-License-Identifier: GPL-2.0
/*
 * Moves bytes between a file and a pipe, or from a regular file, and prints the result:
 * a number of bytes, or the name of the error.
 *
 *	splice from FILE BYTES [nonblock]	the bytes follow, after a colon
 *	splice to FILE TEXT [nonblock]		TEXT with \n for line ends
 *	splice sendfile FILE SOURCE		all of it, as a program that copies does
 *	splice uring-from FILE BYTES		by IORING_OP_SPLICE
 *	splice uring-to FILE TEXT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char buffer[1 << 16];

static ssize_t print(ssize_t n)
{
	if (n < 0)
		printf("%s", strerrorname_np(errno));
	else
		printf("%zd", n);
	return n;
}

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

/* Does one splice with a ring of one entry, as liburing would. */
static ssize_t uring_splice(int from, int to, size_t len)
{
	struct io_uring_params params = { 0 };
	int ring = syscall(SYS_io_uring_setup, 1, &params);
	struct io_uring_cqe *done;
	struct io_uring_sqe *entry;
	char *sq, *cq;

	if (ring < 0)
		return ring;
	sq = mmap(NULL, params.sq_off.array + 4, PROT_READ | PROT_WRITE,
		  MAP_SHARED, ring, IORING_OFF_SQ_RING);
	cq = mmap(NULL, params.cq_off.cqes +
		  params.cq_entries * sizeof(*done), PROT_READ | PROT_WRITE,
		  MAP_SHARED, ring, IORING_OFF_CQ_RING);
	entry = mmap(NULL, sizeof(*entry), PROT_READ | PROT_WRITE, MAP_SHARED,
		     ring, IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || entry == MAP_FAILED)
		return -1;
	entry->opcode = IORING_OP_SPLICE;
	entry->splice_fd_in = from;
	entry->splice_off_in = -1;
	entry->fd = to;
	entry->off = -1;
	entry->len = len;
	*(unsigned int *)(sq + params.sq_off.array) = 0;
	__atomic_store_n((unsigned int *)(sq + params.sq_off.tail), 1,
			 __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) < 0)
		return -1;
	done = (struct io_uring_cqe *)(cq + params.cq_off.cqes);
	errno = done->res < 0 ? -done->res : 0;
	return done->res < 0 ? -1 : done->res;
}

static void move_from(int fd, size_t len, int uring)
{
	int ends[2];
	ssize_t n;

	if (pipe(ends))
		return;
	n = print(uring ? uring_splice(fd, ends[1], len) :
			  splice(fd, NULL, ends[1], NULL, len, 0));
	if (n > 0 && read(ends[0], buffer, n) == n)
		printf(":%.*s", (int)n, buffer);
}

static void move_to(int fd, const char *text, int uring)
{
	size_t len = unescape(text);
	int ends[2];

	if (pipe(ends) || write(ends[1], buffer, len) != (ssize_t)len)
		return;
	print(uring ? uring_splice(ends[0], fd, len) :
		      splice(ends[0], NULL, fd, NULL, len, 0));
}

static void send_all(int fd, const char *source)
{
	int from = open(source, O_RDONLY);
	struct stat stat;
	ssize_t n, sent = 0;

	if (from < 0 || fstat(from, &stat))
		return;
	while (sent < stat.st_size) {
		n = sendfile(fd, from, NULL, stat.st_size - sent);
		if (n < 0) {
			print(n);
			putchar(' ');
			break;
		}
		sent += n;
	}
	printf("%zd", sent);
}

int main(int argc, char **argv)
{
	const char *what = argc > 3 ? argv[1] : "";
	int reads = !!strstr(what, "from");
	int fd;

	if (argc < 4)
		return 2;
	fd = open(argv[2], (reads ? O_RDONLY : O_WRONLY) |
		  (argc > 4 ? O_NONBLOCK : 0));
	if (fd < 0) {
		perror(argv[2]);
		return 1;
	}
	if (reads)
		move_from(fd, atoi(argv[3]), !strncmp(what, "uring", 5));
	else if (!strcmp(what, "sendfile"))
		send_all(fd, argv[3]);
	else
		move_to(fd, argv[3], !strncmp(what, "uring", 5));
	putchar('\n');
	return 0;
}
