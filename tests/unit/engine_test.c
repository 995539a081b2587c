// SPDX-License-Identifier: GPL-2.0
/*
 * What an engine keeps from one operation to the next, and what another task's unfinished
 * operation looks like.
 */
#include <linux/err.h>
#include "engine.h"
#include "engine/ring.h"
#include "suites.h"
/* For its store. */
#include "engine/list.c"

/* The queue under test: the only one, with index 0. */
static struct fifo_queue *queue;
static struct fifo_port *producer, *consumer;

static void open_queue(struct kunit *test, const struct fifo_engine *engine,
		       unsigned int size)
{
	queue = fifo_queues_alloc(1);
	KUNIT_ASSERT_NOT_NULL(test, queue);
	queue->engine = engine;
	queue->size = size;
	KUNIT_ASSERT_EQ(test, fifo_queues_init(1), 0);
	producer = fifo_attach(0, FIFO_PRODUCER, "unit");
	consumer = fifo_attach(0, FIFO_CONSUMER, "unit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(producer));
	KUNIT_ASSERT_FALSE(test, IS_ERR(consumer));
}

static void close_queue(void)
{
	fifo_detach(producer);
	fifo_detach(consumer);
	fifo_queues_free();
}

static void put(struct kunit *test, unsigned int n)
{
	static const struct fifo_item item = { .type = FIFO_ITEM_TEXT, .len = 1 };

	while (n--)
		KUNIT_EXPECT_EQ(test, fifo_try_put(producer, &item), 0);
}

static void get(struct kunit *test, unsigned int n)
{
	struct fifo_item item;

	while (n--)
		KUNIT_EXPECT_EQ(test, fifo_try_get(consumer, &item), 0);
}

/* However full it was, a list keeps no more nodes than it may. */
static void list_keeps_some_nodes(struct kunit *test)
{
	const struct list_store *store;

	open_queue(test, &fifo_engine_list, 2 * SPARES_MAX);
	store = queue->store;
	put(test, 2 * SPARES_MAX);
	get(test, SPARES_MAX / 2);
	KUNIT_EXPECT_EQ(test, store->spares, (unsigned int)SPARES_MAX / 2);
	get(test, 3 * SPARES_MAX / 2);
	KUNIT_EXPECT_EQ(test, store->spares, (unsigned int)SPARES_MAX);
	close_queue();
}

/* Others may take the spare nodes while a producer waits. */
static void list_waits_with_a_node(struct kunit *test)
{
	const struct list_store *store;

	open_queue(test, &fifo_engine_list, 4);
	store = queue->store;
	put(test, 4);
	get(test, 4);
	KUNIT_EXPECT_EQ(test, store->spares, 4U);
	free_nodes(queue->store, &producer->nodes);
	producer->nr_nodes = 0;
	KUNIT_EXPECT_EQ(test, fifo_engine_list.prepare(producer, 1, true), 0);
	KUNIT_EXPECT_EQ(test, producer->nr_nodes, 1U);
	close_queue();
}

/* A place that is claimed is neither filled nor free. */
static void ring_is_ready_when_it_was_handed_over(struct kunit *test)
{
	struct fifo_ring_store *store;
	u64 position;

	open_queue(test, &fifo_engine_ring, 2);
	store = queue->store;
	KUNIT_EXPECT_EQ(test, fifo_ring_claim_free(&store->ring, 1, &position), 1U);
	KUNIT_EXPECT_FALSE(test, fifo_queue_ready(queue, FIFO_CONSUMER));
	fifo_ring_filled(&store->ring, position);
	KUNIT_EXPECT_TRUE(test, fifo_queue_ready(queue, FIFO_CONSUMER));
	put(test, 1);
	KUNIT_EXPECT_FALSE(test, fifo_queue_ready(queue, FIFO_PRODUCER));
	KUNIT_EXPECT_EQ(test, fifo_ring_claim_filled(&store->ring, 1, &position), 1U);
	KUNIT_EXPECT_FALSE(test, fifo_queue_ready(queue, FIFO_PRODUCER));
	fifo_ring_freed(&store->ring, position);
	KUNIT_EXPECT_TRUE(test, fifo_queue_ready(queue, FIFO_PRODUCER));
	get(test, 1);
	close_queue();
}

static struct kunit_case engine_cases[] = {
	KUNIT_CASE(list_keeps_some_nodes),
	KUNIT_CASE(list_waits_with_a_node),
	KUNIT_CASE(ring_is_ready_when_it_was_handed_over),
	{}
};

struct kunit_suite fifo_engine_suite = {
	.name = "fifo_engine",
	.test_cases = engine_cases,
};
