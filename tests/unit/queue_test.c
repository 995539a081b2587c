// SPDX-License-Identifier: GPL-2.0
/*
 * Put, get and drop of each engine at its edges, and the ledger.
 */
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/processor.h>
#include <linux/random.h>
#include "engine.h"
#include "source.h"
#include "suites.h"
#include "transfer.h"
/* For its store: a test takes its lock. */
#include "engine/semaphore.c"

static const struct fifo_engine *const engines[] = {
	&fifo_engine_semaphore,
	&fifo_engine_waitqueue,
	&fifo_engine_list,
	&fifo_engine_ring,
};

/* The queue under test: the only one, with index 0. */
static struct fifo_queue *queue;

/* The producer, the consumer, and the expected results. */
struct ends {
	struct fifo_port *producer;
	struct fifo_port *consumer;
};

static struct ends open_queue(struct kunit *test,
			      const struct fifo_engine *engine,
			      unsigned int size, enum fifo_overflow overflow)
{
	struct ends ends;

	queue = fifo_queues_alloc(1);
	KUNIT_ASSERT_NOT_NULL(test, queue);
	queue->engine = engine;
	queue->size = size;
	queue->overflow = overflow;
	KUNIT_ASSERT_EQ(test, fifo_queues_init(1), 0);
	ends.producer = fifo_attach(0, FIFO_PRODUCER, "unit");
	ends.consumer = fifo_attach(0, FIFO_CONSUMER, "unit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(ends.producer));
	KUNIT_ASSERT_FALSE(test, IS_ERR(ends.consumer));
	return ends;
}

static void expect_ledger(struct kunit *test)
{
	struct fifo_ledger ledger;

	KUNIT_ASSERT_EQ(test, fifo_read_ledger(0, &ledger), 0);
	KUNIT_EXPECT_EQ(test, ledger.put,
			ledger.got + ledger.dropped + ledger.depth);
	KUNIT_EXPECT_LE(test, ledger.depth, queue->size);
}

static void close_queue(struct kunit *test, struct ends *ends)
{
	expect_ledger(test);
	fifo_detach(ends->producer);
	fifo_detach(ends->consumer);
	fifo_queues_free();
}

static int put(struct ends *ends)
{
	static const struct fifo_item item = { .type = FIFO_ITEM_TEXT, .len = 1 };

	return fifo_try_put(ends->producer, &item);
}

/* Gets an item. Returns its sequence number, or a negative errno. */
static s64 get(struct ends *ends)
{
	struct fifo_item item;
	int err;

	err = fifo_try_get(ends->consumer, &item);
	return err ? err : item.seq;
}

static bool fits(const struct fifo_engine *engine, unsigned int size)
{
	return !engine->fits || engine->fits(size);
}

/* Exactly @size items fit, and come out in order, again and again. */
static void check_size(struct kunit *test, const struct fifo_engine *engine,
		       unsigned int size)
{
	struct ends ends = open_queue(test, engine, size, FIFO_BLOCK);
	u64 in = 0, out = 0;
	unsigned int i, round;

	for (round = 0; round < 5; round++) {
		KUNIT_EXPECT_EQ(test, get(&ends), -EAGAIN);
		for (i = 0; i < size; i++, in++)
			KUNIT_EXPECT_EQ(test, put(&ends), 0);
		KUNIT_EXPECT_EQ(test, put(&ends), -EAGAIN);
		KUNIT_EXPECT_EQ(test, fifo_port_seq(ends.producer), in);
		/* Leaves the head somewhere else each time. */
		for (i = 0; i < size; i++)
			KUNIT_EXPECT_EQ(test, get(&ends), ++out);
		KUNIT_EXPECT_EQ(test, put(&ends), 0);
		in++;
		KUNIT_EXPECT_EQ(test, get(&ends), ++out);
	}
	close_queue(test, &ends);
}

static void queue_holds_exactly_its_size(struct kunit *test)
{
	static const unsigned int sizes[] = { 1, 2, 3, 32, 1000, 1024 };
	int e, i;

	for (e = 0; e < ARRAY_SIZE(engines); e++)
		for (i = 0; i < ARRAY_SIZE(sizes); i++)
			if (fits(engines[e], sizes[i]))
				check_size(test, engines[e], sizes[i]);
}

static void queue_drops_the_newest(struct kunit *test)
{
	struct ends ends;
	int e, i;

	for (e = 0; e < ARRAY_SIZE(engines); e++) {
		ends = open_queue(test, engines[e], 4, FIFO_DROP_NEWEST);
		for (i = 0; i < 6; i++) {
			KUNIT_EXPECT_EQ(test, put(&ends), 0);
			KUNIT_EXPECT_EQ(test, fifo_port_dropped(ends.producer),
					i >= 4);
		}
		KUNIT_EXPECT_EQ(test, atomic64_read(&queue->dropped), 2);
		KUNIT_EXPECT_EQ(test, get(&ends), 1);
		KUNIT_EXPECT_EQ(test, put(&ends), 0);
		KUNIT_EXPECT_EQ(test, get(&ends), 2);
		KUNIT_EXPECT_EQ(test, get(&ends), 3);
		KUNIT_EXPECT_EQ(test, get(&ends), 4);
		KUNIT_EXPECT_EQ(test, get(&ends), 7);
		KUNIT_EXPECT_EQ(test, get(&ends), -EAGAIN);
		close_queue(test, &ends);
	}
}

static void queue_drops_the_oldest(struct kunit *test)
{
	struct ends ends;
	int e, i;

	for (e = 0; e < ARRAY_SIZE(engines); e++) {
		ends = open_queue(test, engines[e], 4, FIFO_DROP_OLDEST);
		for (i = 0; i < 6; i++)
			KUNIT_EXPECT_EQ(test, put(&ends), 0);
		KUNIT_EXPECT_EQ(test, atomic64_read(&queue->dropped), 2);
		KUNIT_EXPECT_EQ(test, get(&ends), 3);
		KUNIT_EXPECT_EQ(test, get(&ends), 4);
		KUNIT_EXPECT_EQ(test, get(&ends), 5);
		KUNIT_EXPECT_EQ(test, get(&ends), 6);
		KUNIT_EXPECT_EQ(test, get(&ends), -EAGAIN);
		close_queue(test, &ends);
	}
}

/* There was no room, and there is room again before the oldest item is dropped. */
static void check_replace(struct kunit *test, const struct fifo_engine *engine)
{
	struct ends ends = open_queue(test, engine, 4, FIFO_DROP_OLDEST);
	struct fifo_item item = { .len = 0 };

	KUNIT_EXPECT_EQ(test, put(&ends), 0);
	KUNIT_EXPECT_EQ(test, put(&ends), 0);
	if (engine->prepare)
		KUNIT_EXPECT_EQ(test, engine->prepare(ends.producer, 1, true), 0);
	KUNIT_EXPECT_EQ(test, engine->replace(ends.producer, &item, 1), 1U);
	if (engine->finish_put)
		KUNIT_EXPECT_TRUE(test, engine->finish_put(ends.producer, &item,
							   1, true));
	fifo_count(queue, FIFO_PRODUCER, 1);
	KUNIT_EXPECT_EQ(test, atomic64_read(&queue->dropped), 0);
	KUNIT_EXPECT_EQ(test, get(&ends), 1);
	KUNIT_EXPECT_EQ(test, get(&ends), 2);
	KUNIT_EXPECT_EQ(test, get(&ends), 3);
	close_queue(test, &ends);
}

static void queue_drops_only_when_full(struct kunit *test)
{
	int e;

	for (e = 0; e < ARRAY_SIZE(engines); e++)
		check_replace(test, engines[e]);
}

/*
 * A client that must not sleep finds another inside an operation: it moves nothing, and
 * returns what it has claimed, an item to drop, too.
 */
static void semaphore_gives_claims_back(struct kunit *test)
{
	struct ends ends = open_queue(test, &fifo_engine_semaphore, 2,
				      FIFO_DROP_OLDEST);
	struct semaphore_store *store = queue->store;
	unsigned int depth;

	for (depth = 1; depth <= 2; depth++) {
		KUNIT_EXPECT_EQ(test, put(&ends), 0);
		mutex_lock(&store->lock);
		KUNIT_EXPECT_EQ(test, put(&ends), -EAGAIN);
		KUNIT_EXPECT_EQ(test, get(&ends), -EAGAIN);
		mutex_unlock(&store->lock);
		KUNIT_EXPECT_EQ(test, store->empty.count, 2 - depth);
		KUNIT_EXPECT_EQ(test, store->fill.count, depth);
	}
	KUNIT_EXPECT_EQ(test, atomic64_read(&queue->dropped), 0);
	KUNIT_EXPECT_EQ(test, get(&ends), 1);
	KUNIT_EXPECT_EQ(test, get(&ends), 2);
	KUNIT_EXPECT_EQ(test, get(&ends), -EAGAIN);
	close_queue(test, &ends);
}

static void count_wake(void *data)
{
	(*(unsigned int *)data)++;
}

/* One may have looked while the item was claimed, and sleeps now. */
static void semaphore_wakes_for_claims_given_back(struct kunit *test)
{
	struct ends ends = open_queue(test, &fifo_engine_semaphore, 2,
				      FIFO_BLOCK);
	struct fifo_port *other = fifo_attach(0, FIFO_CONSUMER, "other");
	struct semaphore_store *store = queue->store;
	unsigned int woken = 0;

	KUNIT_ASSERT_FALSE(test, IS_ERR(other));
	other->waiter.wake = count_wake;
	other->waiter.wake_data = &woken;
	KUNIT_EXPECT_EQ(test, put(&ends), 0);
	fifo_port_stall(other);
	mutex_lock(&store->lock);
	KUNIT_EXPECT_EQ(test, get(&ends), -EAGAIN);
	mutex_unlock(&store->lock);
	KUNIT_EXPECT_EQ(test, woken, 1U);
	fifo_port_end_stall(other, 0);
	fifo_detach(other);
	close_queue(test, &ends);
}

/* Does an operation wake one that stalls at this end? */
static void expect_wake(struct kunit *test, struct ends *ends,
			enum fifo_role role, bool puts)
{
	struct fifo_port *other = fifo_attach(0, role, "other");
	unsigned int woken = 0;

	KUNIT_ASSERT_FALSE(test, IS_ERR(other));
	other->waiter.wake = count_wake;
	other->waiter.wake_data = &woken;
	fifo_port_stall(other);
	KUNIT_EXPECT_GE(test, puts ? put(ends) : get(ends), 0LL);
	KUNIT_EXPECT_EQ(test, woken, 1U);
	fifo_port_end_stall(other, 0);
	fifo_detach(other);
}

/* A producer that is to drop the oldest may wait for a put that is under way. */
static void queue_wakes_the_other_end(struct kunit *test)
{
	struct ends ends;
	int e;

	for (e = 0; e < ARRAY_SIZE(engines); e++) {
		ends = open_queue(test, engines[e], 2, FIFO_BLOCK);
		expect_wake(test, &ends, FIFO_CONSUMER, true);
		expect_wake(test, &ends, FIFO_PRODUCER, false);
		close_queue(test, &ends);
		ends = open_queue(test, engines[e], 2, FIFO_DROP_OLDEST);
		expect_wake(test, &ends, FIFO_PRODUCER, true);
		close_queue(test, &ends);
	}
}

static void queue_moves_batches(struct kunit *test)
{
	static struct fifo_item items[16];
	struct ends ends;
	int e;

	for (e = 0; e < ARRAY_SIZE(engines); e++) {
		ends = open_queue(test, engines[e], 8, FIFO_BLOCK);
		KUNIT_EXPECT_EQ(test, fifo_put_many(ends.producer, items, 5), 5);
		KUNIT_EXPECT_EQ(test, fifo_put_many(ends.producer, items, 16), 3);
		KUNIT_EXPECT_EQ(test, fifo_port_depth(ends.producer), 8);
		KUNIT_EXPECT_EQ(test, fifo_get_many(ends.consumer, items, 7), 7);
		KUNIT_EXPECT_EQ(test, items[6].seq, 7ULL);
		KUNIT_EXPECT_EQ(test, fifo_get_many(ends.consumer, items, 16), 1);
		KUNIT_EXPECT_EQ(test, items[0].seq, 8ULL);
		KUNIT_EXPECT_EQ(test, fifo_port_depth(ends.consumer), 0);
		KUNIT_EXPECT_EQ(test, fifo_items_put(queue), 8ULL);
		KUNIT_EXPECT_EQ(test, fifo_items_got(queue), 8ULL);
		KUNIT_EXPECT_EQ(test, fifo_put_many(ends.producer, items, 0),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, fifo_get_many(ends.consumer, items, 0),
				-EINVAL);
		close_queue(test, &ends);
	}
}

/* What decides whether a wake-up is passed on, and what poll() says. */
static void queue_knows_when_it_is_ready(struct kunit *test)
{
	struct ends ends;
	int e;

	for (e = 0; e < ARRAY_SIZE(engines); e++) {
		ends = open_queue(test, engines[e], 2, FIFO_BLOCK);
		KUNIT_EXPECT_FALSE(test, fifo_queue_ready(queue, FIFO_CONSUMER));
		KUNIT_EXPECT_TRUE(test, fifo_queue_ready(queue, FIFO_PRODUCER));
		KUNIT_EXPECT_EQ(test, put(&ends), 0);
		KUNIT_EXPECT_TRUE(test, fifo_queue_ready(queue, FIFO_CONSUMER));
		KUNIT_EXPECT_TRUE(test, fifo_queue_ready(queue, FIFO_PRODUCER));
		KUNIT_EXPECT_EQ(test, put(&ends), 0);
		KUNIT_EXPECT_TRUE(test, fifo_queue_ready(queue, FIFO_CONSUMER));
		KUNIT_EXPECT_FALSE(test, fifo_queue_ready(queue, FIFO_PRODUCER));
		close_queue(test, &ends);
	}
}

static void queue_moves_no_more_at_a_time(struct kunit *test)
{
	static struct fifo_item items[2 * FIFO_BATCH];
	struct ends ends;
	int e;

	for (e = 0; e < ARRAY_SIZE(engines); e++) {
		ends = open_queue(test, engines[e], 256, FIFO_BLOCK);
		KUNIT_EXPECT_EQ(test, fifo_put_many(ends.producer, items,
						    2 * FIFO_BATCH), FIFO_BATCH);
		KUNIT_EXPECT_EQ(test, fifo_try_put_many(ends.producer, items, 2), 2);
		KUNIT_EXPECT_EQ(test, fifo_try_get_many(ends.consumer, items,
							2 * FIFO_BATCH), FIFO_BATCH);
		KUNIT_EXPECT_EQ(test, fifo_get_many(ends.consumer, items, 64), 2);
		close_queue(test, &ends);
	}
}

static void check_refusals(struct kunit *test,
			   const struct fifo_engine *engine)
{
	struct ends ends = open_queue(test, engine, 2, FIFO_BLOCK);
	struct fifo_item item = { .len = FIFO_DATA_LEN + 1 };

	KUNIT_EXPECT_EQ(test, fifo_put(ends.producer, &item), -EINVAL);
	item.len = FIFO_DATA_LEN;
	KUNIT_EXPECT_EQ(test, fifo_put(ends.producer, &item), 0);
	KUNIT_EXPECT_EQ(test, fifo_put(ends.consumer, &item), -EBADF);
	KUNIT_EXPECT_EQ(test, fifo_get(ends.producer, &item), -EBADF);
	fifo_cancel(ends.producer);
	fifo_cancel(ends.producer);
	fifo_cancel(ends.consumer);
	KUNIT_EXPECT_EQ(test, fifo_put(ends.producer, &item), -ECANCELED);
	KUNIT_EXPECT_EQ(test, fifo_get(ends.consumer, &item), -ECANCELED);
	KUNIT_EXPECT_EQ(test, put(&ends), -ECANCELED);
	KUNIT_EXPECT_EQ(test, get(&ends), -ECANCELED);
	close_queue(test, &ends);
}

static void queue_refuses(struct kunit *test)
{
	int e;

	for (e = 0; e < ARRAY_SIZE(engines); e++)
		check_refusals(test, engines[e]);
	KUNIT_EXPECT_EQ(test, PTR_ERR(fifo_attach(1, FIFO_PRODUCER, "unit")),
			-ENODEV);
	KUNIT_EXPECT_EQ(test, PTR_ERR(fifo_attach(0, 2, "unit")), -EINVAL);
}

static int new_source(const char *name, u32 *source)
{
	return fifo_source_new(name, FIFO_OF_CLIENT, source);
}

static void queue_names_sources(struct kunit *test)
{
	u32 first, second, other;

	KUNIT_ASSERT_EQ(test, new_source("a", &first), 0);
	KUNIT_ASSERT_EQ(test, new_source("a", &second), 0);
	KUNIT_ASSERT_EQ(test, new_source("b", &other), 0);
	KUNIT_EXPECT_NE(test, first, second);
	KUNIT_EXPECT_NE(test, first, other);
	KUNIT_EXPECT_STREQ(test, fifo_source_name(first), "a");
	KUNIT_EXPECT_STREQ(test, fifo_source_name(second), "a");
	KUNIT_EXPECT_STREQ(test, fifo_source_name(other), "b");
	KUNIT_EXPECT_STREQ(test, fifo_source_name(0xffff), "?");
}

/* Processes have names of their own, up to a limit. */
static void queue_names_processes(struct kunit *test)
{
	u32 client, process, late, later;
	char name[16];
	int i;

	KUNIT_ASSERT_EQ(test, new_source("a0", &client), 0);
	for (i = 0; i < FIFO_PROCESS_NAMES; i++) {
		snprintf(name, sizeof(name), "a%d", i);
		KUNIT_ASSERT_EQ(test, fifo_source_new(name, FIFO_OF_PROCESS,
						      &process), 0);
		KUNIT_ASSERT_STREQ(test, fifo_source_name(process), name);
		KUNIT_ASSERT_NE(test, client, process);
	}
	KUNIT_ASSERT_EQ(test, fifo_source_new("late", FIFO_OF_PROCESS, &late), 0);
	KUNIT_ASSERT_EQ(test, fifo_source_new("late", FIFO_OF_PROCESS, &later), 0);
	KUNIT_EXPECT_NE(test, late, later);
	KUNIT_EXPECT_STREQ(test, fifo_source_name(late), "process");
	KUNIT_ASSERT_EQ(test, fifo_source_new("a0", FIFO_OF_PROCESS, &process), 0);
	KUNIT_EXPECT_STREQ(test, fifo_source_name(process), "a0");
	KUNIT_ASSERT_EQ(test, new_source("new", &client), 0);
	KUNIT_EXPECT_STREQ(test, fifo_source_name(client), "new");
}

/* Returns a time that comes after all before: some clocks are coarse. */
static u64 later(void)
{
	u64 now = ktime_get_ns();

	while (ktime_get_ns() == now)
		cpu_relax();
	return ktime_get_ns();
}

static void queue_knows_its_oldest(struct kunit *test)
{
	const struct fifo_engine *engine;
	struct ends ends;
	u64 between;
	int e;

	for (e = 0; e < ARRAY_SIZE(engines); e++) {
		engine = engines[e];
		ends = open_queue(test, engine, 2, FIFO_BLOCK);
		KUNIT_EXPECT_EQ(test, engine->oldest(queue), 0ULL);
		put(&ends);
		between = later();
		put(&ends);
		KUNIT_EXPECT_GT(test, engine->oldest(queue), 0ULL);
		KUNIT_EXPECT_LT(test, engine->oldest(queue), between);
		KUNIT_EXPECT_GT(test, fifo_queue_oldest_age(queue), 0ULL);
		get(&ends);
		KUNIT_EXPECT_GE(test, engine->oldest(queue), between);
		get(&ends);
		KUNIT_EXPECT_EQ(test, engine->oldest(queue), 0ULL);
		KUNIT_EXPECT_EQ(test, fifo_queue_oldest_age(queue), 0ULL);
		close_queue(test, &ends);
	}
}

static void queue_keeps_a_ledger(struct kunit *test)
{
	struct fifo_ledger ledger;
	struct ends ends;
	int e, i;

	for (e = 0; e < ARRAY_SIZE(engines); e++) {
		ends = open_queue(test, engines[e], 4, FIFO_DROP_OLDEST);
		for (i = 0; i < 7; i++)
			put(&ends);
		get(&ends);
		KUNIT_EXPECT_EQ(test, fifo_read_ledger(0, &ledger), 0);
		KUNIT_EXPECT_EQ(test, ledger.put, 7ULL);
		KUNIT_EXPECT_EQ(test, ledger.got, 1ULL);
		KUNIT_EXPECT_EQ(test, ledger.dropped, 3ULL);
		KUNIT_EXPECT_EQ(test, ledger.depth, 3U);
		fifo_queues_discard();
		KUNIT_EXPECT_EQ(test, atomic64_read(&queue->discarded), 3);
		close_queue(test, &ends);
	}
	KUNIT_EXPECT_EQ(test, fifo_read_ledger(1, &ledger), -ENODEV);
}

/* Puts and gets at random, and compares with a model: the numbers that are in the queue. */
static void check_against_model(struct kunit *test,
				const struct fifo_engine *engine,
				unsigned int size, enum fifo_overflow overflow)
{
	struct ends ends = open_queue(test, engine, size, overflow);
	u64 model[8], next = 0;
	unsigned int i, head = 0, depth = 0;

	for (i = 0; i < 1000; i++) {
		if (get_random_u32() % 2) {
			KUNIT_EXPECT_EQ(test, put(&ends), overflow == FIFO_BLOCK &&
					depth == size ? -EAGAIN : 0);
			if (overflow == FIFO_BLOCK && depth == size)
				continue;
			next++;
			if (depth == size && overflow == FIFO_DROP_NEWEST)
				continue;
			if (depth == size) {
				head = (head + 1) % size;
				depth--;
			}
			model[(head + depth++) % size] = next;
		} else if (!depth) {
			KUNIT_EXPECT_EQ(test, get(&ends), -EAGAIN);
		} else {
			KUNIT_EXPECT_EQ(test, get(&ends), model[head]);
			head = (head + 1) % size;
			depth--;
		}
		expect_ledger(test);
	}
	close_queue(test, &ends);
}

static void queue_follows_a_model(struct kunit *test)
{
	static const unsigned int sizes[] = { 1, 2, 3, 7, 8 };
	int e, i, overflow;

	for (e = 0; e < ARRAY_SIZE(engines); e++)
		for (i = 0; i < ARRAY_SIZE(sizes); i++)
			for (overflow = FIFO_BLOCK;
			     overflow <= FIFO_DROP_OLDEST; overflow++)
				if (fits(engines[e], sizes[i]))
					check_against_model(test, engines[e],
							    sizes[i], overflow);
}

static struct kunit_case queue_cases[] = {
	KUNIT_CASE(queue_holds_exactly_its_size),
	KUNIT_CASE(queue_drops_the_newest),
	KUNIT_CASE(queue_drops_the_oldest),
	KUNIT_CASE(queue_drops_only_when_full),
	KUNIT_CASE(semaphore_gives_claims_back),
	KUNIT_CASE(semaphore_wakes_for_claims_given_back),
	KUNIT_CASE(queue_wakes_the_other_end),
	KUNIT_CASE(queue_moves_batches),
	KUNIT_CASE(queue_knows_when_it_is_ready),
	KUNIT_CASE(queue_moves_no_more_at_a_time),
	KUNIT_CASE(queue_refuses),
	KUNIT_CASE(queue_names_sources),
	KUNIT_CASE(queue_names_processes),
	KUNIT_CASE(queue_knows_its_oldest),
	KUNIT_CASE(queue_keeps_a_ledger),
	KUNIT_CASE(queue_follows_a_model),
	{}
};

static void queue_suite_exit(struct kunit_suite *suite)
{
	fifo_sources_free();
}

struct kunit_suite fifo_queue_suite = {
	.name = "fifo_queue",
	.suite_exit = queue_suite_exit,
	.test_cases = queue_cases,
};
