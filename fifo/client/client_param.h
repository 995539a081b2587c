/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_CLIENT_PARAM_H
#define _FIFO_CLIENT_PARAM_H

#include "fifo_client.h"

int fifo_client_param_read(struct fifo_client *client);
void fifo_client_param_free(struct fifo_client *client);

#endif /* _FIFO_CLIENT_PARAM_H */
