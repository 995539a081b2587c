# SPDX-License-Identifier: GPL-2.0
# How many items the queue holds: a band from the least to the most of each bin, and the
# mean of what its events saw.
eval time_axis
set yrange [0:depth_top]
if (text) {
	set title title_of('Items in the queue')
	plot $depth with lines title 'mean'
} else {
	set label 3 'Items in the queue' at graph 0, graph 1 left offset 0, 0.9 font panel_font
	plot $band with filledcurves closed fs solid noborder fc rgb '#a6cbe8' title 'least to most', \
		$depth with lines lw 1.3 lc rgb '#0b5394' title 'mean', \
		size ? size : NaN with lines dt 2 lc rgb '#666666' \
			title size ? sprintf('size: %d', size) : ''
	unset label 1
	unset label 2
}
headline = ''
