# SPDX-License-Identifier: GPL-2.0
# What scripts/bench cost has counted, to PICTURE: gnuplot -e "data='FILE'; picture='PICTURE'" cost.gp
if (!exists("data")) data = "bench/cost.txt"
if (!exists("picture")) picture = "bench/cost.svg"
set terminal svg size 1100,1000 noenhanced background "white" font "sans,13"
set output picture
set multiplot layout 2,2 title "Instructions for each item"
set style fill solid 0.8 noborder
set ytics scale 0
set grid xtics
set lmargin 21
set rmargin 4
set key below
set datafile missing "-"
rows(names) = sprintf("< grep -E '^(%s)' '%s'", names, data)
label(name) = name[strstrt(name, "/") + 1:*]

# Bars from 10 on: a logarithmic scale has no 0.
set logscale x
set xtics ("10" 10, "100" 100, "1,000" 1000, "10,000" 10000)
set title "in the kernel: a put and its get"
set xrange [9.5:1000]
set yrange [8.5:-0.5]
plot rows("put-get/|by-hand/") using (10):0:(10):2:($0 - 0.35):0:ytic(1) with boxxyerror lc rgb 0x7090b0 \
		title "one at a time", \
	"" using (10):0:(10):5:0:($0 + 0.35) with boxxyerror lc rgb 0xc04000 title "64 at a time"

set title "in a process: one of the calls"
set xrange [9.5:10000]
set yrange [11.5:-0.5]
plot rows("(write|read|put|get|reserve|peek|send|receive|output|take)/") \
		using (10):0:(10):2:($0 - 0.35):0:ytic(1) with boxxyerror lc rgb 0x7090b0 title "one at a time", \
	"" using (10):0:(10):5:0:($0 + 0.35) with boxxyerror lc rgb 0xc04000 title "64 at a time"

unset logscale x
set xtics 100
set title "from producer.ko to consumer.ko, at rate=max"
set xrange [0:*]
set yrange [10.5:-0.5]
plot rows("pipeline/") using (0):0:(0):2:($0 - 0.35):($0 + 0.35):ytic(label(strcol(1))) \
	with boxxyerror lc rgb 0x7090b0 notitle

set title "from a put to the get that it wakes"
set xtics 5000
set yrange [6.5:-0.5]
plot rows("waking-1/") using (0):0:(0):2:($0 - 0.35):0:ytic(label(strcol(1))) with boxxyerror lc rgb 0x7090b0 \
		title "one processor", \
	rows("waking-2/") using (0):0:(0):2:0:($0 + 0.35) with boxxyerror lc rgb 0xc04000 title "two"
unset multiplot
