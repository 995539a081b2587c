// SPDX-License-Identifier: GPL-2.0
/*
 * The lock-free ring by itself, with nothing around it: fifo/engine/turns.h.
 */
#include <stdlib.h>
#include "../../tests/ring/shim.h"
#include "../../fifo/engine/turns.h"
#include "native.h"

struct store {
	struct fifo_ring ring;
	struct item slots[SIZE] ____cacheline_aligned_in_smp;
	atomic64_t turns[SIZE];
};

static void *make(unsigned int producers, uint64_t items)
{
	struct store *store = aligned_alloc(64, sizeof(*store));

	(void)producers;
	(void)items;
	fifo_ring_init(&store->ring, SIZE, store->turns);
	return store;
}

/* As the engine does: the slots of a batch are neighbours, or go round once. */
static void hand_over(struct fifo_ring *ring, u64 position, unsigned int n, u64 what)
{
	unsigned int at = fifo_ring_slot(ring, position);
	unsigned int run = n < SIZE - at ? n : SIZE - at;

	fifo_turns_hand_over(&ring->turns[at], run, position + what);
	fifo_turns_hand_over(ring->turns, n - run, position + run + what);
}

static unsigned int put(void *queue, const struct item *items, unsigned int n)
{
	struct store *store = queue;
	struct fifo_ring *ring = &store->ring;
	u64 position = 0;
	unsigned int i;

	n = fifo_ring_claim_free(ring, n, &position);
	for (i = 0; i < n; i++)
		store->slots[fifo_ring_slot(ring, position + i)] = items[i];
	hand_over(ring, position, n, FIFO_RING_FILLED);
	return n;
}

static unsigned int get(void *queue, struct item *items, unsigned int n)
{
	struct store *store = queue;
	struct fifo_ring *ring = &store->ring;
	u64 position = 0;
	unsigned int i;

	n = fifo_ring_claim_filled(ring, n, &position);
	for (i = 0; i < n; i++)
		items[i] = store->slots[fifo_ring_slot(ring, position + i)];
	hand_over(ring, position, n, SIZE);
	return n;
}

static const struct contender turns = {
	.name = "fifo:turns.h",
	.package = "-",
	.make = make,
	.destroy = free,
	.put = put,
	.get = get,
};

CONTENDER(turns);
