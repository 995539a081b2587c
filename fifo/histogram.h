/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Histograms of times: buckets whose bounds are powers of two, in nanoseconds.
 */
#ifndef _FIFO_HISTOGRAM_H
#define _FIFO_HISTOGRAM_H

#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/types.h>

/* The lowest bound is 64 ns, the highest 9.8 hours; the last bucket has none. */
#define FIFO_BUCKET_SHIFT	6
#define FIFO_BUCKETS		41

/**
 * struct fifo_histogram - how often a time was in each bucket
 * @counts: bucket i has the times above the bound of the bucket before it, up to
 *	64 << i ns; the last has all that are longer
 */
struct fifo_histogram {
	u64 counts[FIFO_BUCKETS];
};

/* The bucket of a time. It may be below 0: a process may have written nonsense. */
static inline unsigned int fifo_bucket(s64 ns)
{
	if (ns <= 0)
		return 0;
	return min_t(unsigned int, fls64((ns - 1) >> FIFO_BUCKET_SHIFT),
		     FIFO_BUCKETS - 1);
}

void fifo_histogram_add(struct fifo_histogram *sum,
			const struct fifo_histogram *histogram);
int fifo_histogram_emit(const struct fifo_histogram *histogram, char *buf);

#endif /* _FIFO_HISTOGRAM_H */
