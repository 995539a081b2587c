// SPDX-License-Identifier: GPL-2.0
/*
 * The names of the types of items. A type without one is called by its number.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fifo.h"
#include "types.h"

static const char *const names[] = {
	[FIFO_ITEM_TEXT] = "text",
	[FIFO_ITEM_PROCESS] = "process",
	[FIFO_ITEM_COMMAND] = "command",
	[FIFO_ITEM_REPLY] = "reply",
};

#define NAMES	(sizeof(names) / sizeof(*names))

void type_name(char name[TYPE_NAME_LEN], __u16 type)
{
	if (type < NAMES && names[type])
		snprintf(name, TYPE_NAME_LEN, "%s", names[type]);
	else
		snprintf(name, TYPE_NAME_LEN, "%u", type);
}

/* Returns false if @name is neither a name nor a number that a type can have. */
bool type_parse(const char *name, __u16 *type)
{
	unsigned long number;
	size_t i;

	for (i = 0; i < NAMES; i++) {
		if (names[i] && !strcmp(names[i], name)) {
			*type = i;
			return true;
		}
	}
	if (!*name || strspn(name, "0123456789") != strlen(name))
		return false;
	errno = 0;
	number = strtoul(name, NULL, 10);
	*type = number;
	return !errno && number <= 0xffff;
}
