# SPDX-License-Identifier: GPL-2.0
# What scripts/bench rate has printed into FILE, to PICTURE:
# gnuplot -e "data='FILE'; picture='PICTURE'" rate.gp
if (!exists("data")) data = "bench/rate.txt"
if (!exists("picture")) picture = "bench/rate.svg"
set terminal svg size 1100,500 noenhanced background "white" font "sans,13"
set output picture
set multiplot layout 1,2
set logscale x
set xtics ("1" 1, "10" 10, "100" 100, "1,000" 1000, "10,000" 10000, "100,000" 100000, "1,000,000" 1000000)
set xtics rotate by -30
set xrange [0.4:1500000]
set grid
set rmargin 6
set datafile missing "-"
contexts = "work kthread timer"
set title "got / asked, over the items a second that are asked for"
set logscale y
set format y "%g"
set yrange [0.1:*]
set key below
plot for [i = 1:3] data using 1:(column(i + 1) / $1) with linespoints lw 2 pt 4 + 2 * i \
		title word(contexts, i), \
	data using 1:($5 / $1) with linespoints lw 2 pt 1 lc rgb "black" title "HZ / rate"
set title "jitter in ticks: from the earliest item to the latest"
unset logscale y
set ytics auto
set yrange [0:*]
plot for [i = 1:3] data using 1:(column(i + 5)) with linespoints lw 2 pt 4 + 2 * i title word(contexts, i)
unset multiplot
