// SPDX-License-Identifier: GPL-2.0
/*
 * put-text QUEUE BYTES: puts an item of type text through a mapping. BYTES may be any
 * bytes, as printf writes them: \ooo or \n.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libfifo.h"

static unsigned int unescape(__u8 *to, const char *text)
{
	unsigned int n = 0;

	while (*text && n < FIFO_DATA_LEN) {
		if (text[0] == '\\' && text[1] == 'n') {
			to[n++] = '\n';
			text += 2;
		} else if (text[0] == '\\' && strlen(text) > 3) {
			const char octal[] = { text[1], text[2], text[3], 0 };

			to[n++] = strtoul(octal, NULL, 8);
			text += 4;
		} else {
			to[n++] = *text++;
		}
	}
	return n;
}

int main(int argc, char **argv)
{
	struct fifo_item item = { .type = FIFO_ITEM_TEXT };
	struct fifo_end *end;

	if (argc < 3)
		return 2;
	item.len = unescape(item.data, argv[2]);
	end = fifo_open(atoi(argv[1]), FIFO_PRODUCER);
	if (!end || fifo_put(end, &item)) {
		puts("not put");
		return 1;
	}
	fifo_close(end);
	puts("put");
	return 0;
}
