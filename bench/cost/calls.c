// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of fifo.ko. Its queues have the engines and policies of the tables below: that of
 * engine e and policy p has the index e * POLICIES + p.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include "cost.h"

enum policy { BLOCK, DROP_NEWEST, DROP_OLDEST, POLICIES };

static const char * const engines[] = {
	"semaphore", "waitqueue", "list", "ring"
};

static struct fifo_port *producer, *consumer;
static struct fifo_item got[FIFO_BATCH];

static bool put_get(unsigned int n)
{
	if (n == 1)
		return !fifo_put(producer, cost_items) &&
		       !fifo_get(consumer, got);
	return fifo_put_many(producer, cost_items, n) == n &&
	       fifo_get_many(consumer, got, n) == n;
}

static bool try_put_get(unsigned int n)
{
	if (n == 1)
		return !fifo_try_put(producer, cost_items) &&
		       !fifo_try_get(consumer, got);
	return fifo_try_put_many(producer, cost_items, n) == n &&
	       fifo_try_get_many(consumer, got, n) == n;
}

/* Into a full queue, which drops an item. */
static bool put_full(unsigned int n)
{
	return !fifo_put(producer, cost_items);
}

static bool fill(void)
{
	unsigned int i;
	bool ok = true;

	for (i = 0; i < COST_SLOTS; i++)
		ok &= put_full(1);
	return ok && fifo_port_depth(producer) == COST_SLOTS;
}

/* A full queue comes last: the items stay in it. */
static const struct kind {
	const char *name;
	enum policy policy;
	bool full;
	bool (*move)(unsigned int n);
} kinds[] = {
	{ "put-get", BLOCK, false, put_get },
	{ "try", BLOCK, false, try_put_get },
	{ "put-get-drop-newest", DROP_NEWEST, false, put_get },
	{ "put-get-drop-oldest", DROP_OLDEST, false, put_get },
	{ "put-full-drop-newest", DROP_NEWEST, true, put_full },
	{ "put-full-drop-oldest", DROP_OLDEST, true, put_full },
};

static int attach(unsigned int queue)
{
	producer = fifo_attach(queue, FIFO_PRODUCER, "cost");
	if (IS_ERR(producer))
		return PTR_ERR(producer);
	consumer = fifo_attach(queue, FIFO_CONSUMER, "cost");
	if (!IS_ERR(consumer))
		return 0;
	fifo_detach(producer);
	return PTR_ERR(consumer);
}

static int count_kind(const struct kind *kind, unsigned int engine)
{
	struct cost_figure figure = {
		.name = engines[engine], .single = kind->full,
		.move = kind->move,
	};
	int err = attach(engine * POLICIES + kind->policy);

	if (err)
		return err;
	if (kind->full && !fill())
		err = -EIO;
	if (!err)
		err = cost_count(kind->name, &figure);
	fifo_detach(consumer);
	fifo_detach(producer);
	return err;
}

int cost_calls(void)
{
	unsigned int i, engine;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		for (engine = 0; engine < ARRAY_SIZE(engines) && !err; engine++)
			err = count_kind(&kinds[i], engine);
	return err;
}
