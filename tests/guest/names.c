// SPDX-License-Identifier: GPL-2.0
/*
 * Processes with names other than their program's.
 *
 *	names many N		writes an empty line to /dev/fifo0 under each of N names,
 *				from "n0" on. Prints how many it wrote
 *	names write NAME	writes a line to /dev/fifo0, and prints debugfs's list of
 *				ports meanwhile
 *	names leave NAME	begins a line of /dev/fifo1, and kills itself
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int open_as(const char *name, const char *device, const char *text)
{
	int fd;

	if (prctl(PR_SET_NAME, name))
		return -1;
	fd = open(device, O_WRONLY);
	if (fd >= 0 && write(fd, text, strlen(text)) != (ssize_t)strlen(text)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int many(unsigned int n)
{
	unsigned int i;
	char name[16];
	int fd = 0;

	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		fd = open_as(name, "/dev/fifo0", "\n");
		if (fd < 0)
			break;
		close(fd);
	}
	printf("%u\n", i);
	return fd;
}

static int show_ports(void)
{
	FILE *ports = fopen("/sys/kernel/debug/fifo/ports", "r");
	char line[256];

	if (!ports)
		return -1;
	while (fgets(line, sizeof(line), ports))
		fputs(line, stdout);
	return fclose(ports);
}

static int leave(const char *name)
{
	if (open_as(name, "/dev/fifo1", "not ended") < 0)
		return -1;
	return raise(SIGKILL);
}

int main(int argc, char **argv)
{
	int failed;

	if (argc != 3)
		return 2;
	if (!strcmp(argv[1], "many"))
		failed = many(strtoul(argv[2], NULL, 10)) < 0;
	else if (!strcmp(argv[1], "write"))
		failed = open_as(argv[2], "/dev/fifo0", "A\n") < 0 ||
			 show_ports();
	else
		failed = leave(argv[2]);
	if (failed)
		perror("names");
	return failed;
}
