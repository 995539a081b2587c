/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_BOOTTIME_H
#define _FIFO_BOOTTIME_H

int fifo_boottime_init(void);
void fifo_boottime_exit(void);

#endif /* _FIFO_BOOTTIME_H */
