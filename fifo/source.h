/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_SOURCE_H
#define _FIFO_SOURCE_H

#include <linux/types.h>

/* How many different names are kept: of clients in the kernel, and of processes. */
#define FIFO_CLIENT_NAMES	32768
#define FIFO_PROCESS_NAMES	4096

/**
 * enum fifo_name_of - whose a name is
 * @FIFO_OF_CLIENT: a client's in the kernel
 * @FIFO_OF_PROCESS: a process's, which may call itself as it likes
 */
enum fifo_name_of {
	FIFO_OF_CLIENT,
	FIFO_OF_PROCESS,
};

int fifo_source_new(const char *name, enum fifo_name_of of, u32 *source);
void fifo_sources_free(void);

#endif /* _FIFO_SOURCE_H */
