# SPDX-License-Identifier: GPL-2.0
# Which share of the waits took at most how long: of items, of producers, of consumers, as far
# as there are any.
set yrange [0:100]
if (curves) {
	set xrange [*:*]
} else {
	set xrange [1e-6:1]
}
set logscale x
set xlabel 'waited at most, on a logarithmic scale'
set format x '%.0s %cs'
set ytics 25
colour(i) = word('#0b5394 #8e44ad #38883c', wait_kind[i])
if (text) {
	set title title_of('How long waits took: % of them')
	if (curves) {
		plot for [i = 1:curves] $waits index i - 1 with steps \
			title wait_title[i].': '.wait_text[i]
	} else {
		plot NaN notitle
	}
} else {
	set label 3 'How long waits took' at graph 0, graph 1 left offset 0, 0.9 font panel_font
	set format y '%.0f %%'
	if (curves) {
		do for [i = 1:curves] {
			set label 3 + i wait_text[i] at graph 1.02, graph 0.6 - 0.15 * i left \
				tc rgb colour(i)
		}
		plot for [i = 1:curves] $waits index i - 1 with steps lw 1.6 \
			lc rgb colour(i) title wait_title[i]
	} else {
		plot NaN notitle
	}
}
