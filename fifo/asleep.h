/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_ASLEEP_H
#define _FIFO_ASLEEP_H

int fifo_asleep_init(void);
void fifo_asleep_exit(void);

#endif /* _FIFO_ASLEEP_H */
