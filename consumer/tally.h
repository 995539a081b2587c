/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CONSUMER_TALLY_H
#define _CONSUMER_TALLY_H

#include "fifo.h"

void tally_add(const struct fifo_item *item);
void tally_report(void);
int tally_describe(char *text, size_t size, const struct fifo_item *item);

#endif /* _CONSUMER_TALLY_H */
