/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_COMMAND_H
#define _FIFO_COMMAND_H

#include <linux/stddef.h>
#include "fifo.h"

/* Bytes of the id, which precedes a command's data. */
#define FIFO_COMMAND_ID_LEN	sizeof_field(struct fifo_command, id)

int fifo_command_remember(u32 source, u32 *last, u64 *id);
void fifo_commands_forget(u32 source);
void fifo_commands_free(void);

#endif /* _FIFO_COMMAND_H */
