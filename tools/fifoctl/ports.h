/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PORTS_H
#define _PORTS_H

#include <stdbool.h>

/* As fifo.ko has it: FIFO_NAME_LEN of include/fifo.h. */
#define PORT_NAME_LEN	64

/**
 * struct port - a handle on an end of a queue, as debugfs shows it
 * @queue: the index of its queue
 * @producer: it puts; others get
 * @name: such as producer[0], or a process and its number
 * @context: where its worker runs, or "-" if it has no worker, as a process
 * @rate: how many items a second the worker is to move; INFINITY if "max", NAN without one
 * @moved: how many it has moved so far
 * @cpu: the processor that it is pinned to, "any", or "-"
 * @waiting: for how long it has been waiting now, in ns; 0 if it is not
 * @moving: how many items a second it moved since the former look; NAN without a worker
 */
struct port {
	unsigned int queue;
	bool producer;
	char name[PORT_NAME_LEN];
	char context[16];
	double rate;
	unsigned long long moved;
	char cpu[16];
	unsigned long long waiting;
	double moving;
};

/**
 * struct ports - all ports at one time
 * @n: how many
 * @ports: they, in the order of fifo.ko
 * @error: why they cannot be read, or 0
 */
struct ports {
	unsigned int n;
	struct port *ports;
	int error;
};

void ports_read(struct ports *ports);
void ports_free(struct ports *ports);
bool port_has_worker(const struct port *port);
const struct port *ports_find(const struct ports *ports,
			      const struct port *port, unsigned int hint);
const char *ports_explain(int error);

#endif /* _PORTS_H */
