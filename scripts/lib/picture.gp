# SPDX-License-Identifier: GPL-2.0
# What picture.awk has written into FILE: to PICTURE as SVG, or without one as text:
# gnuplot -e "data='FILE'; picture='PICTURE'" picture.gp
stats data index 0 using 1 prefix "time" nooutput
stats data index 5 using 1 prefix "lane" nooutput
stats data index 6 using 1 prefix "size" nooutput
size = int(size_max)
lanes = int(lane_max)
set xrange [0:time_max * 1.02]
set key off
set lmargin 14
set rmargin 3
depth_title = sprintf("Items in the queue, which has room for %d", size)
lane_range = sprintf("[%f:0.4]", lanes + 0.6)

if (!exists("picture")) {
	set terminal dumb size 79,14 noenhanced
	set tics out nomirror
	set title depth_title
	set yrange [0:size * 1.1]
	set ytics ceil(size / 4.0)
	plot data index 0 using 1:2 with steps
	set terminal dumb size 79,lanes + 8 noenhanced
	set title "Put (+) and got (-) by each instance"
	set format x "%g s"
	set yrange @lane_range
	unset ytics
	set ytics ()
	plot data index 1 using 1:2 with points pt "+", data index 2 using 1:2 with points pt "-", \
		data index 5 using (NaN):1:ytic(2)
	exit
}

set terminal svg size 900,520 noenhanced background "white" font "sans,13"
set output picture
set multiplot
set style fill solid 0.5 noborder
set grid x
set size 1, 0.52
set origin 0, 0.48
set title depth_title
set bmargin 1
set format x ""
set yrange [0:size * 1.2]
set ytics ceil(size / 4.0)
# The time without a consumer, if there is one, is grey.
middle(column1, column2) = (column1 + column2) / 2
plot data index 4 using (middle($1, $2)):(size * 0.6):(($2 - $1) / 2):(size * 0.6) with boxxyerror lc rgb "#dddddd", \
	data index 0 using 1:2 with fillsteps lc rgb "#9bbbdb", \
	data index 0 using 1:2 with steps lw 2 lc rgb "#2a5080", \
	size with lines dt 2 lc rgb "black", \
	data index 4 using (middle($1, $2)):(size * 1.1):("no consumer") with labels font ",11"
set size 1, 0.48
set origin 0, 0
set title "Each item: put (blue) and got (orange); a bar while the instance is loaded"
set bmargin 3
set format x "%g"
set xlabel "seconds"
set yrange @lane_range
unset ytics
set ytics ()
plot data index 4 using (middle($1, $2)):(lanes / 2.0 + 0.5):(($2 - $1) / 2):(lanes) with boxxyerror lc rgb "#dddddd", \
	data index 3 using 2:1:($3 - $2):(0) with vectors nohead lw 14 lc rgb "#c8d2dc", \
	data index 1 using 1:2 with points pt 7 ps 0.6 lc rgb "#2a5080", \
	data index 2 using 1:2 with points pt 7 ps 0.6 lc rgb "#d06000", \
	data index 5 using (NaN):1:ytic(2)
unset multiplot
