// SPDX-License-Identifier: GPL-2.0
/*
 * A host that is silent: a port of 127.0.0.1 that takes connections and says nothing, or, with
 * "full", one that does not answer who connects.
 *
 *	silent PORT [full]
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in address;

static int make_socket(int flags)
{
	int fd = socket(AF_INET, SOCK_STREAM | flags, 0);

	if (fd < 0)
		err(1, "socket");
	return fd;
}

/* Is there an answer within 300 ms? */
static bool answers(void)
{
	struct pollfd fd = { .fd = make_socket(SOCK_NONBLOCK), .events = POLLOUT };

	if (connect(fd.fd, (struct sockaddr *)&address, sizeof(address)) &&
	    errno != EINPROGRESS)
		err(1, "connect");
	return poll(&fd, 1, 300) > 0;
}

int main(int argc, char **argv)
{
	bool full = argc == 3;
	int fd = make_socket(0);

	if (argc < 2)
		errx(2, "usage: silent PORT [full]");
	address = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(atoi(argv[1])),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(fd, full ? 0 : 100))
		err(1, "%s", argv[1]);
	while (full && answers())
		;
	puts("silent");
	fflush(stdout);
	pause();
	return 0;
}
