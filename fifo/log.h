/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_LOG_H
#define _FIFO_LOG_H

#include "fifo_client.h"

void fifo_log_start(struct fifo_client *client);
void fifo_log_stop(struct fifo_client *client);
void fifo_log_items(struct fifo_instance *instance, unsigned int moved);

void fifo_log_instance_started(struct fifo_instance *instance);
void fifo_log_instance_stopped(struct fifo_instance *instance);

#endif /* _FIFO_LOG_H */
