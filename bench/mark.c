// SPDX-License-Identifier: GPL-2.0
/*
 * Says to the plugin of QEMU that something begins, or is over: by calling a function at an
 * address that it knows.
 */
#include <err.h>
#include <sys/mman.h>
#include "bench.h"
#include "mark.h"

int mark(void)
{
	unsigned char *page = mmap((void *)MARK, 1, PROT_READ | PROT_WRITE | PROT_EXEC,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (page == MAP_FAILED)
		err(1, "mmap");
	/* ret */
	*page = 0xc3;
	((void (*)(void))page)();
	return 0;
}
