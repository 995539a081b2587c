// SPDX-License-Identifier: GPL-2.0
/*
 * bigwrite FILE BYTES LINE [LAST]: one write of BYTES bytes, which repeat LINE, and end
 * with LAST; \n stands for a line end. Prints "begins" on standard error before the
 * write, and then its result: a number of bytes, or the name of the error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t unescape(char *to, const char *text)
{
	size_t n = 0;

	for (; *text; text++) {
		if (text[0] == '\\' && text[1] == 'n') {
			to[n++] = '\n';
			text++;
		} else {
			to[n++] = *text;
		}
	}
	return n;
}

int main(int argc, char **argv)
{
	size_t i, len, line_len, last_len;
	char *all, line[256], last[256];
	ssize_t n;
	int fd;

	if (argc < 4)
		return 2;
	len = strtoul(argv[2], NULL, 0);
	line_len = unescape(line, argv[3]);
	last_len = unescape(last, argc > 4 ? argv[4] : "");
	all = malloc(len);
	fd = open(argv[1], O_WRONLY);
	if (!all || fd < 0) {
		perror(argv[1]);
		return 1;
	}
	for (i = 0; i < len; i++)
		all[i] = line[i % line_len];
	memcpy(all + len - last_len, last, last_len);
	fputs("begins\n", stderr);
	n = write(fd, all, len);
	if (n < 0)
		puts(strerrorname_np(errno));
	else
		printf("%zd\n", n);
	return 0;
}
