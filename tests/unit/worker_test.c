// SPDX-License-Identifier: GPL-2.0
/*
 * Workers: what arms the timer of one that is told to stop, at each moment, since nobody
 * waits for a timer; how a thread is killed; what is made good after a stall; and what a
 * stop leaves undone.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>
#include <linux/time64.h>
#include "engine.h"
#include "queue.h"
#include "suites.h"
#include "trace.h"
#include "worker/worker.h"

/* A consumer of a queue that is empty at first. */
struct consumer {
	struct fifo_port *producer;
	struct fifo_port *port;
	struct fifo_worker *worker;
	unsigned int stopped;
	unsigned int woken_late;
};

static int get_items(void *data, unsigned int n, bool nowait)
{
	static struct fifo_item items[FIFO_BATCH];
	struct consumer *consumer = data;

	if (nowait)
		return fifo_try_get_many(consumer->port, items, n);
	return fifo_get_many(consumer->port, items, n);
}

static void has_stopped(void *data)
{
	struct consumer *consumer = data;

	consumer->stopped++;
}

static const struct fifo_worker_ops consumer_ops = {
	.move = get_items,
	.stopped = has_stopped,
};

static struct fifo_end *end_of(const struct consumer *consumer)
{
	return &consumer->port->queue->ends[FIFO_CONSUMER];
}

static bool waits(const struct consumer *consumer)
{
	return fifo_waiting(&end_of(consumer)->wait);
}

static bool timer_stalls(const struct consumer *consumer)
{
	return waits(consumer) && !hrtimer_active(&consumer->worker->timer);
}

static bool has_ended(const struct consumer *consumer)
{
	return READ_ONCE(consumer->stopped);
}

static bool has_moved(const struct consumer *consumer)
{
	return fifo_worker_moved(consumer->worker);
}

/* Does it come to this soon? */
static bool comes_to(bool (*what)(const struct consumer *consumer),
		     const struct consumer *consumer)
{
	unsigned long end = jiffies + 5 * HZ;

	while (time_before(jiffies, end) && !what(consumer))
		usleep_range(100, 200);
	return what(consumer);
}

static bool stalls(const struct consumer *consumer)
{
	return comes_to(timer_stalls, consumer);
}

/* It runs in this context. */
static struct consumer *consumer_in(struct kunit *test,
				    enum fifo_context context, u64 rate,
				    u64 count)
{
	struct consumer *consumer = kunit_kzalloc(test, sizeof(*consumer),
						  GFP_KERNEL);
	struct fifo_queue *queue = fifo_queues_alloc(1);
	struct fifo_worker_config config = {
		.name = "unit", .context = context, .rate = rate, .count = count,
		.ops = &consumer_ops, .data = consumer,
	};

	KUNIT_ASSERT_NOT_NULL(test, consumer);
	KUNIT_ASSERT_NOT_NULL(test, queue);
	queue->engine = &fifo_engine_waitqueue;
	queue->size = 64;
	KUNIT_ASSERT_EQ(test, fifo_queues_init(1), 0);
	consumer->producer = fifo_attach(0, FIFO_PRODUCER, "unit");
	consumer->port = fifo_attach(0, FIFO_CONSUMER, "unit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(consumer->producer));
	KUNIT_ASSERT_FALSE(test, IS_ERR(consumer->port));
	consumer->worker = fifo_worker_create(consumer->port, &config);
	KUNIT_ASSERT_FALSE(test, IS_ERR(consumer->worker));
	fifo_worker_start(consumer->worker);
	return consumer;
}

/* A timer that stalls, as there is nothing to get. */
static struct consumer *consumer_new(struct kunit *test, u64 rate, u64 count)
{
	struct consumer *consumer = consumer_in(test, FIFO_CONTEXT_TIMER, rate,
						count);

	KUNIT_EXPECT_TRUE(test, stalls(consumer));
	return consumer;
}

static void consumer_gone(struct kunit *test, struct consumer *consumer)
{
	fifo_worker_destroy(consumer->worker);
	KUNIT_EXPECT_EQ(test, consumer->stopped, 1U);
	KUNIT_EXPECT_EQ(test, fifo_waiting(&end_of(consumer)->wait), 0);
	fifo_detach(consumer->port);
	fifo_detach(consumer->producer);
	fifo_queues_free();
}

/* Its timer is not armed now, and will not be. */
static void consumer_free(struct kunit *test, struct consumer *consumer)
{
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&consumer->worker->timer));
	hrtimer_cancel(&consumer->worker->timer);
	consumer_gone(test, consumer);
}

/* So that a timer which is armed stays so. */
static void put_off(struct consumer *consumer)
{
	atomic64_set(&consumer->worker->not_before,
		     ktime_get_ns() + 10ULL * NSEC_PER_SEC);
}

/* The end of a wait is traced: the port is woken just before it ends its stall. */
static void wake_late(void *data, const struct fifo_port *port, u64 ns,
		      int result)
{
	struct consumer *consumer = data;

	if (port != consumer->port || consumer->woken_late++)
		return;
	port->waiter.wake(port->waiter.wake_data);
}

/* The second hrtimer_cancel() of its stop. Otherwise the timer fires in a freed worker. */
static void timer_is_woken_as_it_stops(struct kunit *test)
{
	struct consumer *consumer = consumer_new(test, FIFO_RATE_UNLIMITED, 0);

	put_off(consumer);
	KUNIT_ASSERT_EQ(test, register_trace_fifo_wait(wake_late, consumer), 0);
	fifo_worker_stop(consumer->worker);
	unregister_trace_fifo_wait(wake_late, consumer);
	tracepoint_synchronize_unregister();
	KUNIT_EXPECT_EQ(test, consumer->woken_late, 1U);
	consumer_free(test, consumer);
}

static void timer_that_stalls_is_woken(struct kunit *test)
{
	struct consumer *consumer = consumer_new(test, FIFO_RATE_UNLIMITED, 0);
	struct fifo_item item = { .len = 1 };
	int i;

	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, fifo_try_put(consumer->producer, &item), 0);
		KUNIT_EXPECT_TRUE(test, stalls(consumer));
		KUNIT_EXPECT_EQ(test, fifo_worker_moved(consumer->worker),
				i + 1ULL);
	}
	fifo_worker_stop(consumer->worker);
	consumer_free(test, consumer);
}

/* Until its next item is due it is in no wait queue: wake-ups are for others. */
static void timer_that_goes_on_waits_no_more(struct kunit *test)
{
	struct consumer *consumer = consumer_new(test, 1000, 0);
	struct fifo_item item = { .len = 1 };

	KUNIT_EXPECT_EQ(test, fifo_try_put(consumer->producer, &item), 0);
	KUNIT_EXPECT_TRUE(test, comes_to(has_moved, consumer));
	KUNIT_EXPECT_EQ(test, fifo_waiting(&end_of(consumer)->wait), 0);
	KUNIT_EXPECT_TRUE(test, hrtimer_active(&consumer->worker->timer));
	fifo_worker_stop(consumer->worker);
	consumer_free(test, consumer);
}

/* Nothing more is moved than it was to, and it does not wait for more. */
static void timer_ends_with_its_count(struct kunit *test)
{
	struct consumer *consumer = consumer_new(test, FIFO_RATE_UNLIMITED, 2);
	static struct fifo_item items[5];

	KUNIT_EXPECT_EQ(test, fifo_put_many(consumer->producer, items, 1), 1);
	KUNIT_EXPECT_TRUE(test, stalls(consumer));
	KUNIT_EXPECT_EQ(test, fifo_put_many(consumer->producer, items, 4), 4);
	KUNIT_EXPECT_TRUE(test, comes_to(has_ended, consumer));
	KUNIT_EXPECT_EQ(test, fifo_worker_moved(consumer->worker), 2ULL);
	KUNIT_EXPECT_EQ(test, fifo_port_depth(consumer->port), 3U);
	fifo_worker_stop(consumer->worker);
	consumer_free(test, consumer);
}

/* A rate that is written while it is told to stop. */
static void timer_that_stops_is_not_poked(struct kunit *test)
{
	struct consumer *consumer = consumer_new(test, FIFO_RATE_UNLIMITED, 0);

	put_off(consumer);
	fifo_worker_stop(consumer->worker);
	put_off(consumer);
	fifo_worker_set_rate(consumer->worker, 5000);
	consumer_free(test, consumer);
}

static void timer_refuses_an_engine_that_sleeps(struct kunit *test)
{
	struct fifo_worker_config config = {
		.name = "unit", .context = FIFO_CONTEXT_TIMER, .rate = 1000,
		.ops = &consumer_ops,
	};
	struct fifo_queue *queue = fifo_queues_alloc(1);
	struct fifo_port *port;

	KUNIT_ASSERT_NOT_NULL(test, queue);
	queue->engine = &fifo_engine_semaphore;
	queue->size = 4;
	KUNIT_ASSERT_EQ(test, fifo_queues_init(1), 0);
	port = fifo_attach(0, FIFO_CONSUMER, "unit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(port));
	KUNIT_EXPECT_EQ(test, PTR_ERR(fifo_worker_create(port, &config)),
			-EOPNOTSUPP);
	config.rate = 0;
	KUNIT_EXPECT_EQ(test, PTR_ERR(fifo_worker_create(port, &config)),
			-EINVAL);
	fifo_detach(port);
	fifo_queues_free();
}

/*
 * Half a second is what a late wake-up may owe, but not a stall. While it stalls, nobody
 * else uses its schedule.
 */
static void worker_owes_little_after_a_stall(struct kunit *test)
{
	struct consumer *consumer = consumer_new(test, 1000 * FIFO_RATE_UNIT, 0);
	struct fifo_schedule *schedule = &consumer->worker->schedule;
	struct fifo_item item = { .len = 1 };
	u64 now = ktime_get_ns();

	schedule->next = now - NSEC_PER_SEC / 2;
	KUNIT_EXPECT_EQ(test, fifo_try_put(consumer->producer, &item), 0);
	KUNIT_EXPECT_TRUE(test, stalls(consumer));
	KUNIT_EXPECT_EQ(test, fifo_worker_moved(consumer->worker), 1ULL);
	KUNIT_EXPECT_GE(test, schedule->next, now - FIFO_DEBT_NS);
	fifo_worker_stop(consumer->worker);
	consumer_free(test, consumer);
}

/* As if it were stopped between its run's look at the flag and its move. */
static void worker_that_is_to_stop_moves_nothing(struct kunit *test)
{
	struct consumer *consumer = consumer_in(test, FIFO_CONTEXT_TIMER,
						FIFO_RATE_UNIT / 100, 0);
	struct fifo_worker *worker = consumer->worker;
	struct fifo_item item = { .len = 1 };

	KUNIT_EXPECT_EQ(test, fifo_try_put(consumer->producer, &item), 0);
	spin_lock_bh(&worker->lock);
	WRITE_ONCE(worker->stopping, true);
	spin_unlock_bh(&worker->lock);
	worker->schedule.next = ktime_get_ns();
	KUNIT_EXPECT_EQ(test, fifo_worker_move(worker), 0);
	KUNIT_EXPECT_EQ(test, fifo_worker_moved(worker), 0ULL);
	fifo_worker_stop(worker);
	consumer_free(test, consumer);
}

/* As if it had moved all that it was to. */
static void kthread_that_is_killed_ends(struct kunit *test)
{
	struct consumer *consumer = consumer_in(test, FIFO_CONTEXT_KTHREAD,
						FIFO_RATE_UNLIMITED, 0);
	struct fifo_item item = { .len = 1 };

	KUNIT_EXPECT_TRUE(test, comes_to(waits, consumer));
	send_sig(SIGKILL, consumer->worker->task, 0);
	KUNIT_EXPECT_TRUE(test, comes_to(has_ended, consumer));
	KUNIT_EXPECT_EQ(test, fifo_try_put(consumer->producer, &item), 0);
	fifo_worker_stop(consumer->worker);
	KUNIT_EXPECT_EQ(test, fifo_worker_moved(consumer->worker), 0ULL);
	consumer_gone(test, consumer);
}

static struct kunit_case worker_cases[] = {
	KUNIT_CASE(timer_is_woken_as_it_stops),
	KUNIT_CASE(timer_that_stalls_is_woken),
	KUNIT_CASE(timer_that_goes_on_waits_no_more),
	KUNIT_CASE(timer_ends_with_its_count),
	KUNIT_CASE(timer_that_stops_is_not_poked),
	KUNIT_CASE(timer_refuses_an_engine_that_sleeps),
	KUNIT_CASE(worker_owes_little_after_a_stall),
	KUNIT_CASE(worker_that_is_to_stop_moves_nothing),
	KUNIT_CASE(kthread_that_is_killed_ends),
	{}
};

struct kunit_suite fifo_worker_suite = {
	.name = "fifo_worker",
	.test_cases = worker_cases,
};
