# SPDX-License-Identifier: GPL-2.0
# What is said of the numbers sorted[1] to sorted[n], once they are sorted.

function quantile(n, part, place, below) {
	place = 1 + part * (n - 1)
	below = int(place)
	if (below == n)
		return sorted[n]
	return sorted[below] + (place - below) * (sorted[below + 1] - sorted[below])
}

function spread(n) {
	return quantile(n, 0.75) - quantile(n, 0.25)
}

# There may be thousands: by insertion, over smaller and smaller gaps.
function sort_numbers(n, gap, i, j, number) {
	for (gap = n; gap > 1;) {
		gap = gap > 5 ? int(gap * 5 / 11) : 1
		for (i = gap + 1; i <= n; i++) {
			number = sorted[i] + 0
			for (j = i; j > gap && sorted[j - gap] + 0 > number; j -= gap)
				sorted[j] = sorted[j - gap]
			sorted[j] = number
		}
	}
}

# Of the median of ratios, to 1: is the distance no more than their spread?
function level(n, ratio) {
	ratio = quantile(n, 0.5)
	return n < 2 || (ratio < 1 ? 1 - ratio : ratio - 1) <= spread(n)
}
