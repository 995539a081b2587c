// SPDX-License-Identifier: GPL-2.0
/*
 * Adding up histograms, and their text in sysfs.
 */
#include <linux/compiler.h>
#include <linux/sysfs.h>
#include "histogram.h"

/* Another processor may count in @histogram meanwhile. */
void fifo_histogram_add(struct fifo_histogram *sum,
			const struct fifo_histogram *histogram)
{
	unsigned int i;

	for (i = 0; i < FIFO_BUCKETS; i++)
		sum->counts[i] += READ_ONCE(histogram->counts[i]);
}

/*
 * Writes a line for each bucket: its bound, and how many times are at most that. @buf is a
 * page, as sysfs has it. Returns the length.
 */
int fifo_histogram_emit(const struct fifo_histogram *histogram, char *buf)
{
	u64 bound = 1 << FIFO_BUCKET_SHIFT, sum = 0;
	unsigned int i;
	int len = 0;

	for (i = 0; i < FIFO_BUCKETS - 1; i++, bound *= 2) {
		sum += histogram->counts[i];
		len += sysfs_emit_at(buf, len, "%llu %llu\n", bound, sum);
	}
	sum += histogram->counts[i];
	return len + sysfs_emit_at(buf, len, "+Inf %llu\n", sum);
}
