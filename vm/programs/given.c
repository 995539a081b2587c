// SPDX-License-Identifier: GPL-2.0
/*
 * given: waits until the host gives a file, writes it to standard output, and seeds the
 * kernel's random numbers with it. The file is QEMU's opt/fifo/given, which is one byte
 * long until then. Machines that are restored from one state would otherwise all have the
 * same random numbers.
 *
 * The device, fw_cfg, is described in QEMU's docs/specs/fw_cfg.rst.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PORT_KEY	0x510
#define PORT_DATA	0x511
#define KEY_DIRECTORY	0x19

struct entry {
	uint32_t size;
	uint16_t key;
	uint16_t reserved;
	char name[56];
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* The C library's insb() does not tell the compiler that it writes to memory. */
static void read_data(void *data, size_t size)
{
	asm volatile("rep insb" : "+D" (data), "+c" (size) : "d" (PORT_DATA) : "memory");
}

/* Returns the size of the file, and selects it. */
static size_t find_file(const char *name)
{
	struct entry entry;
	uint32_t left;

	outw(KEY_DIRECTORY, PORT_KEY);
	read_data(&left, sizeof(left));
	for (left = ntohl(left); left; left--) {
		read_data(&entry, sizeof(entry));
		if (strcmp(entry.name, name) == 0) {
			outw(ntohs(entry.key), PORT_KEY);
			return ntohl(entry.size);
		}
	}
	return 0;
}

static void write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t written = write(fd, data, size);

		if (written < 0)
			die("write");
		data += written;
		size -= written;
	}
}

/* Takes the data for 256 bits of entropy: guest/random is part of it. */
static void seed_kernel(struct rand_pool_info *data)
{
	int random = open("/dev/urandom", O_WRONLY);

	data->entropy_count = 256;
	if (random < 0 || ioctl(random, RNDADDENTROPY, data) || ioctl(random, RNDRESEEDCRNG))
		die("/dev/urandom");
	close(random);
}

int main(void)
{
	struct rand_pool_info *data;
	size_t size;

	if (ioperm(PORT_KEY, 2, 1))
		die("ioperm");
	/* The machine may have been kept in the middle of a look. */
	while ((size = find_file("opt/fifo/given")) <= 1 || size != find_file("opt/fifo/given"))
		usleep(10000);
	data = malloc(sizeof(*data) + size);
	if (!data)
		die("malloc");
	data->buf_size = size;
	read_data(data->buf, size);
	seed_kernel(data);
	write_all(STDOUT_FILENO, (char *)data->buf, size);
	return 0;
}
