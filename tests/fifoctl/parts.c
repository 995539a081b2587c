// SPDX-License-Identifier: GPL-2.0
/*
 * Parts of fifoctl that need no kernel: short numbers, differences and percentiles of
 * histograms, and lists of rates. Prints what is wrong.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "histogram.c"
#include "rates.c"
#include "units.c"

static int failed;

static void is(const char *got, const char *want, const char *what)
{
	if (!strcmp(got, want))
		return;
	printf("%s: got '%s', want '%s'\n", what, got, want);
	failed = 1;
}

/* --- what the parts call --------------------------------------------------- */

static const char *file;

bool files_read(unsigned int queue, const char *name, char *value, size_t size)
{
	(void)queue;
	(void)name;
	snprintf(value, size, "%s", file);
	return *file;
}

bool port_has_worker(const struct port *port)
{
	return !isnan(port->rate);
}

/* --- tests ----------------------------------------------------------------- */

static void count_is(double count, const char *want)
{
	char text[32];

	units_count(text, sizeof(text), count);
	is(text, want, "count");
}

static void time_is(double ns, const char *want)
{
	char text[32];

	units_time(text, sizeof(text), ns);
	is(text, want, "time");
}

static void test_units(void)
{
	count_is(0, "0");
	count_is(0.001, "0.001");
	count_is(0.9997, "1.0");
	count_is(5, "5");
	count_is(12.34, "12.3");
	count_is(999.4, "999");
	count_is(999.6, "1.0k");
	count_is(99960, "100k");
	count_is(1048576, "1.0M");
	count_is(1e7, "10M");
	count_is(INFINITY, "max");
	count_is(NAN, "-");
	time_is(64, "64ns");
	time_is(65536, "66us");
	time_is(2097152, "2.1ms");
	time_is(60e9, "60s");
	time_is(64.0 * (1ull << 39), "9.8h");
	time_is(INFINITY, ">9.8h");
	time_is(NAN, "-");
}

static void bound_is(const struct histogram *histogram, double percent,
		     double want)
{
	double got = histogram_percentile(histogram, percent);

	if (got == want || (isnan(got) && isnan(want)))
		return;
	printf("p%g: got %g, want %g\n", percent, got, want);
	failed = 1;
}

static void test_histogram(void)
{
	struct histogram from, to, none, between;

	file = "64 0\n128 50\n256 98\n+Inf 100\n";
	histogram_read(&from, 0, "");
	bound_is(&from, 50, 128);
	bound_is(&from, 51, 256);
	bound_is(&from, 98, 256);
	bound_is(&from, 99, INFINITY);
	bound_is(&from, 100, INFINITY);
	file = "64 1\n128 51\n256 99\n+Inf 101\n";
	histogram_read(&to, 0, "");
	histogram_difference(&between, &from, &to);
	bound_is(&between, 100, 64);
	histogram_difference(&between, &to, &to);
	bound_is(&between, 50, NAN);
	histogram_difference(&between, &to, &from);
	bound_is(&between, 50, 128);
	file = "";
	histogram_read(&none, 0, "");
	bound_is(&none, 50, NAN);
	histogram_difference(&between, &none, &to);
	bound_is(&between, 100, INFINITY);
}

static void rate_is(double rate, bool up, const char *want)
{
	char text[24];

	next_rate(text, sizeof(text), rate, up);
	is(text, want, up ? "rate up" : "rate down");
}

static void test_steps(void)
{
	rate_is(1, true, "2");
	rate_is(2, true, "5");
	rate_is(7, true, "10");
	rate_is(0.001, true, "0.002");
	rate_is(0.5, true, "1");
	rate_is(1e7, true, "max");
	rate_is(INFINITY, true, "max");
	rate_is(INFINITY, false, "10000000");
	rate_is(10, false, "5");
	rate_is(7, false, "5");
	rate_is(5, false, "2");
	rate_is(1, false, "0.500");
	rate_is(0.001, false, "0.001");
}

static void list_is(const char *old, unsigned int place, unsigned int n,
		    const char *want)
{
	char list[LIST_MAX], new[LIST_MAX];

	strcpy(list, old);
	is(change_list(new, list, place, n, "9"), want, old);
}

static void test_lists(void)
{
	char list[LIST_MAX], new[LIST_MAX];

	list_is("5\n", 0, 1, "9");
	list_is("5\n", 0, 3, "9,5");
	list_is("5\n", 1, 3, "5,9,5");
	list_is("5\n", 2, 3, "5,5,9");
	list_is("1,2,3\n", 1, 3, "1,9,3");
	list_is("1,2\n", 1, 3, "1,9,2");
	list_is("1,max\n", 3, 5, "1,max,max,9,max");
	strcpy(list, "5000000\n");
	errno = 0;
	if (change_list(new, list, INSTANCES_MAX - 1, INSTANCES_MAX, "9") ||
	    errno != E2BIG)
		is("", "E2BIG", "a list above a page");
}

static void test_names(void)
{
	struct port ports[] = { { .name = "producer[2]" }, { .name = "x[7]" } };
	const struct ports all = { .n = 2, .ports = ports };
	struct instance instance;
	char said[64];

	if (!parse_instance("producer_video[3]", &instance) ||
	    strcmp(instance.module, "producer_video") || instance.place != 3)
		is("", "producer_video[3]", "name");
	if (parse_instance("a/b[0]", &instance) ||
	    parse_instance("[0]", &instance) ||
	    parse_instance("a[0]b", &instance) ||
	    parse_instance("a[", &instance))
		is("accepted", "refused", "name");
	parse_instance("producer[0]", &instance);
	if (count_instances(&all, &instance) != 3)
		is("", "3", "instances");
	ports[0].rate = NAN;
	if (rates_step(&all, ports, true, said, sizeof(said)))
		is("changed", "refused", "a port without a worker");
	is(said, "producer[2] has no rate", "a port without a worker");
}

int main(void)
{
	test_units();
	test_histogram();
	test_steps();
	test_lists();
	test_names();
	return failed;
}
