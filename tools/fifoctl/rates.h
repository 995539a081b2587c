/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RATES_H
#define _RATES_H

#include "ports.h"

bool rates_step(const struct ports *ports, const struct port *port, bool up,
		char *said, size_t size);

#endif /* _RATES_H */
