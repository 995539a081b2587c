// SPDX-License-Identifier: GPL-2.0
/*
 * What a file has, in numbers: as text, or as an object of JSON. fifoctl(1) describes it.
 */
#include <err.h>
#include <string.h>
#include "plot.h"
#include "units.h"

/* --- text -------------------------------------------------------------------- */

/* Of each queue; and how the time is binned. */
void summary_print(const struct recording *recording)
{
	const struct span *span = &recording->span;
	const unsigned long long *counts;
	char length[16], width[16];
	unsigned int i;

	for (i = 0; i < TUBES_MAX; i++) {
		if (!recording->tubes[i])
			continue;
		counts = recording->tubes[i]->counts;
		printf("queue %u: put=%llu got=%llu dropped=%llu\n", i,
		       counts[PUT], counts[GOT], counts[DROPPED]);
	}
	units_time(length, sizeof(length), span->end - span->start);
	units_time(width, sizeof(width), span->width);
	printf("%s in %u bins of %s\n", length, span->used, width);
}

/* Warns if the file, or what was kept of it, lacks something. */
void summary_warn(const struct recording *recording)
{
	const struct losses *losses = &recording->losses;

	if (losses->unknown)
		warnx("events were lost: %llu, and more in %llu places",
		      losses->known, losses->unknown);
	else if (losses->known)
		warnx("events were lost: %llu", losses->known);
	if (recording->more)
		warnx("there are more than %u ports: %llu events are in no lane",
		      LANES_MAX, recording->more);
}

/* --- JSON --------------------------------------------------------------------- */

static void print_word(const char *name, const char *word)
{
	printf("\"%s\":", name);
	print_string(word, strlen(word));
	putchar(',');
}

static void print_waits(const char *name, const struct distribution *waits)
{
	printf("\"%s\":{\"count\":%llu,", name, waits->n);
	if (waits->n)
		printf("\"p50\":%.0f,\"p99\":%.0f,\"max\":%llu},",
		       distribution_percentile(waits, 50),
		       distribution_percentile(waits, 99), waits->longest);
	else
		printf("\"p50\":null,\"p99\":null,\"max\":null},");
}

static void print_ports(const struct recording *recording, unsigned int queue)
{
	const struct lane *lane;
	const char *comma = "";
	unsigned int i;

	printf("\"ports\":[");
	for (i = 0; i < recording->n; i++) {
		lane = recording->lanes[i];
		if (lane->queue != queue)
			continue;
		printf("%s{", comma);
		print_word("name", lane->name);
		print_word("role", lane->producer ? "producer" : "consumer");
		printf("\"moved\":%llu,\"waited_ns\":%.0f}", lane->moved,
		       lane->waited);
		comma = ",";
	}
	putchar(']');
}

static void print_queue(const struct recording *recording, unsigned int queue)
{
	const struct tube *tube = recording->tubes[queue];

	printf("{\"index\":%u,\"put\":%llu,\"got\":%llu,\"dropped\":%llu,",
	       queue, tube->counts[PUT], tube->counts[GOT],
	       tube->counts[DROPPED]);
	print_waits("wait", &tube->waits);
	print_waits("producer_wait", &tube->port_waits[0]);
	print_waits("consumer_wait", &tube->port_waits[1]);
	print_ports(recording, queue);
	putchar('}');
}

void summary_print_json(const struct recording *recording)
{
	const struct span *span = &recording->span;
	const char *comma = "";
	unsigned int i;

	printf("{\"seconds\":%.9f,\"bins\":%u,\"bin_ns\":%llu,",
	       (span->end - span->start) / 1e9, span->used, span->width);
	printf("\"lost\":%llu,\"gaps\":%llu,\"queues\":[",
	       recording->losses.known, recording->losses.unknown);
	for (i = 0; i < TUBES_MAX; i++) {
		if (!recording->tubes[i])
			continue;
		fputs(comma, stdout);
		print_queue(recording, i);
		comma = ",";
	}
	puts("]}");
}
