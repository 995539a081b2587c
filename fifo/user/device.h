/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_DEVICE_H
#define _FIFO_DEVICE_H

int fifo_devices_show(void);
void fifo_devices_hide(void);

#endif /* _FIFO_DEVICE_H */
