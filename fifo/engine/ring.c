// SPDX-License-Identifier: GPL-2.0
/*
 * The ring engine: slots in pages of their own, used without a lock in the
 * order of turns.h.
 *
 * From a claim to its hand-over softirqs are off, so nothing else on this processor uses a
 * queue, and no thread preempts the task, except on PREEMPT_RT. A task preempted there
 * would hide the items behind its own from all consumers. Other puts would then find the
 * ring full, and drop items, although it is nearly empty.
 */
#include <linux/bottom_half.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "engine.h"
#include "item.h"
#include "operation.h"
#include "ring.h"

/*
 * How often a put drops an item to make room, if other producers take the room each time.
 */
#define REPLACE_TRIES	3

/*
 * Settles what a process that has mapped this end did, up to FIFO_SETTLE_MAX items, and
 * wakes as many waiters at the other end. Returns how many, 0 if nobody has mapped it, or a
 * negative errno.
 */
int fifo_ring_settle(struct fifo_queue *queue, enum fifo_role role)
{
	struct fifo_ring_store *store = queue->store;
	struct fifo_ring_end *end;
	int moved = 0;

	if (!READ_ONCE(store->mapped[role]))
		return 0;
	spin_lock_bh(&store->lock);
	end = store->mapped[role];
	if (end)
		moved = end->settle(end);
	spin_unlock_bh(&store->lock);
	if (moved > 0)
		fifo_wake(&queue->ends[!role].wait, moved);
	return moved;
}

static bool ring_engine_fits(unsigned int size)
{
	return size >= 2 && is_power_of_2(size);
}

static int ring_engine_init(struct fifo_queue *queue)
{
	struct fifo_ring_store *store;
	atomic64_t *turns;

	store = kzalloc(sizeof(*store), GFP_KERNEL);
	if (!store)
		return -ENOMEM;
	turns = fifo_ring_pages(queue, sizeof(*turns), GFP_KERNEL);
	store->slots = fifo_ring_pages(queue, sizeof(*store->slots),
				       GFP_KERNEL);
	if (!turns || !store->slots) {
		vfree(store->slots);
		vfree(turns);
		kfree(store);
		return -ENOMEM;
	}
	spin_lock_init(&store->lock);
	fifo_ring_init(&store->ring, queue->size, turns);
	queue->store = store;
	return 0;
}

static void ring_engine_destroy(struct fifo_queue *queue)
{
	struct fifo_ring_store *store = queue->store;

	vfree(store->slots);
	vfree(store->ring.turns);
	kfree(store);
}

/*
 * Claims up to @n positions for this role. If there is none, and a process has mapped the
 * other end, settles what it did and tries again.
 */
static __always_inline unsigned int claim(struct fifo_ring_store *store,
					  struct fifo_queue *queue,
					  enum fifo_role role, unsigned int n,
					  u64 *position)
{
	u64 what = role == FIFO_PRODUCER ? FIFO_RING_FREE : FIFO_RING_FILLED;
	struct fifo_ring *ring = &store->ring;
	atomic64_t *next = role == FIFO_PRODUCER ? &ring->tail : &ring->head;
	unsigned int claimed;

	claimed = fifo_ring_claim(ring, next, what, n, position);
	if (claimed || !READ_ONCE(store->mapped[!role]))
		return claimed;
	/* Another task may have settled just before: claim again in any case. */
	fifo_ring_settle(queue, !role);
	return fifo_ring_claim(ring, next, what, n, position);
}

/* How many of @n slots there are from a position on without going round; a constant 1 for 1. */
static __always_inline unsigned int run_of(const struct fifo_ring *ring,
					   u64 position, unsigned int n)
{
	if (__builtin_constant_p(n) && n == 1)
		return 1;
	return min_t(u64, n, ring->mask + 1 - fifo_ring_slot(ring, position));
}

/* Fills the slots of @n positions, which do not go round, and hands them on. */
static __always_inline void put_run(struct fifo_ring_store *store,
				    struct fifo_port *port,
				    const struct fifo_item *items,
				    unsigned int n, u64 position, u64 now)
{
	u64 at = fifo_ring_slot(&store->ring, position);
	struct fifo_item *slots = &store->slots[at];
	u32 source = port->source;
	u64 seq = port->seq;
	unsigned int i;

	for (i = 0; i < n; i++) {
		fifo_store(&slots[i], &items[i], source, ++seq, now);
		/* Before the hand-over: no get can pass this item. */
		fifo_ring_trace_put(port, position + i, &slots[i]);
	}
	port->seq = seq;
	fifo_turns_hand_over(&store->ring.turns[at], n, position + FIFO_RING_FILLED);
}

static __always_inline unsigned int
ring_engine_put(struct fifo_port *port, const struct fifo_item *items,
		unsigned int n)
{
	struct fifo_queue *queue = port->queue;
	struct fifo_ring_store *store = queue->store;
	unsigned int run, claimed, left;
	u64 position, now = ktime_get_ns();

	local_bh_disable();
	claimed = claim(store, queue, FIFO_PRODUCER, n, &position);
	for (left = claimed; left; left -= run, items += run, position += run) {
		run = run_of(&store->ring, position, left);
		put_run(store, port, items, run, position, now);
	}
	local_bh_enable();
	return claimed;
}

/* Empties the slots of @n positions, which do not go round, and hands them on. */
static __always_inline void get_run(struct fifo_ring_store *store,
				    struct fifo_port *port,
				    struct fifo_item *items, unsigned int n,
				    u64 position, bool first)
{
	u64 at = fifo_ring_slot(&store->ring, position);
	const struct fifo_item *slots = &store->slots[at];
	unsigned int i;

	for (i = 0; i < n; i++)
		items[i] = slots[i];
	/* Before the hand-over: no put can be a round ahead. */
	fifo_ring_trace_get(port, position, items, n, first);
	fifo_turns_hand_over(&store->ring.turns[at], n, position + store->ring.mask + 1);
}

static __always_inline unsigned int
ring_engine_get(struct fifo_port *port, struct fifo_item *items, unsigned int n)
{
	struct fifo_queue *queue = port->queue;
	struct fifo_ring_store *store = queue->store;
	unsigned int run, claimed, left;
	u64 position;

	local_bh_disable();
	claimed = claim(store, queue, FIFO_CONSUMER, n, &position);
	for (left = claimed; left; left -= run, items += run, position += run) {
		run = run_of(&store->ring, position, left);
		get_run(store, port, items, run, position, left == claimed);
	}
	local_bh_enable();
	return claimed;
}

static void drop_oldest(struct fifo_queue *queue)
{
	struct fifo_ring_store *store = queue->store;
	u64 position;

	local_bh_disable();
	if (fifo_ring_claim_oldest(&store->ring, &position)) {
		fifo_dropped(queue, fifo_ring_item(store, position),
			     atomic64_read(&store->ring.tail) - position - 1);
		fifo_ring_freed(&store->ring, position);
	}
	local_bh_enable();
}

/*
 * Any producer may take the freed slot, and then need not drop anything itself. A put that
 * still found no room waits, like one whose oldest item is in use, until another put or get
 * is over.
 */
static unsigned int ring_engine_replace(struct fifo_port *port,
					const struct fifo_item *items,
					unsigned int n)
{
	unsigned int put, tries = REPLACE_TRIES;

	do {
		drop_oldest(port->queue);
		put = ring_engine_put(port, items, n);
	} while (!put && --tries);
	return put;
}

static unsigned int ring_engine_depth(const struct fifo_queue *queue)
{
	const struct fifo_ring_store *store = queue->store;

	return fifo_ring_depth(&store->ring);
}

static u64 ring_engine_oldest(const struct fifo_queue *queue)
{
	struct fifo_ring_store *store = queue->store;
	u64 position, next = atomic64_read(&store->ring.head);

	do {
		position = next;
		if (fifo_ring_ready(&store->ring, position, FIFO_RING_FILLED)) {
			/* If it is got, and the slot filled again, this is the new item's. */
			return data_race(fifo_ring_item(store, position)->time);
		}
		next = atomic64_read(&store->ring.head);
	} while (next != position);
	return 0;
}

static bool ring_engine_ready(const struct fifo_queue *queue,
			      enum fifo_role role)
{
	const struct fifo_ring_store *store = queue->store;
	const struct fifo_ring *ring = &store->ring;

	if (role == FIFO_PRODUCER)
		return fifo_ring_next_ready(ring, &ring->tail, FIFO_RING_FREE);
	return fifo_ring_next_ready(ring, &ring->head, FIFO_RING_FILLED);
}

static bool ring_engine_settle(struct fifo_queue *queue)
{
	int got = fifo_ring_settle(queue, FIFO_CONSUMER);
	int put = fifo_ring_settle(queue, FIFO_PRODUCER);

	return got > 0 || put > 0;
}

FIFO_OPERATIONS(ring)

const struct fifo_engine fifo_engine_ring = {
	.name = "ring",
	.sizes = "a power of two from 2 on with engine=ring",
	.atomic = true,
	.fits = ring_engine_fits,
	.init = ring_engine_init,
	.destroy = ring_engine_destroy,
	.put = ring_engine_put,
	.get = ring_engine_get,
	.replace = ring_engine_replace,
	FIFO_OPERATIONS_OF(ring),
	.depth = ring_engine_depth,
	.oldest = ring_engine_oldest,
	.ready = ring_engine_ready,
	.settle = ring_engine_settle,
};
