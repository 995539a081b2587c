// SPDX-License-Identifier: GPL-2.0
/*
 * Batches: which instance has which items to move, and for how long.
 */
#include <linux/errno.h>
#include <linux/string.h>
#include "client/batch.h"
#include "client/client_log.h"
#include "suites.h"

#define INSTANCES	3

/* Three instances, and what the last move was asked for. */
static struct {
	struct fifo_client client;
	struct fifo_instance all[INSTANCES];
	unsigned int moves;
	unsigned int fills;
	const struct fifo_item *items;
	unsigned int n;
	bool nowait;
	int full;
	struct fifo_instance *inside;
} unit;

/* client_log.c is not a part of this module. */
void fifo_client_log_items(struct fifo_instance *instance, unsigned int moved)
{
}

/* An item's source is the instance for which it was made. */
static void fill_items(struct fifo_instance *instance, struct fifo_item *items,
		       unsigned int n)
{
	unit.fills++;
	while (n--)
		items++->source = instance->index;
}

/* Returns @full if it must not wait. Another instance may move items meanwhile. */
static int move_items(struct fifo_instance *instance, unsigned int n,
		      bool nowait)
{
	struct fifo_instance *inside = unit.inside;

	if (inside && instance->items != instance->few) {
		unit.inside = NULL;
		fifo_batch_move(inside, FIFO_BATCH, nowait);
	}
	unit.moves++;
	unit.items = instance->items;
	unit.n = n;
	unit.nowait = nowait;
	return nowait && unit.full ? unit.full : (int)n;
}

static const struct fifo_client_ops unit_ops = {
	.fill = fill_items,
	.move = move_items,
};

/* A client with more instances than it has batches. */
static int begin(struct kunit *test)
{
	unsigned int i;

	memset(&unit, 0, sizeof(unit));
	unit.client.ops = &unit_ops;
	unit.client.all = unit.all;
	unit.client.n = INSTANCES;
	for (i = 0; i < INSTANCES; i++) {
		unit.all[i].client = &unit.client;
		unit.all[i].index = i;
	}
	return fifo_batches_alloc(&unit.client);
}

static void end(struct kunit *test)
{
	fifo_batches_free(&unit.client);
}

/* As if there were one processor. */
static void share_one(void)
{
	unit.client.nr_batches = 1;
}

static void few_are_own(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, fifo_batch_move(&unit.all[1], FIFO_FEW, false),
			(int)FIFO_FEW);
	KUNIT_EXPECT_PTR_EQ(test, unit.items,
			    (const struct fifo_item *)unit.all[1].few);
	KUNIT_EXPECT_FALSE(test, unit.nowait);
}

static void many_are_borrowed(struct kunit *test)
{
	share_one();
	KUNIT_EXPECT_EQ(test, fifo_batch_move(&unit.all[1], FIFO_BATCH, false),
			(int)FIFO_BATCH);
	KUNIT_EXPECT_EQ(test, unit.moves, 2U);
	KUNIT_EXPECT_EQ(test, unit.n, FIFO_BATCH - FIFO_FEW);
	KUNIT_EXPECT_PTR_NE(test, unit.items,
			    (const struct fifo_item *)unit.all[1].few);
	KUNIT_EXPECT_EQ(test, unit.items[FIFO_BATCH - 1].source, 1U);
}

static void kept_are_not(struct kunit *test)
{
	unit.all[1].keeps = true;
	KUNIT_EXPECT_EQ(test, fifo_batch_move(&unit.all[1], FIFO_BATCH, true),
			(int)FIFO_FEW);
	KUNIT_EXPECT_PTR_EQ(test, unit.items,
			    (const struct fifo_item *)unit.all[1].few);
}

/* A wait holds no batch that others may need. */
static void waits_with_few(struct kunit *test)
{
	share_one();
	unit.full = -EAGAIN;
	KUNIT_EXPECT_EQ(test, fifo_batch_move(&unit.all[1], FIFO_BATCH, false),
			(int)FIFO_FEW);
	KUNIT_EXPECT_EQ(test, unit.moves, 2U);
	KUNIT_EXPECT_TRUE(test, unit.nowait);
	KUNIT_EXPECT_EQ(test, fifo_batch_move(&unit.all[1], FIFO_BATCH, true),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, unit.moves, 3U);
}

static void waits_with_own(struct kunit *test)
{
	unit.client.n = 1;
	unit.client.nr_batches = 1;
	unit.full = -EAGAIN;
	KUNIT_EXPECT_EQ(test, fifo_batch_move(&unit.all[0], FIFO_BATCH, false),
			(int)FIFO_BATCH);
	KUNIT_EXPECT_EQ(test, unit.moves, 1U);
}

/* The one inside, which comes to its end first, finds no batch. */
static void lent_once(struct kunit *test)
{
	share_one();
	unit.inside = &unit.all[2];
	KUNIT_EXPECT_EQ(test, fifo_batch_move(&unit.all[1], FIFO_BATCH, true),
			(int)FIFO_BATCH);
	KUNIT_EXPECT_EQ(test, unit.moves, 3U);
	KUNIT_EXPECT_PTR_EQ(test,
			    (const struct fifo_item *)unit.all[2].items,
			    (const struct fifo_item *)unit.all[2].few);
	KUNIT_EXPECT_EQ(test, unit.items[FIFO_BATCH - 1].source, 1U);
}

static void filled_for_each(struct kunit *test)
{
	share_one();
	fifo_batch_move(&unit.all[1], FIFO_BATCH, true);
	fifo_batch_move(&unit.all[1], FIFO_BATCH, true);
	KUNIT_EXPECT_EQ(test, unit.fills, 1U);
	fifo_batch_move(&unit.all[2], FIFO_BATCH, true);
	KUNIT_EXPECT_EQ(test, unit.items[0].source, 2U);
	fifo_batch_move(&unit.all[1], FIFO_BATCH, true);
	KUNIT_EXPECT_EQ(test, unit.items[FIFO_BATCH - 1].source, 1U);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(few_are_own),
	KUNIT_CASE(many_are_borrowed),
	KUNIT_CASE(kept_are_not),
	KUNIT_CASE(waits_with_few),
	KUNIT_CASE(waits_with_own),
	KUNIT_CASE(lent_once),
	KUNIT_CASE(filled_for_each),
	{}
};

struct kunit_suite fifo_batch_suite = {
	.name = "fifo_batch",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};
