/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TYPES_H
#define _TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

/* Room for any name of a type. */
#define TYPE_NAME_LEN	8

void type_name(char name[TYPE_NAME_LEN], __u16 type);
bool type_parse(const char *name, __u16 *type);

#endif /* _TYPES_H */
