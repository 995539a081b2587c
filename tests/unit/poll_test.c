// SPDX-License-Identifier: GPL-2.0
/*
 * Those that poll: a wake-up tells each of them, and a kick leaves those announced that
 * need not ask again.
 */
#include <linux/wait.h>
#include "suites.h"
#include "uapi/fifo.h"
#include "wait.h"

/**
 * struct scene - a point where one polls
 * @point: where
 * @end: its flags
 * @entry: its place in a wait queue
 * @told: how often it was told
 * @events: of what, the last time
 */
struct scene {
	struct fifo_wait_point point;
	struct fifo_map_end end;
	struct wait_queue_entry entry;
	unsigned int told;
	__poll_t events;
};

static int count_told(struct wait_queue_entry *entry, unsigned int mode,
		      int flags, void *key)
{
	struct scene *scene = container_of(entry, struct scene, entry);

	scene->told++;
	scene->events = key_to_poll(key);
	return 0;
}

static bool nothing_ready(struct fifo_wait_point *point)
{
	return false;
}

static struct scene *scene_new(struct kunit *test, enum fifo_role role)
{
	struct scene *scene = kunit_kzalloc(test, sizeof(*scene), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, scene);
	fifo_wait_point_init(&scene->point, role, &scene->end, nothing_ready);
	init_waitqueue_func_entry(&scene->entry, count_told);
	return scene;
}

static void expect_told(struct kunit *test, struct scene *scene,
			wait_queue_head_t *queue, __poll_t events)
{
	unsigned int before = scene->told;

	fifo_pollers_join(&scene->point.pollers, NULL, NULL);
	add_wait_queue(queue, &scene->entry);
	fifo_wake(&scene->point, 1);
	KUNIT_EXPECT_EQ(test, scene->told, before + 1);
	KUNIT_EXPECT_EQ(test, (__force u32)scene->events, (__force u32)events);
	fifo_wake_pollers(&scene->point.pollers);
	KUNIT_EXPECT_EQ(test, scene->told, before + 2);
	remove_wait_queue(queue, &scene->entry);
	fifo_wake(&scene->point, 1);
	KUNIT_EXPECT_EQ(test, scene->told, before + 2);
}

/* Of items or of room; alone in its wait queue. */
static void poll_is_told_by_a_wake_up(struct kunit *test)
{
	struct scene *reads = scene_new(test, FIFO_CONSUMER);
	struct scene *writes = scene_new(test, FIFO_PRODUCER);

	expect_told(test, reads, &reads->point.pollers.callers,
		    EPOLLIN | EPOLLRDNORM);
	expect_told(test, reads, &reads->point.pollers.watchers,
		    EPOLLIN | EPOLLRDNORM);
	expect_told(test, writes, &writes->point.pollers.callers,
		    EPOLLOUT | EPOLLWRNORM);
	expect_told(test, writes, &writes->point.pollers.watchers,
		    EPOLLOUT | EPOLLWRNORM);
}

/* The flag after a kick, if there is one in this wait queue. */
static u32 flag_after_kick(struct scene *scene, wait_queue_head_t *queue)
{
	u32 flag;

	add_wait_queue(queue, &scene->entry);
	fifo_announce(&scene->end.polled);
	fifo_wait_point_take_back(&scene->point);
	flag = READ_ONCE(scene->end.polled);
	remove_wait_queue(queue, &scene->entry);
	return flag;
}

static void poll_asks_again_after_a_kick(struct kunit *test)
{
	struct scene *scene = scene_new(test, FIFO_CONSUMER);
	struct fifo_pollers *pollers = &scene->point.pollers;

	KUNIT_EXPECT_EQ(test, flag_after_kick(scene, &pollers->callers), 0U);
}

static void watcher_is_announced_after_a_kick(struct kunit *test)
{
	struct scene *scene = scene_new(test, FIFO_CONSUMER);
	struct fifo_pollers *pollers = &scene->point.pollers;

	KUNIT_EXPECT_EQ(test, flag_after_kick(scene, &pollers->watchers), 1U);
}

static struct kunit_case poll_cases[] = {
	KUNIT_CASE(poll_is_told_by_a_wake_up),
	KUNIT_CASE(poll_asks_again_after_a_kick),
	KUNIT_CASE(watcher_is_announced_after_a_kick),
	{}
};

struct kunit_suite fifo_poll_suite = {
	.name = "fifo_poll",
	.test_cases = poll_cases,
};
