/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_DEBUGFS_H
#define _FIFO_DEBUGFS_H

struct dentry;

struct dentry *fifo_debugfs_show(void);
void fifo_debugfs_hide(void);

#endif /* _FIFO_DEBUGFS_H */
