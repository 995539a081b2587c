# SPDX-License-Identifier: GPL-2.0
# Prints a table for each case, from what native prints, behind lines "version PACKAGE VERSION".
# A figure is of several runs: their minimum, their median, and their spread, which is the
# distance between the quartiles. How many times as long as fifo:ring a queue takes is a figure,
# too: of the ratios of the two runs in each round, so that what shifts a whole round does not
# count. If its spread is more than its distance from 1, no difference is claimed: the two are
# level.
#
#	-v data=FILE	writes the figures there, for gnuplot
#
# Comes after ../numbers.awk.

$1 == "version" { version[$2] = $3; next }
$1 == "contender" { package[$2] = $3; next }
{
	kind = $1 " " $2
	if (!(kind in names))
		cases[++ncases] = kind
	if (!((kind, $3) in runs))
		names[kind] = names[kind] " " $3
	ns[kind, $3, ++runs[kind, $3]] = $4
}

END {
	if (data)
		print "# queue minimum lower-quartile median upper-quartile" >data
	for (c = 1; c <= ncases; c++)
		print_case(cases[c])
}

function print_case(kind, list, n, i, part) {
	split(kind, part)
	printf "%s%d:%d, %s: nanoseconds an item\n\n", (c > 1 ? "\n" : ""), part[1], part[1], \
		(part[2] == 1 ? "one at a time" : "up to " part[2] " at a time")
	printf "%-28s %-18s %4s %8s %8s %8s  %s\n", "queue", "version", "runs", "minimum", \
		"median", "spread", "beside fifo:ring (spread)"
	n = split(names[kind], list)
	sort_names(kind, list, n)
	for (i = 1; i <= n; i++)
		print_queue(kind, list[i])
	if (data)
		printf "\n\n" >data
}

function print_queue(kind, name, n, i) {
	n = runs[kind, name]
	for (i = 1; i <= n; i++)
		sorted[i] = ns[kind, name, i]
	sort_numbers(n)
	printf "%-28s %-18s %4d %8.1f %8.1f %8.1f  %s\n", name, version_of(name), n, sorted[1], \
		quantile(n, 0.5), spread(n), beside(kind, name, n)
	if (data) {
		for (i = 1; i <= n; i++)
			sorted[i] = ns[kind, name, i]
		sort_numbers(n)
		printf "\"%s\" %s %s %s %s\n", name, sorted[1], quantile(n, 0.25), quantile(n, 0.5), \
			quantile(n, 0.75) >data
	}
}

function version_of(name) {
	return package[name] == "-" ? "this tree" : version[package[name]]
}

function beside(kind, name, n, i) {
	if (name == "fifo:ring" || runs[kind, "fifo:ring"] != n)
		return "-"
	for (i = 1; i <= n; i++)
		sorted[i] = ns[kind, name, i] / ns[kind, "fifo:ring", i]
	sort_numbers(n)
	return level(n) ? "level" : sprintf("%.2f times (%.2f)", quantile(n, 0.5), spread(n))
}

# By their median.
function sort_names(kind, list, n, i, j, k, name, median, medians) {
	for (i = 1; i <= n; i++) {
		name = list[i]
		for (k = 1; k <= runs[kind, name]; k++)
			sorted[k] = ns[kind, name, k]
		sort_numbers(runs[kind, name])
		median = quantile(runs[kind, name], 0.5)
		for (j = i; j > 1 && medians[j - 1] > median; j--) {
			medians[j] = medians[j - 1]
			list[j] = list[j - 1]
		}
		medians[j] = median
		list[j] = name
	}
}
