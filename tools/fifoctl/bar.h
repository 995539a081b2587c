/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _BAR_H
#define _BAR_H

#include <stddef.h>
#include "look.h"

void bar_print(char *text, size_t size, unsigned int width, double part,
	       const char *label);
void bar_history(char *text, size_t size, unsigned int width,
		 const struct depths *depths);

#endif /* _BAR_H */
