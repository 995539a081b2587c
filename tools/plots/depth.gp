# SPDX-License-Identifier: GPL-2.0
# How many items the queue holds: a band from the least to the most of each bin, and the
# mean of what its events saw.
set xrange [0:span]
set yrange [0:depth_top]
set xlabel 'time ('.unit.')'
if (text) {
	set title title_of('Items in the queue')
	plot $depth using 1:2 with lines title 'mean'
} else {
	set label 3 'Items in the queue' at graph 0, graph 1 left offset 0, 0.9 font ',14'
	plot $depth using 1:3:4 with filledcurves fc rgb '#a6cbe8' title 'least to most', \
		$depth using 1:2 with lines lw 1.3 lc rgb '#0b5394' title 'mean', \
		size_near ? size : NaN with lines dt 2 lc rgb '#666666' \
			title size_near ? sprintf('size: %d', size) : ''
	unset label 1
	unset label 2
}
headline = ''
