// SPDX-License-Identifier: GPL-2.0
/*
 * unload-after SECONDS MODULE…: sleeps, and unloads the modules. It starts no process at
 * that moment, which would take the processor from running tasks.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int i;

	if (argc < 3)
		return 2;
	usleep(atof(argv[1]) * 1e6);
	for (i = 2; i < argc; i++)
		if (syscall(SYS_delete_module, argv[i], O_NONBLOCK)) {
			perror(argv[i]);
			return 1;
		}
	return 0;
}
