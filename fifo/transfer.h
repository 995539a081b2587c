/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_TRANSFER_H
#define _FIFO_TRANSFER_H

#include "fifo.h"
#include "wait.h"

int fifo_put_items(struct fifo_port *port, const struct fifo_item *items,
		   unsigned int n, enum fifo_patience patience);
int fifo_get_items(struct fifo_port *port, struct fifo_item *items,
		   unsigned int n, enum fifo_patience patience);
int fifo_put_into_full(struct fifo_port *port, const struct fifo_item *items,
		       unsigned int n, enum fifo_patience patience);
int fifo_get_from_empty(struct fifo_port *port, struct fifo_item *items,
			unsigned int n, enum fifo_patience patience);
bool fifo_port_stall(struct fifo_port *port);
void fifo_port_end_stall(struct fifo_port *port, int result);

#endif /* _FIFO_TRANSFER_H */
