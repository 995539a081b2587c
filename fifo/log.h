/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_LOG_H
#define _FIFO_LOG_H

#include "fifo_client.h"

/* Room for a rate as text. */
#define FIFO_RATE_TEXT	24

char *fifo_rate_text(char *text, u64 rate);

void fifo_log_start(struct fifo_client *client);
void fifo_log_stop(struct fifo_client *client);
void fifo_log_items(struct fifo_instance *instance, unsigned int moved);

void fifo_log_instance_started(struct fifo_instance *instance);
void fifo_log_instance_stopped(struct fifo_instance *instance);

#endif /* _FIFO_LOG_H */
