/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_INTERNAL_PARAM_H
#define _FIFO_INTERNAL_PARAM_H

#include "fifo_param.h"

int fifo_param_longest(const char *module, const struct fifo_param_row *rows,
		       unsigned int limit, const char *why);
int fifo_param_parse(const char *module, const struct fifo_param_row *rows,
		     void *objects, size_t size, unsigned int n);

bool fifo_entry_is(const struct fifo_entry *entry, const char *word);
bool fifo_entry_is_number(const struct fifo_entry *entry, u64 most, u64 *number);
int fifo_entry_rate(const struct fifo_entry *entry, void *object);

#endif /* _FIFO_INTERNAL_PARAM_H */
