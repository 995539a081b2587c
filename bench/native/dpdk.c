// SPDX-License-Identifier: GPL-2.0
/*
 * DPDK's rte_ring, with items of 64 bytes in it. Putting and getting are in its headers.
 * Only rte_ring_create() needs the rest of DPDK, and huge pages: here the ring is in plain
 * memory, with the fields that it sets.
 */
#include <rte_ring.h>
#include <rte_ring_elem.h>
#include <stdlib.h>
#include <string.h>
#include "native.h"

/* It holds one less than its size. */
#define RING_SIZE	(2 * SIZE)

static void *make_ring(enum rte_ring_sync_type sync)
{
	size_t size = sizeof(struct rte_ring) + RING_SIZE * sizeof(struct item);
	struct rte_ring *ring = aligned_alloc(RTE_CACHE_LINE_SIZE, size);

	memset(ring, 0, size);
	ring->size = RING_SIZE;
	ring->mask = RING_SIZE - 1;
	ring->capacity = SIZE;
	ring->prod.sync_type = sync;
	ring->cons.sync_type = sync;
	return ring;
}

static void *make_many(unsigned int producers, uint64_t items)
{
	(void)producers;
	(void)items;
	return make_ring(RTE_RING_SYNC_MT);
}

static void *make_one(unsigned int producers, uint64_t items)
{
	(void)producers;
	(void)items;
	return make_ring(RTE_RING_SYNC_ST);
}

static unsigned int put(void *queue, const struct item *items, unsigned int n)
{
	return rte_ring_enqueue_burst_elem(queue, items, sizeof(*items), n, NULL);
}

static unsigned int get(void *queue, struct item *items, unsigned int n)
{
	return rte_ring_dequeue_burst_elem(queue, items, sizeof(*items), n, NULL);
}

static const struct contender dpdk_many = {
	.name = "DPDK:rte_ring",
	.package = "libdpdk-dev",
	.make = make_many,
	.destroy = free,
	.put = put,
	.get = get,
};

CONTENDER(dpdk_many);

static const struct contender dpdk_one = {
	.name = "DPDK:rte_ring(SP/SC)",
	.package = "libdpdk-dev",
	.pairs_max = 1,
	.make = make_one,
	.destroy = free,
	.put = put,
	.get = get,
};

CONTENDER(dpdk_one);
