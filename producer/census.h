/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PRODUCER_CENSUS_H
#define _PRODUCER_CENSUS_H

#include "fifo.h"

struct producer_census;

struct producer_census *producer_census_of(u32 uid, char state);
unsigned int producer_census_take(struct producer_census *census,
				  struct fifo_item *items, unsigned int n);
void producer_census_free_all(void);

#endif /* _PRODUCER_CENSUS_H */
