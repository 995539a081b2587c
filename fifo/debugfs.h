/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_DEBUGFS_H
#define _FIFO_DEBUGFS_H

struct fifo_port;
struct fifo_worker;

void fifo_ports_add(struct fifo_port *port);
void fifo_ports_remove(struct fifo_port *port);
void fifo_ports_set_worker(struct fifo_port *port, struct fifo_worker *worker);
void fifo_ports_show(void);
void fifo_ports_hide(void);

#endif /* _FIFO_DEBUGFS_H */
