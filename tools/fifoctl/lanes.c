// SPDX-License-Identifier: GPL-2.0
/*
 * Lanes: what each port did in each bin.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include "plot.h"

static unsigned int hash_of(unsigned int queue, bool producer, const char *name)
{
	unsigned int hash = queue * 2 + producer;

	while (*name)
		hash = hash * 31 + (unsigned char)*name++;
	return hash % LANES_HASH;
}

static struct lane *add_lane(struct recording *recording, unsigned int queue,
			     bool producer, const char *name)
{
	struct lane *lane = calloc(1, sizeof(*lane));

	if (!lane)
		err(FAILED, NULL);
	lane->queue = queue;
	lane->producer = producer;
	strcpy(lane->name, name);
	recording->lanes[recording->n++] = lane;
	return lane;
}

/* Returns NULL if there are too many. */
struct lane *lane_of(struct recording *recording, unsigned int queue,
		     bool producer, const char *port)
{
	char name[PORT_NAME_LEN] = "";
	struct lane **lane;

	strncpy(name, port, sizeof(name) - 1);
	make_word(name);
	lane = &recording->by_hash[hash_of(queue, producer, name)];
	for (; *lane; lane = &(*lane)->next)
		if ((*lane)->queue == queue && (*lane)->producer == producer &&
		    !strcmp((*lane)->name, name))
			return *lane;
	if (recording->n == LANES_MAX) {
		recording->more++;
		return NULL;
	}
	*lane = add_lane(recording, queue, producer, name);
	return *lane;
}

/* Adds a wait of @ns to the bins that it touches. It may have begun before the first. */
void lane_wait(struct lane *lane, struct recording *recording,
	       unsigned long long end, unsigned long long ns)
{
	unsigned int last = span_bin(recording, end), bin;
	const struct span *span = &recording->span;
	unsigned long long begin, from, to;

	if (!lane || end < span->start)
		return;
	begin = end - span->start > ns ? end - ns : span->start;
	lane->waited += end - begin;
	bin = (begin - span->start) / span->width;
	for (; bin <= last; bin++) {
		from = span->start + bin * span->width;
		to = from + span->width;
		lane->waits[bin] += (to < end ? to : end) -
				    (from > begin ? from : begin);
	}
}
