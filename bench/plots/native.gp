# SPDX-License-Identifier: GPL-2.0
# What scripts/bench native measures: from FILE, which judge.awk has written, to PICTURE:
# gnuplot -e "data='FILE'; picture='PICTURE'" native.gp
if (!exists("data")) data = "bench/native.dat"
if (!exists("picture")) picture = "bench/native.svg"
set terminal svg size 1100,900 noenhanced background "white" font "sans,13"
set output picture
set multiplot layout 2,2 title "Nanoseconds an item: bar: median, line: from the minimum to the upper quartile"
set style fill solid 0.7 noborder
set ytics scale 0
set grid xtics
set key off
set lmargin 27
set rmargin 3
titles = "'1:1, one at a time' '1:1, up to 64 at a time' '2:2, one at a time' '2:2, up to 64 at a time'"

# The distance of tics: 1, 2 or 5, and zeros.
ten(x) = 10 ** floor(log10(x))
step(x) = x / ten(x) > 5 ? 2 * ten(x) : x / ten(x) > 2 ? ten(x) : ten(x) / 2

colour(name) = strstrt(name, "fifo:") == 1 ? 0xc04000 : 0x7090b0
do for [case = 0:3] {
	set title word(titles, case + 1)
	set xrange [*:*]
	set yrange [*:*]
	stats data index case using 5 nooutput
	set xtics step(STATS_max)
	set xrange [0:*]
	set yrange [15.6:-0.6]
	plot data index case using ($4 / 2):0:($4 / 2):(0.35):(colour(strcol(1))):ytic(1) \
			with boxxyerror lc rgb variable, \
		data index case using 4:0:2:5 with xerrorbars lc rgb "black" pt 0
}
unset multiplot
