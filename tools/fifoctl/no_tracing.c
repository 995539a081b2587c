// SPDX-License-Identifier: GPL-2.0
/*
 * Takes the place of record and plot if their libraries are missing.
 */
#include "fifoctl.h"

static int run(int argc, char **argv)
{
	(void)argc;
	fprintf(stderr,
		"fifoctl %s: built without libtracefs and libtracecmd; "
		"install libtraceevent-dev, libtracefs-dev and libtracecmd-dev and build again\n",
		argv[0]);
	return FAILED;
}

const struct command command_record = {
	.name = "record",
	.arguments = "",
	.summary = "(built without libtracefs)",
	.help = "",
	.run = run,
};

const struct command command_plot = {
	.name = "plot",
	.arguments = "",
	.summary = "(built without libtracecmd)",
	.help = "",
	.run = run,
};
