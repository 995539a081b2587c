/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _COLUMNS_H
#define _COLUMNS_H

#include "look.h"
#include "table.h"

/*
 * Tables of struct look_queue: for stat and watch, for --once, and for the screen. And of
 * struct port.
 */
extern struct table columns_stat;
extern struct table columns_once;
extern struct table columns_screen;
extern struct table columns_ports;

#endif /* _COLUMNS_H */
