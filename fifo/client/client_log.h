/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_CLIENT_LOG_H
#define _FIFO_CLIENT_LOG_H

#include "fifo_client.h"

void fifo_client_log_start(struct fifo_client *client);
void fifo_client_log_stop(struct fifo_client *client);
void fifo_client_log_items(struct fifo_instance *instance, unsigned int moved);
void fifo_client_log_stopped(struct fifo_instance *instance);
void fifo_client_log_exit(void);

#endif /* _FIFO_CLIENT_LOG_H */
