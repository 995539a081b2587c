/* SPDX-License-Identifier: GPL-2.0 */
/* What fifo.ko offers to producers and consumers. */
#ifndef _LAB_FIFO_H
#define _LAB_FIFO_H

int fifo_put(char item);
int fifo_get(void);

#endif /* _LAB_FIFO_H */
