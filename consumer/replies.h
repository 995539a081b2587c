/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CONSUMER_REPLIES_H
#define _CONSUMER_REPLIES_H

#include "fifo.h"

s64 replies_add(const struct fifo_item *item);
void replies_report(void);
int replies_describe(char *text, size_t size, const struct fifo_item *item,
		     s64 result);

#endif /* _CONSUMER_REPLIES_H */
