// SPDX-License-Identifier: GPL-2.0
/*
 * Tests the edges of fifo/engine/turns.h, in user space, with one thread. Prints a line for
 * each: ok - WHAT, or not ok - WHAT.
 */
#include <limits.h>
#include <stdio.h>

#include "shim.h"
#include "../../fifo/engine/turns.h"

#define SIZE	4

static struct fifo_ring ring;
static atomic64_t turns[SIZE];

static void result(bool ok, const char *what)
{
	printf("%sok - %s\n", ok ? "" : "not ", what);
}

/* Makes an empty ring whose next position is @first. */
static void start(u64 size, u64 first)
{
	u64 i;

	fifo_ring_init(&ring, size, turns);
	atomic64_set(&ring.tail, first);
	atomic64_set(&ring.head, first);
	for (i = first; i != first + size; i++)
		atomic64_set(&turns[fifo_ring_slot(&ring, i)], i);
}

/* Both return how many positions they have claimed, and handed over. */

static unsigned int put(unsigned int n)
{
	unsigned int claimed, i;
	u64 position;

	claimed = fifo_ring_claim_free(&ring, n, &position);
	for (i = 0; i < claimed; i++)
		fifo_ring_filled(&ring, position + i);
	return claimed;
}

static unsigned int get(unsigned int n)
{
	unsigned int claimed, i;
	u64 position;

	claimed = fifo_ring_claim_filled(&ring, n, &position);
	for (i = 0; i < claimed; i++)
		fifo_ring_freed(&ring, position + i);
	return claimed;
}

static void exactly_size(u64 size, u64 first, const char *what)
{
	unsigned int round;
	bool ok = true;
	u64 i;

	start(size, first);
	for (round = 0; round < 5; round++) {
		ok &= get(1) == 0 && fifo_ring_depth(&ring) == 0;
		for (i = 0; i < size; i++)
			ok &= put(1) == 1 && fifo_ring_depth(&ring) == i + 1;
		ok &= put(1) == 0 && fifo_ring_depth(&ring) == size;
		for (i = 0; i < size; i++)
			ok &= get(1) == 1;
	}
	result(ok, what);
}

static void batches(u64 first, const char *what)
{
	unsigned int round;
	bool ok = true;

	start(SIZE, first);
	for (round = 0; round < 5; round++) {
		ok &= put(3) == 3 && get(2) == 2 && put(UINT_MAX) == 3;
		ok &= put(UINT_MAX) == 0 && get(UINT_MAX) == SIZE;
		ok &= get(UINT_MAX) == 0;
	}
	result(ok && put(0) == 0 && get(0) == 0, what);
}

static void filled_out_of_order(void)
{
	u64 first, second;
	bool ok;

	start(SIZE, 0);
	fifo_ring_claim_free(&ring, 1, &first);
	fifo_ring_claim_free(&ring, 1, &second);
	fifo_ring_filled(&ring, second);
	ok = get(2) == 0 && fifo_ring_depth(&ring) == 2;
	fifo_ring_filled(&ring, first);
	result(ok && get(3) == 2, "what is behind an unfilled slot waits for it");
}

static void freed_out_of_order(void)
{
	u64 first, second;
	bool ok;

	start(SIZE, 0);
	put(SIZE);
	fifo_ring_claim_filled(&ring, 1, &first);
	fifo_ring_claim_filled(&ring, 1, &second);
	fifo_ring_freed(&ring, second);
	ok = put(2) == 0 && fifo_ring_depth(&ring) == 2;
	fifo_ring_freed(&ring, first);
	result(ok && put(3) == 2, "a slot behind one in use waits for it");
}

static void oldest(u64 first, const char *what)
{
	u64 position;
	bool ok;

	start(SIZE, first);
	ok = !fifo_ring_claim_oldest(&ring, &position);
	put(SIZE - 1);
	ok &= !fifo_ring_claim_oldest(&ring, &position);
	put(1);
	ok &= fifo_ring_claim_oldest(&ring, &position) && position == first;
	ok &= put(1) == 0;
	fifo_ring_freed(&ring, position);
	ok &= !fifo_ring_claim_oldest(&ring, &position);
	ok &= put(2) == 1 && get(SIZE) == SIZE;
	result(ok, what);
}

static void oldest_in_use(void)
{
	u64 first, position;
	bool ok;

	start(SIZE, 0);
	fifo_ring_claim_free(&ring, 1, &first);
	put(SIZE - 1);
	ok = !fifo_ring_claim_oldest(&ring, &position);
	fifo_ring_filled(&ring, first);
	result(ok && fifo_ring_claim_oldest(&ring, &position),
	       "no other item is claimed while the oldest one is being put");

	start(SIZE, 0);
	put(SIZE);
	fifo_ring_claim_filled(&ring, 1, &first);
	ok = !fifo_ring_claim_oldest(&ring, &position);
	fifo_ring_freed(&ring, first);
	result(ok && put(SIZE) == 1 && get(SIZE) == SIZE,
	       "no other item is claimed while the oldest one is being got");
}

/* The tail and the head may be read at different moments. */
static void depth_of_two_moments(void)
{
	bool ok;

	start(SIZE, 0);
	atomic64_set(&ring.head, 2);
	ok = fifo_ring_depth(&ring) == 0;
	atomic64_set(&ring.tail, 2 + SIZE + 1);
	result(ok && fifo_ring_depth(&ring) == SIZE,
	       "a depth is never below 0 nor above the size");
}

int main(void)
{
	exactly_size(2, 0, "two slots hold two items");
	exactly_size(SIZE, 0, "four slots hold four items");
	exactly_size(2, LLONG_MAX - 2, "two slots, where positions turn negative");
	exactly_size(SIZE, -5ull, "four slots, where positions wrap to 0");
	batches(0, "batches of all sizes");
	batches(LLONG_MAX - 4, "batches, where positions turn negative");
	batches(-5ull, "batches, where positions wrap to 0");
	filled_out_of_order();
	freed_out_of_order();
	oldest(0, "the oldest item is claimed from a full ring only");
	oldest(-2ull, "the oldest item, where positions wrap to 0");
	oldest_in_use();
	depth_of_two_moments();
	return 0;
}
