/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_MAP_FILE_H
#define _FIFO_MAP_FILE_H

#include "fifo.h"

struct fifo_queue;

int fifo_map_open(struct fifo_queue *queue, enum fifo_role role);

#endif /* _FIFO_MAP_FILE_H */
