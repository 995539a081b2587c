// SPDX-License-Identifier: GPL-2.0
/*
 * Changes the rate of an instance of producer.ko or consumer.ko, or of a copy of them: its
 * entry in the list that the module has as its parameter.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "rates.h"

/* As the modules have it: the most instances, and the bytes of a list, which is a page. */
#define INSTANCES_MAX	1024
#define LIST_MAX	4096

/* In thousandths of an item a second. */
#define RATE_LEAST	1ull
#define RATE_MOST	10000000000ull

/**
 * struct instance - which entry of which list
 * @module: its module
 * @place: its index among the module's instances
 */
struct instance {
	char module[PORT_NAME_LEN];
	unsigned int place;
};

/* Such as producer_video[3]. */
static bool parse_instance(const char *name, struct instance *instance)
{
	const char *bracket = strchr(name, '[');
	int end = 0;

	if (!bracket || bracket == name || strchr(name, '/'))
		return false;
	snprintf(instance->module, sizeof(instance->module), "%.*s",
		 (int)(bracket - name), name);
	return sscanf(bracket, "[%u]%n", &instance->place, &end) == 1 &&
	       end && !bracket[end] && instance->place < INSTANCES_MAX;
}

/* How many instances the module has at least. */
static unsigned int count_instances(const struct ports *ports,
				    const struct instance *instance)
{
	unsigned int i, n = instance->place + 1;
	struct instance other;

	for (i = 0; i < ports->n; i++)
		if (parse_instance(ports->ports[i].name, &other) &&
		    !strcmp(other.module, instance->module) && other.place >= n)
			n = other.place + 1;
	return n;
}

/* --- the steps ------------------------------------------------------------- */

/* The next in 1, 2, 5, 10, 20, ... above a rate, or below it. */
static unsigned long long next_above(unsigned long long rate)
{
	unsigned long long decade = RATE_LEAST;

	while (decade * 10 <= rate)
		decade *= 10;
	if (rate < decade * 2)
		return decade * 2;
	return rate < decade * 5 ? decade * 5 : decade * 10;
}

static unsigned long long next_below(unsigned long long rate)
{
	unsigned long long decade = RATE_LEAST;

	while (decade * 10 < rate)
		decade *= 10;
	if (rate > decade * 5)
		return decade * 5;
	return rate > decade * 2 ? decade * 2 : decade;
}

/* The text of the next rate. Above the highest is "max". */
static void next_rate(char *text, size_t size, double rate, bool up)
{
	unsigned long long now, next;

	if (isinf(rate)) {
		next = up ? RATE_MOST + 1 : RATE_MOST;
	} else {
		now = rate * 1000 + 0.5;
		next = up ? next_above(now) : next_below(now);
	}
	if (next > RATE_MOST)
		snprintf(text, size, "max");
	else if (next % 1000)
		snprintf(text, size, "0.%03llu", next);
	else
		snprintf(text, size, "%llu", next / 1000);
}

/* --- the list -------------------------------------------------------------- */

/* Splits a list at its commas, in place. Returns how many entries it has. */
static unsigned int split(char *list, const char *entries[INSTANCES_MAX])
{
	unsigned int n = 0;
	char *entry;

	list[strcspn(list, "\n")] = '\0';
	while (n < INSTANCES_MAX && (entry = strsep(&list, ",")))
		entries[n++] = entry;
	return n;
}

/*
 * Prints the list with another rate for one of @n instances. A list that is shorter than
 * its instances repeats the last entry, which must stay what it was for those behind.
 * Returns NULL, and sets errno, if the list and its newline do not fit into the page.
 */
static const char *change_list(char new[LIST_MAX], char *old,
			       unsigned int place, unsigned int n,
			       const char *rate)
{
	const char *entries[INSTANCES_MAX], *last;
	unsigned int i, given = split(old, entries), wanted = place + 1;
	size_t len = 0;

	last = entries[given - 1];
	if (wanted < n)
		wanted++;
	if (wanted < given)
		wanted = given;
	new[0] = '\0';
	for (i = 0; i < wanted && len < LIST_MAX; i++)
		len += snprintf(new + len, LIST_MAX - len, "%s%s", i ? "," : "",
				i == place ? rate : i < given ? entries[i] :
								last);
	if (len > LIST_MAX - 2) {
		errno = E2BIG;
		return NULL;
	}
	return new;
}

/* Reads or writes the parameter. Returns false, and sets errno, if it cannot. */
static bool read_list(const char *path, char list[LIST_MAX])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return false;
	len = read(fd, list, LIST_MAX - 1);
	close(fd);
	list[len < 0 ? 0 : len] = '\0';
	return len >= 0;
}

static bool write_list(const char *path, const char *list)
{
	int error, fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return false;
	len = write(fd, list, strlen(list));
	error = errno;
	close(fd);
	errno = error;
	return len >= 0;
}

/*
 * Gives a port's instance the next rate up or down. Says what came of it. Returns whether
 * the rate was written.
 */
bool rates_step(const struct ports *ports, const struct port *port, bool up,
		char *said, size_t size)
{
	char path[128], old[LIST_MAX], new[LIST_MAX], rate[24];
	struct instance instance;

	if (!port_has_worker(port) || !parse_instance(port->name, &instance)) {
		snprintf(said, size, "%s has no rate", port->name);
		return false;
	}
	snprintf(path, sizeof(path), "/sys/module/%s/parameters/rate",
		 instance.module);
	next_rate(rate, sizeof(rate), port->rate, up);
	if (!read_list(path, old) ||
	    !change_list(new, old, instance.place,
			 count_instances(ports, &instance), rate) ||
	    !write_list(path, new)) {
		snprintf(said, size, "%s: its rate stays: %s", port->name,
			 strerror(errno));
		return false;
	}
	snprintf(said, size, "%s: rate=%s", port->name, rate);
	return true;
}
