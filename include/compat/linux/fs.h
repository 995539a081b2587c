/* SPDX-License-Identifier: GPL-2.0 */
/* Before 6.5, generic_file_splice_read() did this for all files with a read_iter(). */
#ifndef _FIFO_COMPAT_FS_H
#define _FIFO_COMPAT_FS_H

#include_next <linux/fs.h>

#ifndef FIFO_HAVE_copy_splice_read
#define copy_splice_read generic_file_splice_read
#endif

#endif /* _FIFO_COMPAT_FS_H */
