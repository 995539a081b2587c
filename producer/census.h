/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PRODUCER_CENSUS_H
#define _PRODUCER_CENSUS_H

#include "fifo.h"

struct census;

struct census *census_of(u32 uid, char state);
unsigned int census_take(struct census *census, struct fifo_item *items,
			 unsigned int n);
void census_free_all(void);

#endif /* _PRODUCER_CENSUS_H */
