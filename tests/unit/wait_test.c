// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting and waking, by a schedule: what others do at the very moment between two steps
 * of a waiter, they do here in the function with which it tries. So each order of
 * steps is the same in every run.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include "suites.h"
#include "uapi/fifo.h"
#include "wait.h"

/**
 * struct scene - a point where one task waits, and others stall
 * @at: what happens at the waiter's tries, from the first on, behind its look
 * @point: where
 * @end: its flags
 * @waiter: of the task that runs the test, or of the thread
 * @others: those that stall
 * @woken: how often each of them was woken
 * @tries: how often the waiter has tried
 * @items: what it can take
 * @looks: how often it was asked whether there is something for others
 * @flag: the flag as a try found it
 */
struct scene {
	void (*at[2])(struct scene *scene);
	struct fifo_wait_point point;
	struct fifo_map_end end;
	struct fifo_waiter waiter;
	struct fifo_waiter others[3];
	unsigned int woken[3];
	unsigned int tries;
	unsigned int items;
	unsigned int looks;
	u32 flag[2];
};

static void count_wake(void *data)
{
	(*(unsigned int *)data)++;
}

static bool scene_ready(struct fifo_wait_point *point)
{
	struct scene *scene = container_of(point, struct scene, point);

	scene->looks++;
	return scene->items;
}

static struct scene *scene_new(struct kunit *test)
{
	struct scene *scene = kunit_kzalloc(test, sizeof(*scene), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, scene);
	fifo_wait_point_init(&scene->point, FIFO_CONSUMER, &scene->end,
			     scene_ready);
	fifo_waiter_init(&scene->waiter, &scene->point);
	for (i = 0; i < ARRAY_SIZE(scene->others); i++) {
		fifo_waiter_init(&scene->others[i], &scene->point);
		scene->others[i].wake = count_wake;
		scene->others[i].wake_data = &scene->woken[i];
	}
	return scene;
}

static bool try_to_take(void *data)
{
	struct scene *scene = data;
	unsigned int n = scene->tries++;
	bool taken = scene->items;

	if (taken)
		scene->items--;
	if (n < ARRAY_SIZE(scene->at)) {
		scene->flag[n] = READ_ONCE(scene->end.waiting);
		if (scene->at[n])
			scene->at[n](scene);
	}
	return taken;
}

static int wait_for_item(struct scene *scene)
{
	u64 ns;

	return fifo_wait(&scene->waiter, FIFO_WAITS, try_to_take, scene, &ns);
}

/* Ends the stall of one, which passes a wake-up on if there is something to take. */
static void end_stall(struct kunit *test, struct scene *scene, int i)
{
	u64 ns;

	KUNIT_EXPECT_TRUE(test, fifo_stall_end(&scene->others[i], &ns));
	KUNIT_EXPECT_FALSE(test, fifo_stall_end(&scene->others[i], &ns));
}

/* An item comes, whose wake-up chooses the waiter, and the waiter is cancelled. */
static void chosen_and_cancelled(struct scene *scene)
{
	fifo_stall(&scene->others[0]);
	scene->items = 1;
	fifo_wake(&scene->point, 1);
	fifo_waiter_cancel(&scene->waiter);
}

/* Rule 1. Otherwise the other sleeps beside an item. */
static void wait_gives_up_and_looks_again(struct kunit *test)
{
	struct scene *scene = scene_new(test);

	scene->at[0] = chosen_and_cancelled;
	KUNIT_EXPECT_EQ(test, wait_for_item(scene), 0);
	KUNIT_EXPECT_EQ(test, scene->tries, 2U);
	KUNIT_EXPECT_EQ(test, scene->items, 0U);
	KUNIT_EXPECT_EQ(test, scene->woken[0], 0U);
	end_stall(test, scene, 0);
}

/* What chose the waiter was a kick, which has cleared the flag for the other as well. */
static void kicked_and_cancelled(struct scene *scene)
{
	fifo_stall(&scene->others[0]);
	fifo_wait_point_take_back(&scene->point);
	fifo_wake(&scene->point, 1);
	fifo_waiter_cancel(&scene->waiter);
}

static void wait_gives_up_and_announces_the_others(struct kunit *test)
{
	struct scene *scene = scene_new(test);

	scene->at[0] = kicked_and_cancelled;
	KUNIT_EXPECT_EQ(test, wait_for_item(scene), -ECANCELED);
	KUNIT_EXPECT_EQ(test, scene->flag[0], 1U);
	KUNIT_EXPECT_EQ(test, scene->flag[1], 1U);
	end_stall(test, scene, 0);
}

/* Two items are ready, of which the first was not when the other's wake-up came. */
static void another_joins(struct scene *scene)
{
	fifo_stall(&scene->others[0]);
}

/* Rule 2. */
static void wait_passes_a_wake_up_on(struct kunit *test)
{
	struct scene *scene = scene_new(test);

	scene->items = 2;
	scene->at[0] = another_joins;
	KUNIT_EXPECT_EQ(test, wait_for_item(scene), 0);
	KUNIT_EXPECT_EQ(test, scene->tries, 1U);
	KUNIT_EXPECT_EQ(test, scene->woken[0], 1U);
	end_stall(test, scene, 0);
}

static void wait_passes_none_on_for_nothing(struct kunit *test)
{
	struct scene *scene = scene_new(test);

	scene->items = 1;
	scene->at[0] = another_joins;
	KUNIT_EXPECT_EQ(test, wait_for_item(scene), 0);
	KUNIT_EXPECT_EQ(test, scene->looks, 1U);
	KUNIT_EXPECT_EQ(test, scene->woken[0], 0U);
	end_stall(test, scene, 0);
}

static void kicked_before(struct scene *scene)
{
	fifo_stall(&scene->others[0]);
	fifo_wait_point_take_back(&scene->point);
}

static void wait_announces_those_that_stay(struct kunit *test)
{
	struct scene *scene = scene_new(test);

	scene->items = 1;
	scene->at[0] = kicked_before;
	KUNIT_EXPECT_EQ(test, wait_for_item(scene), 0);
	KUNIT_EXPECT_EQ(test, READ_ONCE(scene->end.waiting), 1U);
	end_stall(test, scene, 0);
}

static void cancelled_among_others(struct scene *scene)
{
	fifo_stall(&scene->others[0]);
	fifo_waiter_cancel(&scene->waiter);
}

/* Rule 3. */
static void wait_with_nothing_wakes_nobody(struct kunit *test)
{
	struct scene *scene = scene_new(test);

	scene->at[0] = cancelled_among_others;
	KUNIT_EXPECT_EQ(test, wait_for_item(scene), -ECANCELED);
	KUNIT_EXPECT_EQ(test, scene->tries, 2U);
	KUNIT_EXPECT_EQ(test, scene->looks, 0U);
	KUNIT_EXPECT_EQ(test, scene->woken[0], 0U);
	end_stall(test, scene, 0);
}

static void one_is_counted(struct scene *scene)
{
	scene->woken[1] = fifo_waiting(&scene->point);
	scene->woken[2] = !fifo_waiter_idle(&scene->waiter);
}

static void wait_is_counted(struct kunit *test)
{
	struct scene *scene = scene_new(test);

	scene->items = 1;
	scene->at[0] = one_is_counted;
	KUNIT_EXPECT_EQ(test, wait_for_item(scene), 0);
	KUNIT_EXPECT_EQ(test, scene->woken[1], 1U);
	KUNIT_EXPECT_EQ(test, scene->woken[2], 1U);
	KUNIT_EXPECT_EQ(test, fifo_waiting(&scene->point), 0);
	KUNIT_EXPECT_TRUE(test, fifo_waiter_idle(&scene->waiter));
}

static void wait_is_refused_when_cancelled(struct kunit *test)
{
	struct scene *scene = scene_new(test);

	fifo_waiter_cancel(&scene->waiter);
	KUNIT_EXPECT_TRUE(test, fifo_waiter_cancelled(&scene->waiter));
	KUNIT_EXPECT_EQ(test, wait_for_item(scene), -ECANCELED);
}

/* As many as there are items for, the first that came first. */
static void wake_wakes_as_many(struct kunit *test)
{
	struct scene *scene = scene_new(test);
	int i;

	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, fifo_stall(&scene->others[i]));
	KUNIT_EXPECT_FALSE(test, fifo_stall(&scene->others[2]));
	KUNIT_EXPECT_EQ(test, fifo_waiting(&scene->point), 3);
	KUNIT_EXPECT_EQ(test, READ_ONCE(scene->end.waiting), 1U);
	fifo_wake(&scene->point, 2);
	KUNIT_EXPECT_EQ(test, scene->woken[0], 1U);
	KUNIT_EXPECT_EQ(test, scene->woken[1], 1U);
	KUNIT_EXPECT_EQ(test, scene->woken[2], 0U);
	/* Those that were woken are not chosen again. */
	fifo_wake(&scene->point, 1);
	KUNIT_EXPECT_EQ(test, scene->woken[0], 1U);
	KUNIT_EXPECT_EQ(test, scene->woken[2], 1U);
	for (i = 0; i < 3; i++)
		end_stall(test, scene, i);
	KUNIT_EXPECT_EQ(test, fifo_waiting(&scene->point), 0);
}

static void stall_passes_a_wake_up_on(struct kunit *test)
{
	struct scene *scene = scene_new(test);

	fifo_stall(&scene->others[0]);
	fifo_stall(&scene->others[1]);
	scene->items = 1;
	fifo_wake(&scene->point, 1);
	end_stall(test, scene, 0);
	KUNIT_EXPECT_EQ(test, scene->woken[1], 1U);
	end_stall(test, scene, 1);
	KUNIT_EXPECT_EQ(test, scene->woken[1], 1U);
}

/* A process that kicks is not to kick again until one that was woken has looked. */
static void kick_clears_the_flag(struct kunit *test)
{
	struct scene *scene = scene_new(test);

	fifo_stall(&scene->others[0]);
	KUNIT_EXPECT_EQ(test, READ_ONCE(scene->end.waiting), 1U);
	fifo_wait_point_take_back(&scene->point);
	KUNIT_EXPECT_EQ(test, READ_ONCE(scene->end.waiting), 0U);
	end_stall(test, scene, 0);
}

/* One whose stall is over is not in the wait queue: another is chosen. */
static void stall_ends_in_the_queue(struct kunit *test)
{
	struct scene *scene = scene_new(test);

	fifo_stall(&scene->others[0]);
	fifo_stall(&scene->others[1]);
	end_stall(test, scene, 0);
	fifo_wake(&scene->point, 1);
	KUNIT_EXPECT_EQ(test, scene->woken[0], 0U);
	KUNIT_EXPECT_EQ(test, scene->woken[1], 1U);
	end_stall(test, scene, 1);
}

static void stall_is_cancelled(struct kunit *test)
{
	struct scene *scene = scene_new(test);

	fifo_stall(&scene->others[0]);
	fifo_waiter_cancel(&scene->others[0]);
	KUNIT_EXPECT_EQ(test, scene->woken[0], 1U);
	fifo_waiter_cancel(&scene->others[0]);
	KUNIT_EXPECT_EQ(test, scene->woken[0], 1U);
	end_stall(test, scene, 0);
}

static int wait_in_thread(void *data)
{
	int result = wait_for_item(data);

	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return result;
}

/* Until the thread sleeps in its wait, having found nothing; or has come to its end. */
static bool sleeps(struct scene *scene, struct task_struct *task)
{
	unsigned long end = jiffies + 5 * HZ;

	while (time_before(jiffies, end)) {
		if (READ_ONCE(scene->tries) && !READ_ONCE(task->on_rq))
			return true;
		schedule_timeout_uninterruptible(1);
	}
	return false;
}

static bool comes_back(struct scene *scene)
{
	unsigned long end = jiffies + 5 * HZ;

	while (time_before(jiffies, end) && !fifo_waiter_idle(&scene->waiter))
		schedule_timeout_uninterruptible(1);
	return fifo_waiter_idle(&scene->waiter);
}

/* A thread that sleeps comes back when this happens, with this result. */
static void expect_woken(struct kunit *test, void (*what)(struct scene *scene),
			 int result)
{
	struct scene *scene = scene_new(test);
	struct task_struct *task;

	task = kthread_run(wait_in_thread, scene, "fifo_unit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KUNIT_EXPECT_TRUE(test, sleeps(scene, task));
	what(scene);
	KUNIT_EXPECT_TRUE(test, comes_back(scene));
	/* kthread_stop() wakes one that was not woken: it has an item then. */
	scene->items = 1;
	KUNIT_EXPECT_EQ(test, kthread_stop(task), result);
}

static void an_item_comes(struct scene *scene)
{
	scene->items = 1;
	fifo_wake(&scene->point, 1);
}

static void it_is_cancelled(struct scene *scene)
{
	fifo_waiter_cancel(&scene->waiter);
}

static void wait_ends_with_an_item(struct kunit *test)
{
	expect_woken(test, an_item_comes, 0);
}

static void wait_ends_when_cancelled(struct kunit *test)
{
	expect_woken(test, it_is_cancelled, -ECANCELED);
}

static struct kunit_case wait_cases[] = {
	KUNIT_CASE(wait_gives_up_and_looks_again),
	KUNIT_CASE(wait_gives_up_and_announces_the_others),
	KUNIT_CASE(wait_passes_a_wake_up_on),
	KUNIT_CASE(wait_passes_none_on_for_nothing),
	KUNIT_CASE(wait_announces_those_that_stay),
	KUNIT_CASE(wait_with_nothing_wakes_nobody),
	KUNIT_CASE(wait_is_counted),
	KUNIT_CASE(wait_is_refused_when_cancelled),
	KUNIT_CASE(wake_wakes_as_many),
	KUNIT_CASE(stall_passes_a_wake_up_on),
	KUNIT_CASE(kick_clears_the_flag),
	KUNIT_CASE(stall_ends_in_the_queue),
	KUNIT_CASE(stall_is_cancelled),
	KUNIT_CASE(wait_ends_with_an_item),
	KUNIT_CASE(wait_ends_when_cancelled),
	{}
};

struct kunit_suite fifo_wait_suite = {
	.name = "fifo_wait",
	.test_cases = wait_cases,
};
