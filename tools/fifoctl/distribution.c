// SPDX-License-Identifier: GPL-2.0
/*
 * How long waits took: counts on a logarithmic scale, fine enough to draw.
 */
#include <math.h>
#include "plot.h"

void distribution_add(struct distribution *waits, unsigned long long ns)
{
	unsigned int bucket = ns > 1 ? log2(ns) * DISTRIBUTION_FINE : 0;

	waits->counts[bucket < DISTRIBUTION_BUCKETS ? bucket : DISTRIBUTION_BUCKETS - 1]++;
	waits->n++;
	if (ns > waits->longest)
		waits->longest = ns;
}

/* The longest time of a bucket, in ns. */
double distribution_bound(unsigned int bucket)
{
	return exp2((bucket + 1.0) / DISTRIBUTION_FINE);
}

/* Returns the time that @percent of the waits took at most, in ns. */
double distribution_percentile(const struct distribution *waits, double percent)
{
	unsigned long long rank = ceil(waits->n * percent / 100), n = 0;
	unsigned int i;

	for (i = 0; i < DISTRIBUTION_BUCKETS; i++) {
		n += waits->counts[i];
		if (n >= rank)
			break;
	}
	return fmin(distribution_bound(i), waits->longest);
}
