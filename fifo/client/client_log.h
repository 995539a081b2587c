/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_CLIENT_LOG_H
#define _FIFO_CLIENT_LOG_H

#include <linux/compiler.h>
#include "fifo_client.h"

void fifo_client_log_start(struct fifo_client *client);
void fifo_client_log_stop(struct fifo_client *client);
void fifo_client_log_items(struct fifo_instance *instance, unsigned int moved);
void fifo_client_log_stopped(struct fifo_instance *instance);
void fifo_client_log_exit(void);

/* Functions that print many lines test this before each. */
static inline bool fifo_client_log_stopping(const struct fifo_client *client)
{
	return READ_ONCE(client->log_stopping);
}

/* instance_log.c */
bool fifo_instance_log_own(const struct fifo_instance *instance);
void fifo_instance_log_started(const struct fifo_instance *instance);
void fifo_instance_log_summaries(struct fifo_client *client);
void fifo_instance_log_stopped(const struct fifo_instance *instance);
void fifo_instance_log_rest_stopped(const struct fifo_client *client);

#endif /* _FIFO_CLIENT_LOG_H */
