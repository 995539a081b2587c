# SPDX-License-Identifier: GPL-2.0
# Which share of the waits took at most how long. Those of no length are at the left edge.
set yrange [0:100]
if (items_n + producers_n + consumers_n) {
	set xrange [*:*]
} else {
	set xrange [1e-6:1]
}
set logscale x
set xlabel 'waited at most, on a logarithmic scale'
set format x '%.0s %cs'
set ytics 25
if (text) {
	set title title_of('How long items were in the queue: % of them')
	plot $items using 1:2 with steps title items_text
} else {
	set label 3 'How long waits took' at graph 0, graph 1 left offset 0, 0.9 font panel_font
	set format y '%.0f %%'
	set label 4 items_text at graph 1.02, graph 0.45 left tc rgb '#0b5394'
	set label 5 producers_text at graph 1.02, graph 0.31 left tc rgb '#8e44ad'
	set label 6 consumers_text at graph 1.02, graph 0.17 left tc rgb '#38883c'
	plot $items using 1:2 with steps lw 1.8 lc rgb '#0b5394' title items_title, \
		$producers using 1:2 with steps lw 1.4 lc rgb '#8e44ad' title producers_title, \
		$consumers using 1:2 with steps lw 1.4 lc rgb '#38883c' title consumers_title
}
