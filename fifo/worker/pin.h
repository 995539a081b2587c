/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_PIN_H
#define _FIFO_PIN_H

struct fifo_worker;

int fifo_worker_pin(struct fifo_worker *worker, unsigned int cpu);
void fifo_worker_unpin(struct fifo_worker *worker);
void fifo_pins_offline(unsigned int cpu);

int fifo_pins_init(void);
void fifo_pins_exit(void);

#endif /* _FIFO_PIN_H */
