# SPDX-License-Identifier: GPL-2.0
# Prints a table for each mode, from lines "MODE PATH NS…", one of each run of wake.ko.
# A figure is of all wake-ups, or of a stream's runs. How many times as long as by hand it takes
# is a figure, too: of the ratios of the medians of the two runs in each round, so that what
# shifts a whole round does not count. If its spread, the distance between the quartiles, is more
# than its distance from 1, no difference is claimed: the two are level.
#
# Comes after ../numbers.awk.

BEGIN {
	title["idle"] = "from a put until the thread that has slept in the get has the item, ns; its processor has nothing to do"
	title["busy"] = "the same; another thread keeps its processor busy"
	title["stream"] = "an item of 4,000, which one thread puts and another gets, ns"
	by_hand["idle"] = by_hand["busy"] = "by-hand/wake-up"
	by_hand["stream"] = "by-hand/wait-queues"
}

{
	if (!($1 in paths))
		modes[++nmodes] = $1
	if (!(($1, $2) in runs))
		paths[$1] = paths[$1] " " $2
	round = ++runs[$1, $2]
	for (i = 3; i <= NF; i++) {
		sorted[i - 2] = $i
		all[$1, $2, ++count[$1, $2]] = $i
	}
	sort_numbers(NF - 2)
	run[$1, $2, round] = quantile(NF - 2, 0.5)
}

END {
	for (m = 1; m <= nmodes; m++)
		print_mode(modes[m])
	exit nmodes == 0
}

function print_mode(mode, list, n, i) {
	printf "%s%s: %s\n\n", (m > 1 ? "\n" : ""), mode, title[mode]
	printf "%-20s %6s %8s %8s %8s %8s  %s\n", "path", "count", "minimum", "quartile", "median", "quartile", \
		"beside " by_hand[mode] " (spread)"
	n = split(paths[mode], list)
	for (i = 1; i <= n; i++)
		print_path(mode, list[i])
}

function print_path(mode, path, n, i) {
	n = count[mode, path]
	for (i = 1; i <= n; i++)
		sorted[i] = all[mode, path, i]
	sort_numbers(n)
	printf "%-20s %6d %8.0f %8.0f %8.0f %8.0f  %s\n", path, n, sorted[1], quantile(n, 0.25), quantile(n, 0.5), \
		quantile(n, 0.75), beside(mode, path)
}

function beside(mode, path, hand, n, i) {
	hand = by_hand[mode]
	n = runs[mode, path]
	if (path == hand || runs[mode, hand] != n)
		return "-"
	for (i = 1; i <= n; i++)
		sorted[i] = run[mode, path, i] / run[mode, hand, i]
	sort_numbers(n)
	return sprintf("%.2f times (%.2f)%s", quantile(n, 0.5), spread(n), level(n) ? ", level" : "")
}
