/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_CLIENT_LOG_H
#define _FIFO_CLIENT_LOG_H

#include <linux/compiler.h>
#include "fifo_client.h"

void fifo_log_start(struct fifo_client *client);
void fifo_log_stop(struct fifo_client *client);
void fifo_log_items(struct fifo_instance *instance, unsigned int moved);
void fifo_log_instance_stopped(struct fifo_instance *instance);
void fifo_log_exit(void);

/* instance_log.c */
bool fifo_log_speaks(const struct fifo_instance *instance);
void fifo_log_print_started(struct fifo_instance *instance);
void fifo_log_print_summaries(struct fifo_client *client);
void fifo_log_print_stopped(const struct fifo_instance *instance);
void fifo_log_print_others_stopped(const struct fifo_client *client);

/* Whatever prints many lines looks at this before each. */
static inline bool fifo_log_stopping(const struct fifo_client *client)
{
	return READ_ONCE(client->log_stopping);
}

#endif /* _FIFO_CLIENT_LOG_H */
