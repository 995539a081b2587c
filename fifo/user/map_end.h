/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_MAP_END_H
#define _FIFO_MAP_END_H

#include "engine/ring.h"
#include "fifo.h"
#include "open_files.h"

/**
 * struct fifo_mapped - an end of a queue that a process has mapped
 * @end: for the engine
 * @queue: the queue; constant
 * @opener: the process that opened it; files_lock (open_files.c)
 * @role: which end; constant
 * @port: names the process, and numbers and traces its items; the store's lock
 * @position: the page where the process says how far it is; never trusted
 * @inbox: of a producer: the pages to which it writes its items, in the order of
 *	the slots; the kernel copies them from there; never trusted
 * @nonsense: the last look found nonsense; the store's lock
 */
struct fifo_mapped {
	struct fifo_ring_end end;
	struct fifo_queue *queue;
	struct fifo_opener opener;
	enum fifo_role role;
	struct fifo_port *port;
	struct fifo_map_position *position;
	struct fifo_item *inbox;
	bool nonsense;
};

struct fifo_mapped *fifo_mapped_new(struct fifo_queue *queue,
				    enum fifo_role role);
void fifo_mapped_free(struct fifo_mapped *mapped);
int fifo_mapped_kick(struct fifo_mapped *mapped);
bool fifo_mapped_sound(const struct fifo_mapped *mapped, bool *ready);

#endif /* _FIFO_MAP_END_H */
