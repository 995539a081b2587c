/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PRODUCER_PARAM_H
#define _PRODUCER_PARAM_H

#include "fifo_client.h"

/* The most bytes of an item. */
#define PRODUCER_WORD_MAX	32

struct producer_census;

/**
 * struct producer_instance - what an instance puts, from its parameters
 * @word: the item; constant, as the next three
 * @type: its type, %FIFO_ITEM_TEXT or %FIFO_ITEM_COMMAND
 * @uid: the user whose processes it puts instead of @word, if @census is set
 * @state: the state of the processes that it puts, or 0: any
 * @census: the processes, or NULL; constant once the instance runs
 * @first: where in the instance's items the rest of them begins; @move's
 * @pending: how many of the items are still to be put; @move's
 */
struct producer_instance {
	char word[PRODUCER_WORD_MAX + 1];
	enum fifo_item_type type;
	u32 uid;
	char state;
	struct producer_census *census;
	unsigned int first;
	unsigned int pending;
};

extern const struct fifo_param_row producer_param_rows[];

bool producer_param_has_uid(void);

#endif /* _PRODUCER_PARAM_H */
