// SPDX-License-Identifier: GPL-2.0
/*
 * An end of a ring queue that a process has mapped. What the process did there takes effect
 * when a task settles it.
 *
 * When the process advances its position, nothing else happens. Settling lets the kernel's
 * tail or head follow, by at most FIFO_SETTLE_MAX items at a time: when an operation at the
 * other end finds no item or no room, when a task reads the counters or polls, and when the
 * process kicks.
 *
 * The kernel trusts nothing that the process writes, and reads each word of it once:
 *
 * - The kernel compares the process's position with its own. The distance must not exceed
 *   the size, and the turn of each slot between must have come. So whatever the process
 *   writes, nothing is got before it was put, and nothing is overwritten before it was got.
 * - A process cannot write to the queue's slots. A producer writes to pages of its own; the
 *   kernel copies each item from there, and then checks the copy.
 *
 * Barrier:
 *
 * (F) full, after reading the position. Pairs with (S) of libfifo, the release with which
 * the process stores it. Without them the kernel may copy an item that is not written yet,
 * or hand over a slot that the process still reads.
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
#include "got.h"
#include "item.h"
#include "map_end.h"
#include "port.h"
#include "queue.h"

/* The position that the process has written. */
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

/* The kernel's own position of this end. */
static u64 known_position(const struct fifo_mapped *mapped)
{
	struct fifo_ring *ring = ring_of(mapped);

	return atomic64_read(mapped->role == FIFO_PRODUCER ? &ring->tail :
							     &ring->head);
}

/* Reads each word once: the process cannot change an item between its check and its use. */
static void copy_once(struct fifo_item *to, const struct fifo_item *from)
{
	const u64 *word = (const u64 *)from;
	u64 *copy = (u64 *)to;
	unsigned int i;

	for (i = 0; i < sizeof(*to) / sizeof(*copy); i++)
		copy[i] = READ_ONCE(word[i]);
}

/* May a process put this? Not a struct fifo_process: only the kernel vouches for one. */
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
 * Moves up to @most of the producer's next items into the queue. Nobody else puts here, and
 * the caller holds the store's lock: so a free slot stays free until this hands it over.
 * This writes the slots before it claims them: by then it knows how many items are valid.
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
	fifo_count(mapped->queue, FIFO_PRODUCER, n);
	return n;
}

/*
 * Frees the slots of the oldest items, up to @most, which the process has got. When that was
 * is not known: they are timed now.
 */
static unsigned int settle_gots(struct fifo_mapped *mapped, unsigned int most)
{
	struct fifo_ring_store *store = mapped->queue->store;
	const struct fifo_item *item;
	unsigned int i, n;
	u64 position;

	n = fifo_ring_claim_filled(&store->ring, most, &position);
	for (i = 0; i < n; i++, position++) {
		item = fifo_ring_item(store, position);
		fifo_ring_trace_get(mapped->port, position, item, 1, true);
		fifo_count_got(mapped->port, item, 1);
		fifo_ring_freed(&store->ring, position);
	}
	return n;
}

/*
 * Advances the kernel's position towards the process's. Returns by how many items, or
 * -EBADMSG if it could advance by none because the process has written nonsense.
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
	return moved ? moved : -EBADMSG;
}

/* As move_on(). Counts an error when the nonsense begins, not at each look. */
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
 * The process says that there is something for the other end. Settling n items wakes n
 * waiters there. If it settles none, this wakes one, so that a process that kicks for
 * nothing wakes no crowd. It always tells all that poll there.
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

/*
 * Is the position that the process has written the kernel's own, or could the kernel
 * advance towards it by at least one item?
 */
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
 * Does what the process wrote make sense? If so, @ready says whether there is an item, or
 * room, at its position.
 *
 * The lock keeps the kernel's position still. Without it, another thread of the process
 * might advance the position, and a task might settle that, between the two reads: then the
 * position would seem to be behind the kernel's.
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

/* Can a process map this end of the queue? If not, logs why. */
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

/* Charges all its memory to the process. */
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
 * -EOPNOTSUPP if the queue cannot be mapped there, -EBUSY if others are at
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
 * Gives the end back. Nobody maps it any more. Settles what the process has done, and
 * forgets what makes no sense. Afterwards no task finds @mapped:
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
