// SPDX-License-Identifier: GPL-2.0
/*
 * Batches: room for the items of a move. A thousand instances would need megabytes. But no
 * more of them move items at a time than there are processors. So a client has a batch for
 * each processor, or for each instance if these are fewer, and an instance has room of its
 * own for FIFO_FEW items.
 *
 * Where others may need a batch, an instance never waits while it holds one: it moves a few
 * items first, for which it may wait, and then the rest, for which it does not.
 */
#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/vmalloc.h>
#include "batch.h"
#include "client_log.h"

/**
 * struct fifo_batch - items of the instance that borrows it
 * @busy: bit 0: it is borrowed; atomic
 * @filled: the instance that has filled @items, or NULL; the borrower
 * @items: the items; the borrower
 */
struct fifo_batch {
	unsigned long busy;
	const struct fifo_instance *filled;
	struct fifo_item items[FIFO_BATCH] ____cacheline_aligned_in_smp;
};

/* Returns 0 or -ENOMEM. */
int fifo_batches_alloc(struct fifo_client *client)
{
	client->nr_batches = min(client->n, num_online_cpus());
	client->batches = vzalloc(array_size(client->nr_batches,
					     sizeof(*client->batches)));
	return client->batches ? 0 : -ENOMEM;
}

void fifo_batches_free(struct fifo_client *client)
{
	vfree(client->batches);
	client->batches = NULL;
}

static bool shared(const struct fifo_client *client)
{
	return client->n > client->nr_batches;
}

/* The instance's own if there is one for each. NULL if none is free. */
static struct fifo_batch *borrow(const struct fifo_instance *instance)
{
	const struct fifo_client *client = instance->client;
	unsigned int i = instance->index % client->nr_batches, tries;

	for (tries = 0; tries < client->nr_batches; tries++) {
		if (!test_and_set_bit_lock(0, &client->batches[i].busy))
			return &client->batches[i];
		if (++i == client->nr_batches)
			i = 0;
	}
	return NULL;
}

static void give_back(struct fifo_batch *batch)
{
	clear_bit_unlock(0, &batch->busy);
}

static void fill(struct fifo_batch *batch, struct fifo_instance *instance)
{
	const struct fifo_client_ops *ops = instance->client->ops;

	if (!ops->fill || batch->filled == instance)
		return;
	ops->fill(instance, batch->items, FIFO_BATCH);
	batch->filled = instance;
}

static int move(struct fifo_instance *instance, struct fifo_item *items,
		unsigned int n, bool nowait)
{
	int moved;

	instance->items = items;
	moved = instance->client->ops->move(instance, n, nowait);
	if (moved > 0)
		fifo_client_log_items(instance, moved);
	return moved;
}

/* Without a batch that is free it moves none. */
static int move_batch(struct fifo_instance *instance, unsigned int n,
		      bool nowait)
{
	struct fifo_batch *batch = borrow(instance);
	int moved;

	if (!batch)
		return 0;
	fill(batch, instance);
	moved = move(instance, batch->items, n, nowait);
	give_back(batch);
	return moved;
}

/* Moves up to @n items. Returns how many, or a negative errno. */
int fifo_batch_move(struct fifo_instance *instance, unsigned int n,
		    bool nowait)
{
	unsigned int few = min(n, FIFO_FEW);
	int moved;

	if (n > few && !instance->keeps && !shared(instance->client))
		return move_batch(instance, n, nowait);
	moved = move(instance, instance->few, few, nowait);
	if (moved == few && n > few && !instance->keeps)
		moved += max(move_batch(instance, n - few, true), 0);
	return moved;
}
