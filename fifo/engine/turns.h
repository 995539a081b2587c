/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bounded lock-free ring: the order in which many producers and many
 * consumers use its slots. The slots themselves are the caller's.
 *
 * Positions count for ever from 0, and position p is in slot p modulo the size. Each slot
 * has a turn, which says which operation may use it:
 *
 *	turn == p		free, for the put at position p
 *	turn == p + 1		filled, for the get at position p
 *	turn == p + size	free, for the put one round later
 *
 * A put claims positions by advancing the tail, a get by advancing the head, past slots
 * whose turn has come. It uses the slots, and then hands each over by setting its turn.
 * Once a slot's turn has come for a position, only the task that claims this position
 * changes it. So all slots of a successful claim are ready. The size is at least 2: with 1,
 * "filled" and "free one round later" would be the same turn.
 *
 * It is lock-free: a claim fails to move the tail or the head only if another claim has
 * moved it. But items become ready in any order. A task that stops running between its
 * claim and its hand-over hides the items behind its own: they are not lost, but consumers
 * find the ring empty until it runs again. Likewise, producers find the ring full if they
 * come round to a slot that a consumer still reads.
 *
 * Barriers:
 *
 * (D) the acquire in fifo_turn_is() pairs with (E), the release in fifo_turn_set(). (E)
 * also pairs with (R), the acquire of a process, in tools/lib/libfifo.c. From put to get:
 * without them a get may read what was in the slot before. From get to put: without them a
 * put may overwrite an item before the get has read it. Moving the tail or the head needs
 * no ordering: it only decides which task gets a slot.
 *
 * The algorithm is Dmitry Vyukov's bounded MPMC queue (1024cores.net), with
 * claims for several positions at a time.
 *
 * This header also compiles in user space: tests/ring/ runs it there.
 */
#ifndef _FIFO_TURNS_H
#define _FIFO_TURNS_H

#ifdef __KERNEL__
#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/types.h>
#endif

/* A slot's turn minus its position, if a put (FREE) or a get (FILLED) may claim it. */
#define FIFO_RING_FREE		0
#define FIFO_RING_FILLED	1

/**
 * struct fifo_ring - which task may use which slot
 * @mask: the size minus one; the size is a power of two, at least 2; constant
 * @turns: the turn of each slot; atomic
 * @tail: the next position to put at; atomic
 * @head: the next position to get from; atomic
 */
struct fifo_ring {
	u64 mask;
	atomic64_t *turns;
	atomic64_t tail ____cacheline_aligned_in_smp;
	atomic64_t head ____cacheline_aligned_in_smp;
};

/* Makes an empty ring of @size slots. @turns has as many elements. */
static inline void fifo_ring_init(struct fifo_ring *ring, u64 size,
				  atomic64_t *turns)
{
	u64 i;

	ring->mask = size - 1;
	ring->turns = turns;
	atomic64_set(&ring->tail, 0);
	atomic64_set(&ring->head, 0);
	for (i = 0; i < size; i++)
		atomic64_set(&turns[i], i);
}

static inline u64 fifo_ring_slot(const struct fifo_ring *ring, u64 position)
{
	return position & ring->mask;
}

static inline bool fifo_turn_is(const atomic64_t *turn, u64 value)
{
	/* (D) pairs with (E). */
	return (u64)atomic64_read_acquire(turn) == value;
}

/* Is it the turn of this position's put (FREE) or get (FILLED)? */
static inline bool fifo_ring_ready(const struct fifo_ring *ring, u64 position,
				   u64 what)
{
	return fifo_turn_is(&ring->turns[fifo_ring_slot(ring, position)],
			    position + what);
}

/*
 * Could the next put or get claim a position now? If not, its slot is in use: @next (the
 * tail or the head) was the same before and after the slot was checked.
 */
static inline bool fifo_ring_next_ready(const struct fifo_ring *ring,
					const atomic64_t *next, u64 what)
{
	s64 first, last;

	first = atomic64_read(next);
	do {
		last = first;
		if (fifo_ring_ready(ring, first, what))
			return true;
		first = atomic64_read(next);
	} while (first != last);
	return false;
}

/*
 * Claims up to @n successive positions whose turn has come. Returns how many, and the first
 * in @position; 0 if the next one is not ready: the ring is full or empty, or another task
 * still uses the slot.
 */
static inline unsigned int fifo_ring_claim(struct fifo_ring *ring,
					   atomic64_t *next, u64 what,
					   unsigned int n, u64 *position)
{
	s64 first = atomic64_read(next), last;
	const atomic64_t *turns = ring->turns;
	unsigned int ready;
	u64 mask = ring->mask;

	do {
		last = first;
		for (ready = 0; ready < n; ready++)
			if (!fifo_turn_is(&turns[(first + ready) & mask],
					  first + ready + what))
				break;
		if (ready && atomic64_try_cmpxchg_relaxed(next, &first,
							  first + ready)) {
			*position = first;
			return ready;
		}
		first = atomic64_read(next);
	} while (first != last);
	return 0;
}

static inline unsigned int fifo_ring_claim_free(struct fifo_ring *ring,
						unsigned int n, u64 *position)
{
	return fifo_ring_claim(ring, &ring->tail, FIFO_RING_FREE, n, position);
}

static inline unsigned int fifo_ring_claim_filled(struct fifo_ring *ring,
						  unsigned int n, u64 *position)
{
	return fifo_ring_claim(ring, &ring->head, FIFO_RING_FILLED, n,
			       position);
}

/*
 * Claims the oldest position, for a put that needs its slot. Succeeds only if the ring is
 * full: the tail is a whole round ahead of the head. Freeing another slot would not help,
 * since puts use the slots in order.
 */
static inline bool fifo_ring_claim_oldest(struct fifo_ring *ring, u64 *position)
{
	s64 first = atomic64_read(&ring->tail) - ring->mask - 1;

	*position = first;
	return fifo_ring_ready(ring, first, FIFO_RING_FILLED) &&
	       atomic64_try_cmpxchg_relaxed(&ring->head, &first, first + 1);
}

static inline void fifo_turn_set(atomic64_t *turn, u64 value)
{
	/* (E) pairs with (D), and with (R) of libfifo. */
	atomic64_set_release(turn, value);
}

/* Hands over a claimed slot that is filled: a get may claim it. */
static inline void fifo_ring_filled(struct fifo_ring *ring, u64 position)
{
	fifo_turn_set(&ring->turns[fifo_ring_slot(ring, position)],
		      position + FIFO_RING_FILLED);
}

/* Hands over a claimed slot that was read: a put may claim it. */
static inline void fifo_ring_freed(struct fifo_ring *ring, u64 position)
{
	fifo_turn_set(&ring->turns[fifo_ring_slot(ring, position)],
		      position + ring->mask + 1);
}

/*
 * Hands on @n claimed slots that are neighbours, all of which were filled, or read: @next is
 * the turn of the first one from now on. Not each as soon as it could be: a task at the other
 * end would see the turn at once, claim a few slots at a time, and take the line with the
 * turns away for each.
 */
static inline void fifo_turns_hand_over(atomic64_t *turns, unsigned int n, u64 next)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		fifo_turn_set(&turns[i], next + i);
}

/*
 * How many positions puts have claimed and gets have not: 0 to the size, and exact if no
 * task is inside an operation. Otherwise the two loads see different moments; some machines
 * even load the tail first, so that the difference can be negative.
 */
static inline u64 fifo_ring_depth(const struct fifo_ring *ring)
{
	u64 head = atomic64_read(&ring->head);
	u64 depth = atomic64_read(&ring->tail) - head;

	if ((s64)depth < 0)
		return 0;
	return depth > ring->mask ? ring->mask + 1 : depth;
}

#endif /* _FIFO_TURNS_H */
