// SPDX-License-Identifier: GPL-2.0
/*
 * A relay between two ports of 127.0.0.1: to kill it is to cut its connections.
 *
 *	relay FROM TO
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in address(const char *port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int make_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		err(1, "socket");
	return fd;
}

/* Returns false at the end of one direction. */
static bool copy(int from, int to)
{
	char bytes[65536], *at = bytes;
	ssize_t n, done;

	for (n = read(from, bytes, sizeof(bytes)); n > 0; n -= done, at += done) {
		done = write(to, at, n);
		if (done < 0)
			return false;
		if (done == n)
			return true;
	}
	return false;
}

static void relay(int from, int to)
{
	struct pollfd fds[] = {
		{ .fd = from, .events = POLLIN },
		{ .fd = to, .events = POLLIN },
	};

	while (poll(fds, 2, -1) > 0) {
		if (fds[0].revents && !copy(from, to))
			return;
		if (fds[1].revents && !copy(to, from))
			return;
	}
}

/* In a child, which dies with its parent. */
static void serve(int from, const char *port)
{
	struct sockaddr_in at = address(port);
	int to = make_socket();

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!connect(to, (struct sockaddr *)&at, sizeof(at)))
		relay(from, to);
	_exit(0);
}

int main(int argc, char **argv)
{
	struct sockaddr_in at;
	int listener, from;

	if (argc != 3)
		errx(2, "usage: relay FROM TO");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	at = address(argv[1]);
	listener = make_socket();
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) ||
	    listen(listener, 16))
		err(1, "port %s", argv[1]);
	for (;;) {
		from = accept(listener, NULL, NULL);
		if (from < 0)
			continue;
		if (!fork()) {
			close(listener);
			serve(from, argv[2]);
		}
		close(from);
	}
}
