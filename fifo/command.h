/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_COMMAND_H
#define _FIFO_COMMAND_H

#include "fifo.h"

void fifo_commands_forget(const struct fifo_port *port);
void fifo_commands_free(void);

#endif /* _FIFO_COMMAND_H */
