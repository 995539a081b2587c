// SPDX-License-Identifier: GPL-2.0
/*
 * Takes the producer's end of queue 0, whose engine is ring. Reads a number a line, and
 * moves its position to that many items beyond the start. Prints "done" after each, and
 * once before the first.
 */
#include "mapped_end.h"

int main(void)
{
	struct mapped_end end;
	char line[32];
	__u64 start;

	if (end_open(&end, 0, FIFO_PRODUCER)) {
		perror("astray");
		return 1;
	}
	start = *end.position;
	do {
		puts("done");
		fflush(stdout);
		if (!fgets(line, sizeof(line), stdin))
			break;
		__atomic_store_n(end.position, start + strtoull(line, NULL, 0),
				 __ATOMIC_RELEASE);
	} while (1);
	return 0;
}
