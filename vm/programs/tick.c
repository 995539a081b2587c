// SPDX-License-Identifier: GPL-2.0
/* Prints the length of a timer tick, 1/HZ, in nanoseconds. */
#include <stdio.h>
#include <time.h>

int main(void)
{
	struct timespec t;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &t))
		return 1;
	return printf("%ld\n", t.tv_nsec) < 0;
}
