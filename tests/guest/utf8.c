// SPDX-License-Identifier: GPL-2.0
/*
 * utf8 FILE: writes lines of up to four bytes, and reads back those that are accepted.
 * Compares the result with a decoder that works in another way than the kernel. Prints
 * the number of lines, of those that were text, and of wrong results.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static unsigned long lines, texts, wrong;
static int fd;

/* Encodes a code point in the only valid way. Returns the length. */
static int encode(uint32_t code, uint8_t *to)
{
	int n, len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const uint8_t marks[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (n = len - 1; n; n--, code >>= 6)
		to[n] = 0x80 | (code & 0x3f);
	to[0] = marks[len] | code;
	return len;
}

/* Decodes bytes, even if the encoding is not the valid one. */
static uint32_t decode(const uint8_t *from, int len)
{
	uint32_t code = len == 1 ? *from : *from & (0x7f >> len);
	int n;

	for (n = 1; n < len; n++)
		code = code << 6 | (from[n] & 0x3f);
	return code;
}

static int allowed(uint32_t code)
{
	return code == '\t' || (code >= 0x20 && code < 0x7f) ||
	       (code >= 0xa0 && code < 0xd800) ||
	       (code >= 0xe000 && code <= 0x10ffff);
}

/* The length of a valid character at this place, or 0. */
static int character(const uint8_t *text, int len)
{
	uint8_t again[4];
	int n;

	for (n = 1; n <= len && n <= 4; n++) {
		uint32_t code = decode(text, n);

		if (allowed(code) && encode(code, again) == n &&
		    !memcmp(again, text, n))
			return n;
	}
	return 0;
}

static int is_text(const uint8_t *text, int len)
{
	int n;

	while (len) {
		n = character(text, len);
		if (!n)
			return len == 1 && *text == '\r';
		text += n;
		len -= n;
	}
	return 1;
}

static int comes_back(const uint8_t *line, int len)
{
	uint8_t back[64];

	return read(fd, back, sizeof(back)) == len && !memcmp(back, line, len);
}

static void try(const uint8_t *text, int len)
{
	uint8_t line[8];
	int right, good = is_text(text, len);
	ssize_t n;

	memcpy(line, text, len);
	line[len] = '\n';
	n = write(fd, line, len + 1);
	if (good)
		right = n == len + 1 && comes_back(line, len + 1);
	else
		right = n < 0 && errno == EINVAL;
	if (!right && !wrong)
		fprintf(stderr, "%02x %02x %02x %02x (%d): %zd\n", text[0],
			text[1], text[2], text[3], len, n);
	lines++;
	texts += good;
	wrong += !right;
}

static void try_all(int first, int len)
{
	static const uint8_t last[] = { 0x00, 0x7f, 0x80, 0x9f, 0xbf, 0xc0 };
	uint8_t text[4] = { first, 0, 0x80, 0x80 };
	unsigned int second, i;

	for (second = 0; second < 256; second++) {
		text[1] = second;
		for (i = 0; i < (len > 2 ? sizeof(last) : 1); i++) {
			if (len > 2)
				text[len - 1] = last[i];
			if (!memchr(text, '\n', len))
				try(text, len);
		}
	}
}

int main(int argc, char **argv)
{
	int first;

	if (argc < 2)
		return 2;
	fd = open(argv[1], O_RDWR | O_NONBLOCK);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	for (first = 0; first < 256; first++) {
		uint8_t one[4] = { first };

		if (first != '\n')
			try(one, 1);
		try_all(first, 2);
		if (first >= 0xe0)
			try_all(first, 3);
		if (first >= 0xf0)
			try_all(first, 4);
	}
	printf("%lu lines, %lu texts, %lu wrong\n", lines, texts, wrong);
	return wrong > 0;
}
