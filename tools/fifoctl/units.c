// SPDX-License-Identifier: GPL-2.0
/*
 * Short forms of numbers, such as 12.3k and 4.2ms.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "units.h"

/**
 * struct unit - a unit
 * @name: what stands behind the number
 * @factor: how many of the smallest unit it is
 * @end: numbers from here on are in the next unit
 */
struct unit {
	const char *name;
	double factor, end;
};

static int decimals_of(double scaled, const struct unit *unit)
{
	if (scaled == (unsigned long long)scaled)
		return 0;
	if (scaled < 0.9995 && unit->factor == 1)
		return 3;
	if (scaled < 9.95)
		return 1;
	return scaled < 99.95 && strlen(unit->name) < 2;
}

static void print_scaled(char *text, size_t size, double number,
			 const struct unit *unit)
{
	double scaled;

	while (number >= unit->end)
		unit++;
	scaled = number / unit->factor;
	snprintf(text, size, "%.*f%s", decimals_of(scaled, unit), scaled,
		 unit->name);
}

void units_count(char *text, size_t size, double count)
{
	static const struct unit units[] = {
		{ "", 1, 999.5 },
		{ "k", 1e3, 999.5e3 },
		{ "M", 1e6, 999.5e6 },
		{ "G", 1e9, 999.5e9 },
		{ "T", 1e12, INFINITY },
	};

	if (isfinite(count))
		print_scaled(text, size, count, units);
	else
		snprintf(text, size, "%s", isnan(count) ? "-" : "max");
}

/* The last bucket of a histogram has no bound: INFINITY. The one before ends at 9.8 h. */
void units_time(char *text, size_t size, double ns)
{
	static const struct unit units[] = {
		{ "ns", 1, 999.5 },
		{ "us", 1e3, 999.5e3 },
		{ "ms", 1e6, 999.5e6 },
		{ "s", 1e9, 9999.5e9 },
		{ "h", 3600e9, INFINITY },
	};

	if (isfinite(ns))
		print_scaled(text, size, ns, units);
	else
		snprintf(text, size, "%s", isnan(ns) ? "-" : ">9.8h");
}
