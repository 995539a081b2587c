/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LOOK_JSON_H
#define _LOOK_JSON_H

#include "look.h"

void look_print_json(const struct look *look);

#endif /* _LOOK_JSON_H */
