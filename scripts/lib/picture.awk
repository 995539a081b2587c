# SPDX-License-Identifier: GPL-2.0
# From the kernel's log of a demo to what picture.gp draws of queue 0, in blocks for gnuplot.
# A lane is an instance. Times are in seconds since the first line of an instance.

match($0, /\[ *[0-9]+\.[0-9]+\]/) {
	split(substr($0, RSTART + RLENGTH + 1), word, " ")
	instance = word[1] word[2]
	sub(":", "", instance)
	if (word[1] == "fifo:" && word[2] word[3] == "queue0:" && !size)
		size = value("size=")
	if (word[1] ~ /^(producer|consumer):$/)
		happen(substr($0, RSTART + 1, RLENGTH - 2) - begin)
}

END {
	if (!depths)
		exit 1
	block("depth after an item", depths)
	block("put in a lane", puts)
	block("got in a lane", gots)
	block("a lane, and from when to when its instance was loaded", lives)
	block("from when to when no consumer was loaded", pauses)
	block("the lanes' names", names)
	block("the size of the queue", size "\n")
}

function happen(now) {
	if (!begin) {
		begin = now
		now = 0
	}
	if (word[3] == "started:")
		start(now)
	else if (word[3] == "stopped:")
		stop(now)
	else if (word[3] ~ /^(put|got)$/)
		move(now)
}

function start(now) {
	if (!(instance in lane)) {
		lane[instance] = ++nlanes
		names = names nlanes " \"" instance "\"\n"
	}
	since[instance] = now
	if (instance ~ /^consumer/ && !consumers++ && stopped)
		pauses = pauses stopped " " now "\n"
}

function stop(now) {
	lives = lives lane[instance] " " since[instance] " " now "\n"
	if (instance ~ /^consumer/ && !--consumers)
		stopped = now
}

function move(now) {
	depths = depths now " " value("depth=") "\n"
	if (word[3] == "put")
		puts = puts now " " lane[instance] "\n"
	else
		gots = gots now " " lane[instance] "\n"
}

# The number behind a name in the line.
function value(name) {
	return substr($0, index($0, name) + length(name)) + 0
}

function block(what, lines) {
	# gnuplot does not count an empty block.
	printf "# %s\n%s\n\n", what, lines == "" ? "NaN NaN NaN\n" : lines
}
