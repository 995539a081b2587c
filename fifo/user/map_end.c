// SPDX-License-Identifier: GPL-2.0
/*
 * An end of a ring queue that a process has mapped: what it did there is done
 * for everybody when somebody needs it.
 *
 * The process moves its position on, and nothing else happens. The kernel's tail
 * or head follows it when the other end finds no item or no room, when a task reads
 * the counters or polls, and when the process kicks: it settles, a bounded number of
 * items at a time.
 *
 * Nothing that the process writes is believed, and each word of it is read once:
 *
 * - Its position is compared with the kernel's own. What lies between is at most
 *   the size, and each slot of it must have had its turn: so nothing is got
 *   before it was put, nor put over what was not got, whatever it says.
 * - It does not write where the kernel keeps items: what a producer puts is
 *   copied from pages of its own, and then looked at.
 *
 * Barrier:
 *
 * (F) full, after the position is read. Pairs with (S) of libfifo, the release by which
 * the process stored it. Without them the kernel might copy an item that is not there
 * yet, or hand on a slot on which the process still reads.
 *
 * A waiter comes here to read the position after (A) of wait.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "engine.h"
#include "engine/ring.h"
#include "item.h"
#include "map_end.h"
#include "port.h"
#include "queue.h"

/* Where the process says that it is. */
static u64 read_position(const struct fifo_mapped *mapped)
{
	u64 position = READ_ONCE(mapped->position->next);

	/* (F) pairs with (S). */
	smp_mb();
	return position;
}

static struct fifo_ring *ring_of(const struct fifo_mapped *mapped)
{
	struct fifo_ring_store *store = mapped->queue->store;

	return &store->ring;
}

/* Where the kernel knows that it is. */
static u64 known_position(const struct fifo_mapped *mapped)
{
	struct fifo_ring *ring = ring_of(mapped);

	return atomic64_read(mapped->role == FIFO_PRODUCER ? &ring->tail :
							     &ring->head);
}

/* Each word once: what is looked at afterwards is what is kept. */
static void copy_once(struct fifo_item *to, const struct fifo_item *from)
{
	const u64 *word = (const u64 *)from;
	u64 *copy = (u64 *)to;
	unsigned int i;

	for (i = 0; i < sizeof(*to) / sizeof(*copy); i++)
		copy[i] = READ_ONCE(word[i]);
}

/* May a process put this? What is in a struct fifo_process, the kernel vouches for. */
static bool item_valid(const struct fifo_item *item)
{
	return item->len <= FIFO_DATA_LEN && item->type != FIFO_ITEM_PROCESS;
}

/* Is there room at a position, and an item that may be put there? */
static bool take_item(const struct fifo_mapped *mapped, u64 position,
		      struct fifo_item *item)
{
	const struct fifo_ring *ring = ring_of(mapped);

	if (!fifo_ring_ready(ring, position, FIFO_RING_FREE))
		return false;
	copy_once(item, &mapped->inbox[fifo_ring_slot(ring, position)]);
	return item_valid(item);
}

/*
 * The next items of a producer, up to @most, become the queue's. Nobody else puts
 * here, and the lock is held: a slot that is free stays so until it is handed over,
 * and is written before it is claimed, by when all that follow are known to be valid.
 */
static unsigned int settle_puts(struct fifo_mapped *mapped, unsigned int most)
{
	struct fifo_ring_store *store = mapped->queue->store;
	u64 first = known_position(mapped), now = ktime_get_ns();
	struct fifo_port *port = mapped->port;
	struct fifo_item item, *slot;
	unsigned int i, n;

	for (n = 0; n < most && take_item(mapped, first + n, &item); n++) {
		slot = fifo_ring_item(store, first + n);
		fifo_store(slot, &item, port->source, ++port->seq, now);
		fifo_ring_trace_put(port, first + n, slot);
	}
	n = fifo_ring_claim_free(&store->ring, n, &first);
	for (i = 0; i < n; i++)
		fifo_ring_filled(&store->ring, first + i);
	return n;
}

/* The oldest items, up to @most, were got by a consumer. */
static unsigned int settle_gots(struct fifo_mapped *mapped, unsigned int most)
{
	struct fifo_ring_store *store = mapped->queue->store;
	unsigned int i, n;
	u64 position;

	n = fifo_ring_claim_filled(&store->ring, most, &position);
	for (i = 0; i < n; i++, position++) {
		fifo_ring_trace_get(mapped->port, position,
				    fifo_ring_item(store, position));
		fifo_ring_freed(&store->ring, position);
	}
	return n;
}

/*
 * Moves the kernel's position on towards the process's. Returns how many items
 * that was; -EBADMSG when it could not be any because the process makes no sense.
 */
static int move_on(struct fifo_mapped *mapped)
{
	u64 n = read_position(mapped) - known_position(mapped);
	unsigned int moved, most = min_t(u64, n, FIFO_SETTLE_MAX);

	if (!n)
		return 0;
	if (n > mapped->queue->size)
		return -EBADMSG;
	moved = mapped->role == FIFO_PRODUCER ?
		settle_puts(mapped, most) : settle_gots(mapped, most);
	fifo_count(mapped->queue, mapped->role, moved);
	return moved ? moved : -EBADMSG;
}

/* Likewise. Counts that the process begins to make no sense, not each look at it. */
static int settle(struct fifo_ring_end *end)
{
	struct fifo_mapped *mapped = container_of(end, struct fifo_mapped, end);
	int moved = move_on(mapped);

	if (moved < 0 && !mapped->nonsense)
		atomic64_inc(&mapped->queue->mapping_errors);
	mapped->nonsense = moved < 0;
	return moved;
}

/*
 * The process says that there is something for the other end. What was settled wakes as
 * many waiters there, or else one is woken: a process that kicks for nothing wakes no
 * crowd. All that poll there are told in any case.
 */
int fifo_mapped_kick(struct fifo_mapped *mapped)
{
	struct fifo_queue *queue = mapped->queue;
	struct fifo_wait_point *others = &queue->ends[!mapped->role].wait;
	int moved;

	fifo_wait_point_take_back(others);
	moved = fifo_ring_settle(queue, mapped->role);
	if (moved > 0)
		return 0;
	fifo_wake(others, 1);
	return moved;
}

/* Can the kernel go on to where the process says that it is, for a step at least? */
static bool position_sound(const struct fifo_mapped *mapped, u64 position)
{
	u64 known = known_position(mapped);
	struct fifo_item item;

	if (position == known)
		return true;
	if (position - known > mapped->queue->size)
		return false;
	if (mapped->role == FIFO_PRODUCER)
		return take_item(mapped, known, &item);
	return fifo_ring_ready(ring_of(mapped), known, FIFO_RING_FILLED);
}

/*
 * Does the process make sense? Then @ready says whether there is an item, or
 * room, where it says that it is.
 *
 * Under the lock the kernel's position stands still. Without it, another thread
 * might move on, and be settled, between the two reads: the process would seem
 * to have gone back.
 */
bool fifo_mapped_sound(const struct fifo_mapped *mapped, bool *ready)
{
	struct fifo_ring_store *store = mapped->queue->store;
	u64 position, what;
	bool sound;

	what = mapped->role == FIFO_PRODUCER ? FIFO_RING_FREE :
					       FIFO_RING_FILLED;
	spin_lock_bh(&store->lock);
	position = read_position(mapped);
	sound = position_sound(mapped, position);
	spin_unlock_bh(&store->lock);
	*ready = fifo_ring_ready(&store->ring, position, what);
	return sound;
}

/* Can a process have this end of the queue? Says why not. */
static int check_mappable(const struct fifo_queue *queue, enum fifo_role role)
{
	const char *reason;

	if (!queue->engine->settle)
		reason = "its engine is not ring";
	else if (!IS_ENABLED(CONFIG_64BIT))
		reason = "the kernel has 32 bits";
	else if (role == FIFO_CONSUMER && queue->overflow == FIFO_DROP_OLDEST)
		reason = "drop-oldest would take items from under a reader";
	else
		return 0;
	pr_notice_ratelimited("queue %u: cannot be mapped: %s\n", queue->index,
			      reason);
	return -EOPNOTSUPP;
}

static void free_parts(struct fifo_mapped *mapped)
{
	if (!IS_ERR_OR_NULL(mapped->port))
		fifo_port_free(mapped->port);
	free_page((unsigned long)mapped->position);
	vfree(mapped->inbox);
	kfree(mapped);
}

/* All that it takes is charged to the process. */
static struct fifo_mapped *new_parts(struct fifo_queue *queue,
				     enum fifo_role role)
{
	struct fifo_mapped *mapped;
	int err = -ENOMEM;

	mapped = kzalloc(sizeof(*mapped), GFP_KERNEL_ACCOUNT);
	if (!mapped)
		return ERR_PTR(-ENOMEM);
	mapped->end.settle = settle;
	mapped->queue = queue;
	mapped->role = role;
	mapped->port = fifo_port_new(queue, role, NULL);
	if (IS_ERR(mapped->port))
		err = PTR_ERR(mapped->port);
	mapped->position = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (role == FIFO_PRODUCER)
		mapped->inbox = fifo_ring_pages(queue, sizeof(struct fifo_item),
						GFP_KERNEL_ACCOUNT);
	if (IS_ERR(mapped->port) || !mapped->position ||
	    (role == FIFO_PRODUCER && !mapped->inbox)) {
		free_parts(mapped);
		return ERR_PTR(err);
	}
	return mapped;
}

/* Nobody else is at this end, so the kernel's position stands still. */
static void publish(struct fifo_mapped *mapped)
{
	struct fifo_ring_store *store = mapped->queue->store;

	mapped->position->next = known_position(mapped);
	spin_lock_bh(&store->lock);
	WRITE_ONCE(store->mapped[mapped->role], &mapped->end);
	spin_unlock_bh(&store->lock);
}

/*
 * Takes an end of a queue for a process. May sleep. Returns an error pointer:
 * -EOPNOTSUPP when the queue cannot be mapped there, -EBUSY when others are at
 * this end, or as fifo_attach_process().
 */
struct fifo_mapped *fifo_mapped_new(struct fifo_queue *queue,
				    enum fifo_role role)
{
	struct fifo_end *end = &queue->ends[role];
	struct fifo_mapped *mapped;
	int err = check_mappable(queue, role);

	if (err)
		return ERR_PTR(err);
	if (!fifo_end_own(end))
		return ERR_PTR(-EBUSY);
	mapped = new_parts(queue, role);
	if (IS_ERR(mapped))
		fifo_end_disown(end);
	else
		publish(mapped);
	return mapped;
}

/*
 * Gives the end back. Nobody maps it any more: what the process has done up to
 * here is settled, and what makes no sense is forgotten. Afterwards nobody finds it:
 *
 * - An operation at the other end, a kick, or a look at the counters finds it
 *   under the store's lock only.
 * - poll() and mmap() need the descriptor, which is closed.
 */
void fifo_mapped_free(struct fifo_mapped *mapped)
{
	struct fifo_queue *queue = mapped->queue;
	struct fifo_ring_store *store = queue->store;
	struct fifo_end *end = &queue->ends[mapped->role];

	fifo_queue_settle_all(queue);
	spin_lock_bh(&store->lock);
	WRITE_ONCE(store->mapped[mapped->role], NULL);
	spin_unlock_bh(&store->lock);
	free_parts(mapped);
	fifo_end_disown(end);
}
