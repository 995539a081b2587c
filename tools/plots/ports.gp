# SPDX-License-Identifier: GPL-2.0
# A bar for each port: moving items, waiting, or neither. The data of bar i, from 0, are in
# blocks 2 i (moving) and 2 i + 1 (waiting) of $bars.
eval time_axis
set yrange [0.5:rows + 0.5]
set label 3 'Ports'.(more ? sprintf(' (%d of %d)', rows, rows + more) : '') \
	at graph 0, graph 1 left offset 0, 0.9 font panel_font
unset grid
set key at graph 1, graph 1 right bottom horizontal maxrows 1
do for [i = 1:rows] {
	set object i rectangle from 0, i - 0.36 to span, i + 0.36 fs solid noborder \
		fc rgb '#e4e4e4' behind
}
plot for [i = 0:rows - 1] $bars index 2 * i \
		with filledcurves closed fs solid noborder fc rgb '#4caf50' notitle, \
	for [i = 0:rows - 1] $bars index 2 * i + 1 \
		with filledcurves closed fs solid noborder fc rgb '#f5a623' notitle, \
	NaN with boxes fs solid noborder fc rgb '#4caf50' title 'moves items', \
	NaN with boxes fs solid noborder fc rgb '#f5a623' title 'waits', \
	NaN with boxes fs solid noborder fc rgb '#e4e4e4' title 'neither'
unset object
unset label
set ytics auto
set grid lc rgb '#e2e2e2' lt 1
set key at graph 1.02, graph 1 left top Left reverse vertical maxrows auto
headline = ''
