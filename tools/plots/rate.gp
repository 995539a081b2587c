# SPDX-License-Identifier: GPL-2.0
# How many items a second were put, got and dropped, and were to be. A curve that there is
# not is below the axis.
scale = rate_top >= 2e6 ? 1e6 : rate_top >= 2e3 ? 1e3 : 1
eval time_axis
set yrange [0:rate_top / scale]
set format y '%g'.(scale == 1e6 ? ' M' : scale == 1e3 ? ' k' : '')
set ytics add ('0' 0)
if (text) {
	set title title_of('Items a second')
	plot $rate using 1:($2 / scale) with steps title 'put'.put_asked, \
		$rate using 1:($3 / scale) with steps title 'got'.got_asked
} else {
	set label 3 'Items a second' at graph 0, graph 1 left offset 0, 0.9 font panel_font
	plot $rate using 1:($2 / scale) with steps lw 3 lc rgb '#7db4e6' title 'put', \
		$rate using 1:($3 / scale) with steps lw 1.3 lc rgb '#38883c' title 'got', \
		$rate using 1:(drops ? $4 / scale : -1) with steps lw 1.6 lc rgb '#cc3311' \
			title drops ? 'dropped' : '', \
		$asked using 1:(put_line ? $2 / scale : -1) with lines dt 2 lw 1.3 \
			lc rgb '#0b5394' title strlen(put_asked) ? 'put'.put_asked : '', \
		$asked using 1:(got_line ? $3 / scale : -1) with lines dt 3 lw 1.6 \
			lc rgb '#38883c' title strlen(got_asked) ? 'got'.got_asked : ''
	unset label 1
	unset label 2
}
set format y
set ytics autofreq
headline = ''
