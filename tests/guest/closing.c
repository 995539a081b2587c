// SPDX-License-Identifier: GPL-2.0
/*
 * Closes a file with an unfinished line, and prints the result.
 *
 *	closing FILE [CASE]
 *
 *	polled		another thread waits in poll() for the same file
 *	written		another thread waits in write(): it ends that line, and begins
 *			another
 *	signals		handled signals arrive every few milliseconds
 *	nonblock	the file is O_NONBLOCK
 *	passed		the last descriptor is in a socket, which is closed, too
 *	kept		one of two descriptors is closed, while another thread polls; the
 *			line is continued and ended through the other
 *
 * Prints "closing" before it closes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int fd;

/* The id of the other thread, once it runs. */
static volatile pid_t tid;

static void must(int done, const char *what)
{
	if (!done) {
		perror(what);
		exit(1);
	}
}

static void *wait_in_poll(void *data)
{
	struct pollfd one = { fd, POLLPRI, 0 };

	(void)data;
	tid = gettid();
	poll(&one, 1, -1);
	return NULL;
}

static void *wait_in_write(void *data)
{
	(void)data;
	tid = gettid();
	must(write(fd, "-ended\nanother", 14) == 14, "write");
	return NULL;
}

/* Starts another thread, and waits until it sleeps. */
static void beside(void *(*what)(void *), pthread_t *thread)
{
	char path[64], state = 'R';
	FILE *file;

	must(!pthread_create(thread, NULL, what, NULL), "pthread_create");
	while (!tid)
		usleep(1000);
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	while (state != 'S') {
		usleep(1000);
		file = fopen(path, "r");
		must(file && fscanf(file, "%*d (%*[^)]) %c", &state) == 1, path);
		fclose(file);
	}
}

static void on_signal(int signal)
{
	(void)signal;
}

static void many_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct itimerval often = { { 0, 3000 }, { 0, 3000 } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

/* Sends the file into a socket that nobody reads. */
static void pass(int sockets[2])
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 0;
	struct iovec vector = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &vector, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(int));
	must(!socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), "socketpair");
	must(sendmsg(sockets[0], &message, 0) == 1, "sendmsg");
}

static void close_and_tell(void)
{
	puts("closing");
	fflush(stdout);
	puts(close(fd) ? strerrorname_np(errno) : "closed");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[2] : "";
	int other, sockets[2];
	pthread_t thread;

	if (argc < 2)
		return 2;
	fd = open(argv[1], O_WRONLY);
	must(fd >= 0 && write(fd, "begun", 5) == 5, argv[1]);
	if (!strcmp(what, "polled"))
		beside(wait_in_poll, &thread);
	if (!strcmp(what, "written"))
		beside(wait_in_write, &thread);
	if (!strcmp(what, "signals"))
		many_signals();
	if (!strcmp(what, "nonblock"))
		must(!fcntl(fd, F_SETFL, O_NONBLOCK), "fcntl");
	if (!strcmp(what, "passed"))
		pass(sockets);
	if (!strcmp(what, "kept")) {
		other = dup(fd);
		beside(wait_in_poll, &thread);
		close_and_tell();
		must(write(other, "-ended\n", 7) == 7, "write");
		return 0;
	}
	close_and_tell();
	if (!strcmp(what, "written"))
		pthread_join(thread, NULL);
	if (!strcmp(what, "passed")) {
		close(sockets[0]);
		close(sockets[1]);
		puts("gone");
	}
	return 0;
}
