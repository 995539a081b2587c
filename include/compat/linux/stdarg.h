/* SPDX-License-Identifier: GPL-2.0 */
/* Before 5.15 the kernel used the compiler's. */
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 15, 0)
#include <stdarg.h>
#else
#include_next <linux/stdarg.h>
#endif
