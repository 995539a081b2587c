/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_ENTRY_H
#define _FIFO_ENTRY_H

#include <linux/types.h>
#include "fifo_param.h"

const char *fifo_param_text(const struct fifo_param *param);
unsigned int fifo_param_entries(const struct fifo_param *param);

/**
 * struct fifo_entry - one entry of a list, and what to call it in a message
 * @module: the module whose parameter it is
 * @param: the parameter
 * @text: the entry, not terminated
 * @len: its length
 * @next: the rest of the list, or NULL: then @text is repeated
 */
struct fifo_entry {
	const char *module;
	const char *param;
	const char *text;
	size_t len;
	const char *next;
};

void fifo_entry_first(struct fifo_entry *entry, const char *module,
		      const struct fifo_param *param);
void fifo_entry_next(struct fifo_entry *entry);

int fifo_entry_refuse(const struct fifo_entry *entry, const char *allowed);
int fifo_entry_number(const struct fifo_entry *entry, u64 least, u64 most,
		      u64 *number);
int fifo_entry_choice(const struct fifo_entry *entry,
		      const char *const *names, unsigned int *choice);
int fifo_entry_rate(const struct fifo_entry *entry, u64 *rate);
int fifo_entry_word(const struct fifo_entry *entry, char *word, size_t size);

int fifo_param_check_length(const char *module, const struct fifo_param *param,
			    unsigned int most, const char *why);

#endif /* _FIFO_ENTRY_H */
