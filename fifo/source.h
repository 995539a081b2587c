/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_SOURCE_H
#define _FIFO_SOURCE_H

#include <linux/types.h>

int fifo_source_new(const char *name, u32 *source);
void fifo_sources_free(void);

#endif /* _FIFO_SOURCE_H */
