/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An address at which no program has anything else.
 */
#ifndef _MARK_H
#define _MARK_H

#define MARK	0x5f1f0000000

#endif /* _MARK_H */
