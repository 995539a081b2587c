/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CONSUMER_TALLY_H
#define _CONSUMER_TALLY_H

#include "fifo.h"

void consumer_tally_add(const struct fifo_item *item);
void consumer_tally_report(void);
void consumer_tally_describe(char *text, size_t size,
			     const struct fifo_item *item);

#endif /* _CONSUMER_TALLY_H */
