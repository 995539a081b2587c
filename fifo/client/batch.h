/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_BATCH_H
#define _FIFO_BATCH_H

#include "fifo_client.h"

int fifo_batches_alloc(struct fifo_client *client);
void fifo_batches_free(struct fifo_client *client);
int fifo_batch_move(struct fifo_instance *instance, unsigned int n,
		    bool nowait);

#endif /* _FIFO_BATCH_H */
