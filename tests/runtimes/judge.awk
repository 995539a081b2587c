# SPDX-License-Identifier: GPL-2.0
# Compares what play.sh printed of a pipe and of a queue, for the runtime `name`. Of `page`, a
# line for each difference that is meant: runtimes (`all`: that have the means), step, pipe,
# queue, why. Prints what nobody
# expects: a pipe that does not do what it is to do, and a queue that does neither the same nor
# what the page says. The last line is three numbers: steps that did the same, steps that did
# not, and steps that the runtime has no means for.

BEGIN {
	FS = OFS = "\t"
	while ((getline <page) > 0)
		if ($1 == "all" || index(", " $1 ",", ", " name ",")) {
			said[$2, $3, $4] = $2 OFS $3 OFS $4
			step_of[$2, $3, $4] = $2
		}
}

function wanted(want, did) {
	return want == "*" || did == "none" || index("|" want "|", "|" did "|")
}

FNR == NR {
	if (!wanted($2, $3))
		print "on a pipe it is to be " $2 ":", $1, $3
	pipe[$1] = $3
	next
}

!($1 in pipe) {
	print "no such step on a pipe:", $1
	next
}

{
	if (pipe[$1] != $3 && !(($1, pipe[$1], $3) in said))
		print "they differ:", $1, pipe[$1], $3
	differ += pipe[$1] != $3
	if (pipe[$1] == $3 && $3 == "none")
		none[$1] = 1
	steps++
	delete said[$1, pipe[$1], $3]
	delete pipe[$1]
}

END {
	for (step in pipe)
		print "no such step on a queue:", step
	for (row in said)
		if (!(step_of[row] in none))
			print "they do not differ as the page says:", said[row]
	print steps - differ - length(none), differ + 0, length(none)
}
