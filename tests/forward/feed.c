// SPDX-License-Identifier: GPL-2.0
/*
 * Sends the lines of a file through a transport of fifoctl, without a queue: what forward
 * can be compared with.
 *
 *	feed TRANSPORT SCHEME HOST PORT PATH <FILE
 */
#include <dlfcn.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "transport.h"

static struct fifo_item items[BATCH_MAX];

static unsigned int read_items(void)
{
	static __u64 seq;
	char line[FIFO_DATA_LEN + 2];
	unsigned int n;

	for (n = 0; n < BATCH_MAX && fgets(line, sizeof(line), stdin); n++) {
		items[n].seq = ++seq;
		items[n].type = FIFO_ITEM_TEXT;
		items[n].len = strcspn(line, "\n");
		memcpy(items[n].data, line, items[n].len);
	}
	return n;
}

int main(int argc, char **argv)
{
	const struct transport *transport;
	struct server server = { .url = "feed" };
	struct pollfd fd;
	unsigned int n;
	void *object;

	if (argc != 6)
		errx(2, "usage: feed TRANSPORT SCHEME HOST PORT PATH");
	object = dlopen(argv[1], RTLD_NOW);
	transport = object ? dlsym(object, "transport") : NULL;
	if (!transport)
		errx(1, "%s", dlerror());
	snprintf(server.scheme, sizeof(server.scheme), "%s", argv[2]);
	snprintf(server.host, sizeof(server.host), "%s", argv[3]);
	server.port = atoi(argv[4]);
	server.path = argv[5];
	transport->open(&server);
	while ((n = read_items())) {
		transport->send(items, n);
		while (!transport->progress()) {
			fd = transport->waits_for();
			poll(&fd, 1, 5000);
		}
	}
	transport->close();
	return 0;
}
