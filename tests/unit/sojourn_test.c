// SPDX-License-Identifier: GPL-2.0
/*
 * Which items are timed, and where they are counted.
 */
#include <linux/minmax.h>
#include "fifo.h"
#include "sojourn.h"
#include "suites.h"

/* One processor's counts, and the items that it gets. */
struct scene {
	struct fifo_counts counts;
	struct fifo_sojourns sojourns;
	struct fifo_item items[FIFO_BATCH];
};

static struct scene *scene_new(struct kunit *test)
{
	struct scene *scene = kunit_kzalloc(test, sizeof(*scene), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, scene);
	scene->counts.due = 1;
	return scene;
}

/* Gets @n items in a tick; the first has waited for @ns, each next one for twice as long. */
static void get(struct scene *scene, unsigned int n, u64 ns, unsigned long tick)
{
	const u64 now = 1ULL << 62;
	unsigned int i;

	for (i = 0; i < n; i++, ns *= 2)
		scene->items[i].time = now - ns;
	scene->counts.items += n;
	if (scene->counts.items >= scene->counts.due)
		fifo_sojourns_add(&scene->sojourns, &scene->counts,
				  scene->items, n, now, tick);
}

static void get_one_by_one(struct scene *scene, unsigned int n, u64 ns,
			   unsigned long tick)
{
	while (n--)
		get(scene, 1, ns, tick);
}

static u64 in_bucket(const struct scene *scene, u64 ns)
{
	return scene->sojourns.times.counts[fifo_bucket(ns)];
}

static void buckets_have_inclusive_bounds(struct kunit *test)
{
	unsigned int i;
	s64 bound;

	KUNIT_EXPECT_EQ(test, fifo_bucket(S64_MIN), 0U);
	KUNIT_EXPECT_EQ(test, fifo_bucket(-1), 0U);
	KUNIT_EXPECT_EQ(test, fifo_bucket(0), 0U);
	KUNIT_EXPECT_EQ(test, fifo_bucket(1), 0U);
	for (i = 0; i < FIFO_BUCKETS - 1; i++) {
		bound = 64LL << i;
		KUNIT_EXPECT_EQ(test, fifo_bucket(bound), i);
		KUNIT_EXPECT_EQ(test, fifo_bucket(bound + 1), i + 1);
	}
	KUNIT_EXPECT_EQ(test, fifo_bucket(S64_MAX), FIFO_BUCKETS - 1U);
}

/* At the pace at which most queues run, each item is timed. */
static void few_are_timed_one_by_one(struct kunit *test)
{
	const unsigned int few = 2 * FIFO_SOJOURN_SHARE - 1;
	struct scene *scene = scene_new(test);
	unsigned long tick;

	for (tick = 1; tick <= 10; tick++) {
		get_one_by_one(scene, few, 1000, tick);
		get_one_by_one(scene, 1, 100000, tick);
	}
	KUNIT_EXPECT_EQ(test, in_bucket(scene, 1000), 10 * few);
	KUNIT_EXPECT_EQ(test, in_bucket(scene, 100000), 10);
	KUNIT_EXPECT_EQ(test, scene->sojourns.timed, scene->counts.items);
}

/* Gets items until as many in one tick that the stride is the longest. */
static void reach_longest_stride(struct kunit *test, struct scene *scene)
{
	get_one_by_one(scene, (FIFO_STRIDE_MAX + 1) * FIFO_SOJOURN_SHARE, 1000, 1);
	while (scene->sojourns.timed != scene->counts.items)
		get(scene, 1, 1000, 1);
	KUNIT_ASSERT_EQ(test, scene->counts.due,
			scene->counts.items + FIFO_STRIDE_MAX);
}

/* Of many, one is timed for each stride, and stands for those after it. */
static void many_are_sampled(struct kunit *test)
{
	struct scene *scene = scene_new(test);
	unsigned int i;
	u64 before;

	reach_longest_stride(test, scene);
	before = scene->counts.items;
	for (i = 1; i <= 10; i++) {
		get_one_by_one(scene, FIFO_STRIDE_MAX - 1, 5000, 1);
		get_one_by_one(scene, 1, 100000, 1);
		KUNIT_EXPECT_EQ(test, scene->sojourns.timed, scene->counts.items);
	}
	/* The last that was timed stands for itself only, so far. */
	KUNIT_EXPECT_EQ(test, in_bucket(scene, 100000), 1 + 9 * FIFO_STRIDE_MAX);
	KUNIT_EXPECT_EQ(test, in_bucket(scene, 5000), 0);
	KUNIT_EXPECT_EQ(test, in_bucket(scene, 1000), before + FIFO_STRIDE_MAX - 1);
}

/* No more than a part of a tick's items go by untimed, in the next tick as well. */
static void stride_follows_the_pace(struct kunit *test)
{
	struct scene *scene = scene_new(test);
	unsigned int i;

	for (i = 1; i <= 10000; i++) {
		get(scene, 1, 1000, 1);
		KUNIT_ASSERT_LE(test, scene->counts.due - scene->counts.items,
				max(i / FIFO_SOJOURN_SHARE, 1U));
	}
}

/* A new tick is seen at the next item that is due. */
static void new_tick_times_again(struct kunit *test)
{
	struct scene *scene = scene_new(test);

	reach_longest_stride(test, scene);
	get_one_by_one(scene, FIFO_STRIDE_MAX - 1, 1000, 2);
	KUNIT_EXPECT_EQ(test, scene->counts.due, scene->counts.items + 1);
	get_one_by_one(scene, 10, 1000, 2);
	KUNIT_EXPECT_EQ(test, scene->sojourns.timed, scene->counts.items);
}

/* Each item of a batch has a time of its own. */
static void batch_is_timed_by_item(struct kunit *test)
{
	struct scene *scene = scene_new(test);
	unsigned int i;

	get(scene, 16, 1000, 1);
	for (i = 0; i < 16; i++)
		KUNIT_EXPECT_EQ(test, in_bucket(scene, 1000ULL << i), 1);
	/* The next one that is due is in the middle of a batch. */
	reach_longest_stride(test, scene);
	get_one_by_one(scene, FIFO_STRIDE_MAX - 4, 1, 1);
	get(scene, 8, 1ULL << 33, 1);
	KUNIT_EXPECT_EQ(test, in_bucket(scene, 1ULL << 36), 1);
	KUNIT_EXPECT_EQ(test, scene->sojourns.timed, scene->counts.items - 4);
}

/* A softirq or another processor has counted items since: no item is read that is not there. */
static void items_of_others_stand_with_ours(struct kunit *test)
{
	struct scene *scene = scene_new(test);

	scene->counts.items = 3;
	get(scene, 2, 1000, 1);
	KUNIT_EXPECT_EQ(test, in_bucket(scene, 1000), 4);
	KUNIT_EXPECT_EQ(test, in_bucket(scene, 2000), 1);
	KUNIT_EXPECT_EQ(test, scene->sojourns.timed, 5);
	KUNIT_EXPECT_EQ(test, scene->counts.due, 6);
}

/* Traced: all are timed, from the first on, and nothing that stood elsewhere moves. */
static void all_are_timed_if_traced(struct kunit *test)
{
	struct scene *scene = scene_new(test);
	unsigned int i;
	u64 before;

	reach_longest_stride(test, scene);
	get_one_by_one(scene, 5, 1000, 1);
	before = in_bucket(scene, 1000);
	for (i = 0; i < FIFO_BATCH; i++)
		scene->items[i].time = i;
	fifo_sojourns_count_all(&scene->sojourns, &scene->counts, scene->items,
				FIFO_BATCH, 1ULL << 33, 1);
	KUNIT_EXPECT_EQ(test, in_bucket(scene, 1ULL << 33), FIFO_BATCH);
	KUNIT_EXPECT_EQ(test, in_bucket(scene, 1000), before + 5);
	KUNIT_EXPECT_EQ(test, scene->sojourns.timed, scene->counts.items);
	KUNIT_EXPECT_EQ(test, scene->counts.due, scene->counts.items + 1);
}

static struct kunit_case sojourn_cases[] = {
	KUNIT_CASE(buckets_have_inclusive_bounds),
	KUNIT_CASE(few_are_timed_one_by_one),
	KUNIT_CASE(many_are_sampled),
	KUNIT_CASE(stride_follows_the_pace),
	KUNIT_CASE(new_tick_times_again),
	KUNIT_CASE(batch_is_timed_by_item),
	KUNIT_CASE(items_of_others_stand_with_ours),
	KUNIT_CASE(all_are_timed_if_traced),
	{}
};

struct kunit_suite fifo_sojourn_suite = {
	.name = "fifo_sojourn",
	.test_cases = sojourn_cases,
};
