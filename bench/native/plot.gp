# SPDX-License-Identifier: GPL-2.0
# Draws the figures that judge.awk writes: gnuplot -e "data='FILE'; plot_file='FILE'" plot.gp
set terminal svg size 1200,900 noenhanced background "white"
set output plot_file
set multiplot layout 2,2
set style fill solid 0.5
set boxwidth 0.7
set xtics rotate by -40
set ylabel "ns an item: median, from minimum to upper quartile"
set yrange [0:*]
set key off
titles = "'1:1, one at a time' '1:1, up to 64' '2:2, one at a time' '2:2, up to 64'"
do for [case = 0:3] {
	set title word(titles, case + 1)
	plot data index case using 0:4:xtic(1) with boxes lc rgb "#4070b0", \
		data index case using 0:4:2:5 with yerrorbars lc rgb "black" pt 0
}
unset multiplot
