// SPDX-License-Identifier: GPL-2.0
/*
 * A queue that bench/native must refuse: a ring under a mutex, broken in one way.
 *
 *	-DBREAK_LOSE	an item is lost
 *	-DBREAK_REPEAT	an item comes twice, in place of the next one
 *	-DBREAK_SWAP	two items of a producer change places
 *	-DBREAK_TEAR	an item has a word of another
 *	-DBREAK_STUCK	nothing comes out any more
 */
#include <stdlib.h>
#include "locks.h"
#include "native.h"

/* The item to which it happens, and that behind it. */
#define VICTIM	700

struct ring {
	pthread_mutex_t lock;
	uint64_t head;
	uint64_t tail;
	struct item slots[SIZE];
};

static void *make(unsigned int producers, uint64_t items)
{
	struct ring *ring = calloc(1, sizeof(*ring));

	(void)producers;
	(void)items;
	pthread_mutex_init(&ring->lock, NULL);
	return ring;
}

static unsigned int put(void *queue, const struct item *items, unsigned int n)
{
	struct ring *ring = queue;
	unsigned int put = 0;

	pthread_mutex_lock(&ring->lock);
	while (put < n && ring->tail - ring->head < SIZE)
		ring->slots[ring->tail++ % SIZE] = items[put++];
	pthread_mutex_unlock(&ring->lock);
	return put;
}

static void spoil(struct ring *ring)
{
	struct item *item = &ring->slots[VICTIM % SIZE];
	struct item first = item[0];

	(void)first;
#ifdef BREAK_LOSE
	ring->head++;
#endif
#ifdef BREAK_REPEAT
	item[1] = item[0];
#endif
#ifdef BREAK_SWAP
	item[0] = item[1];
	item[1] = first;
#endif
#ifdef BREAK_TEAR
	item[0].words[3] = item[1].words[3];
#endif
#ifdef BREAK_STUCK
	for (;;)
		;
#endif
}

static unsigned int get(void *queue, struct item *items, unsigned int n)
{
	struct ring *ring = queue;
	unsigned int got = 0;

	pthread_mutex_lock(&ring->lock);
	while (got < n && ring->head < ring->tail) {
		if (ring->head == VICTIM && ring->tail > VICTIM + 1)
			spoil(ring);
		items[got++] = ring->slots[ring->head++ % SIZE];
	}
	pthread_mutex_unlock(&ring->lock);
	return got;
}

static const struct contender broken = {
	.name = "broken",
	.package = "-",
	.make = make,
	.destroy = free,
	.put = put,
	.get = get,
};

CONTENDER(broken);
