// SPDX-License-Identifier: GPL-2.0
/*
 * For LD_PRELOAD: at SIGUSR2 the process overwrites what it has mapped of queues, as one does
 * that has lost a pointer.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

static void overwrite(int number)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512], rights[5];
	unsigned long from;

	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%*x %4s", &from, rights) == 2 &&
		    !strcmp(rights, "rw-s") && strstr(line, "[fifo]"))
			memset((void *)from, 0xff, 512);
}

__attribute__((constructor))
static void begin(void)
{
	signal(SIGUSR2, overwrite);
}
