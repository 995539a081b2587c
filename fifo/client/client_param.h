/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_CLIENT_PARAM_H
#define _FIFO_CLIENT_PARAM_H

#include "fifo_client.h"

int fifo_describe_number(struct fifo_client *client);
int fifo_describe_instances(struct fifo_client *client);

#endif /* _FIFO_CLIENT_PARAM_H */
