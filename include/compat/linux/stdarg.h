/* SPDX-License-Identifier: GPL-2.0 */
/* Before 5.15 the kernel used the compiler's. */
#if __has_include_next(<linux/stdarg.h>)
#include_next <linux/stdarg.h>
#else
#include <stdarg.h>
#endif
