/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CONSUMER_REPLIES_H
#define _CONSUMER_REPLIES_H

#include "fifo.h"

s64 consumer_replies_add(const struct fifo_item *item);
void consumer_replies_report(void);
void consumer_replies_describe(char *text, size_t size,
			       const struct fifo_item *item, s64 result);

#endif /* _CONSUMER_REPLIES_H */
