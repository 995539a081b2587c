/* SPDX-License-Identifier: GPL-2.0 */
/* Before 5.15 the kernel used the compiler's header. */
#ifdef FIFO_HAVE_va_start
#include_next <linux/stdarg.h>
#else
#include <stdarg.h>
#endif
