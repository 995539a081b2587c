/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_INSTANCE_LOG_H
#define _FIFO_INSTANCE_LOG_H

#include <linux/compiler.h>
#include "fifo_client.h"

bool fifo_instance_log_has_lines(const struct fifo_instance *instance);
void fifo_instance_log_started(const struct fifo_instance *instance);
void fifo_instance_log_unpinned(const struct fifo_instance *instance);
void fifo_instance_log_summaries(struct fifo_client *client);
void fifo_instance_log_stopped(const struct fifo_instance *instance);
void fifo_instance_log_rest_stopped(const struct fifo_client *client);

/* Functions that print many lines test this before each. */
static inline bool fifo_client_log_stopping(const struct fifo_client *client)
{
	return READ_ONCE(client->log_stopping);
}

#endif /* _FIFO_INSTANCE_LOG_H */
