# SPDX-License-Identifier: GPL-2.0
# What all panels share. text: draw with characters; far: where the headline is.
set border 3 lc rgb '#666666'
set tics nomirror
time_axis = "set xrange [0:span]; set format x labelled ? '%g' : ''; ".\
	"set xlabel labelled ? 'time ('.unit.')' : ''"
title_of(panel) = strlen(headline) ? headline."\n".panel : panel
if (text) {
	set key tmargin right vertical samplen 2
} else {
	set tics scale 0
	set grid lc rgb '#e2e2e2' lt 1
	set lmargin at screen left
	set rmargin at screen right
	set key at graph 1.02, graph 1 left top Left reverse samplen 1.5 spacing 1.2
	set multiplot
	set label 1 headline at screen 0.02, screen far left font head_font front
	set label 2 subline at screen 0.02, screen far left offset 0, -1.4 tc rgb subline_colour front
}
