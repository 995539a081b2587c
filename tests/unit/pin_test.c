// SPDX-License-Identifier: GPL-2.0
/*
 * Pins: a worker has one as long as its processor is online. Processor 0 is the only one
 * of User-Mode Linux: that a worker runs there and nowhere else is for a virtual machine.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/workqueue.h>
#include "engine.h"
#include "queue.h"
#include "suites.h"
#include "worker/pin.h"
#include "worker/worker.h"

/* A worker that moves nothing, as fast as it may. */
struct mover {
	struct fifo_port *port;
	struct fifo_worker *worker;
	unsigned int unpinned;
};

static int move(void *data, unsigned int n, bool nowait)
{
	return n;
}

static void unpinned(void *data)
{
	struct mover *mover = data;

	mover->unpinned++;
}

static const struct fifo_worker_ops mover_ops = {
	.move = move,
	.unpinned = unpinned,
};

static void mover_init(struct kunit *test, struct mover *mover,
		       enum fifo_context context, unsigned int cpu)
{
	struct fifo_queue *queue = fifo_queues_alloc(1);
	struct fifo_worker_config config = {
		.name = "unit", .context = context,
		.rate = 1000 * FIFO_RATE_UNIT, .pinned = true, .cpu = cpu,
		.ops = &mover_ops, .data = mover,
	};

	KUNIT_ASSERT_NOT_NULL(test, queue);
	queue->engine = &fifo_engine_waitqueue;
	queue->size = 4;
	KUNIT_ASSERT_EQ(test, fifo_queues_init(1), 0);
	mover->unpinned = 0;
	mover->port = fifo_attach(0, FIFO_CONSUMER, "unit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(mover->port));
	mover->worker = fifo_worker_create(mover->port, &config);
}

static void mover_exit(struct mover *mover)
{
	if (!IS_ERR(mover->worker))
		fifo_worker_destroy(mover->worker);
	fifo_detach(mover->port);
	fifo_queues_free();
}

static bool moves(const struct mover *mover)
{
	unsigned long end = jiffies + 5 * HZ;
	u64 before = fifo_worker_moved(mover->worker);

	while (time_before(jiffies, end) &&
	       fifo_worker_moved(mover->worker) == before)
		usleep_range(100, 200);
	return fifo_worker_moved(mover->worker) != before;
}

static void worker_moves_on_once(struct kunit *test)
{
	enum fifo_context context;
	struct mover mover;

	for (context = 0; context < FIFO_CONTEXTS; context++) {
		mover_init(test, &mover, context, 0);
		KUNIT_ASSERT_FALSE(test, IS_ERR(mover.worker));
		fifo_worker_start(mover.worker);
		KUNIT_EXPECT_TRUE(test, moves(&mover));
		fifo_pins_offline(1);
		KUNIT_EXPECT_EQ(test, mover.unpinned, 0U);
		KUNIT_EXPECT_EQ(test, fifo_worker_cpu(mover.worker), 0);
		fifo_pins_offline(0);
		fifo_pins_offline(0);
		KUNIT_EXPECT_EQ(test, mover.unpinned, 1U);
		KUNIT_EXPECT_FALSE(test, fifo_worker_pinned(mover.worker));
		KUNIT_EXPECT_TRUE(test, moves(&mover));
		mover_exit(&mover);
	}
}

static void worker_that_has_stopped_is_told_nothing(struct kunit *test)
{
	struct mover mover;

	mover_init(test, &mover, FIFO_CONTEXT_WORK, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(mover.worker));
	fifo_worker_stop(mover.worker);
	fifo_pins_offline(0);
	KUNIT_EXPECT_EQ(test, mover.unpinned, 0U);
	mover_exit(&mover);
}

static void worker_is_refused_a_missing_processor(struct kunit *test)
{
	struct mover mover;

	mover_init(test, &mover, FIFO_CONTEXT_WORK, nr_cpu_ids);
	KUNIT_EXPECT_EQ(test, PTR_ERR(mover.worker), -ENODEV);
	mover_exit(&mover);
}

/* Otherwise the work arms the timer of a worker that is freed. */
static void timer_is_woken_as_it_stops(struct kunit *test)
{
	struct fifo_waiter *waiter;
	struct mover mover;

	mover_init(test, &mover, FIFO_CONTEXT_TIMER, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(mover.worker));
	waiter = &mover.port->waiter;
	waiter->wake(waiter->wake_data);
	fifo_worker_stop(mover.worker);
	KUNIT_EXPECT_FALSE(test, work_pending(&mover.worker->arming));
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&mover.worker->timer));
	cancel_work_sync(&mover.worker->arming);
	mover_exit(&mover);
}

static struct kunit_case pin_cases[] = {
	KUNIT_CASE(worker_moves_on_once),
	KUNIT_CASE(worker_that_has_stopped_is_told_nothing),
	KUNIT_CASE(worker_is_refused_a_missing_processor),
	KUNIT_CASE(timer_is_woken_as_it_stops),
	{}
};

struct kunit_suite fifo_pin_suite = {
	.name = "fifo_pin",
	.test_cases = pin_cases,
};
