/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _UNITS_H
#define _UNITS_H

#include <stddef.h>

/* Numbers in at most 5 columns. "-" stands for NAN. */
void units_count(char *text, size_t size, double count);
void units_time(char *text, size_t size, double ns);

#endif /* _UNITS_H */
