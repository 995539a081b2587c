// SPDX-License-Identifier: GPL-2.0
/*
 * The ways from one thread to another: the engines of fifo.ko, in its queues 0 to 3, and the
 * same by hand, where nothing can be cancelled, is counted, ordered, stamped or traced.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/semaphore.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include "wake.h"

static const struct fifo_item item = {
	.type = FIFO_ITEM_TEXT, .len = FIFO_DATA_LEN,
};

/* What was got, by the one thread that does. */
static struct fifo_item got;

static struct fifo_item slots[WAKE_SLOTS];
static unsigned int head, tail;

static void put_slot(void)
{
	slots[tail++ % WAKE_SLOTS] = item;
}

static void get_slot(void)
{
	got = slots[head++ % WAKE_SLOTS];
}

/* --- no more than a wake-up -------------------------------------------------- */

static DECLARE_WAIT_QUEUE_HEAD(bare);
static atomic_t calls;

static int bare_put(const struct wake_path *path)
{
	atomic_inc(&calls);
	wake_up(&bare);
	return 0;
}

static int bare_get(const struct wake_path *path)
{
	wait_event(bare, atomic_read(&calls));
	atomic_dec(&calls);
	return 0;
}

/* --- the textbook's: two semaphores and a mutex ------------------------------ */

static struct semaphore empty, fill;
static DEFINE_MUTEX(mutex);

static int textbook_put(const struct wake_path *path)
{
	down(&empty);
	mutex_lock(&mutex);
	put_slot();
	mutex_unlock(&mutex);
	up(&fill);
	return 0;
}

static int textbook_get(const struct wake_path *path)
{
	down(&fill);
	mutex_lock(&mutex);
	get_slot();
	mutex_unlock(&mutex);
	up(&empty);
	return 0;
}

/* --- a spinlock and two wait queues ------------------------------------------ */

static DEFINE_SPINLOCK(lock);
static DECLARE_WAIT_QUEUE_HEAD(not_full);
static DECLARE_WAIT_QUEUE_HEAD(not_empty);

/* The barrier in here pairs with that of a waiter between joining and looking. */
static void wake(wait_queue_head_t *wq)
{
	if (wq_has_sleeper(wq))
		wake_up(wq);
}

static bool try_put(void)
{
	bool room;

	spin_lock_bh(&lock);
	room = tail - head < WAKE_SLOTS;
	if (room)
		put_slot();
	spin_unlock_bh(&lock);
	return room;
}

static bool try_get(void)
{
	bool any;

	spin_lock_bh(&lock);
	any = tail != head;
	if (any)
		get_slot();
	spin_unlock_bh(&lock);
	return any;
}

static int wait_queues_put(const struct wake_path *path)
{
	wait_event(not_full, try_put());
	wake(&not_empty);
	return 0;
}

static int wait_queues_get(const struct wake_path *path)
{
	wait_event(not_empty, try_get());
	wake(&not_full);
	return 0;
}

/* --- the engines ------------------------------------------------------------- */

static int engine_put(const struct wake_path *path);
static int engine_get(const struct wake_path *path);

#define ENGINES	4

/* The engines come first, in the order of the queues of fifo.ko. */
const struct wake_path wake_paths[] = {
	{ .name = "semaphore", .put = engine_put, .get = engine_get },
	{ .name = "waitqueue", .put = engine_put, .get = engine_get },
	{ .name = "list", .put = engine_put, .get = engine_get },
	{ .name = "ring", .put = engine_put, .get = engine_get },
	{ .name = "by-hand/textbook", .put = textbook_put, .get = textbook_get },
	{ .name = "by-hand/wait-queues", .put = wait_queues_put,
	  .get = wait_queues_get },
	{ .name = "by-hand/wake-up", .bare = true, .put = bare_put,
	  .get = bare_get },
};

const unsigned int wake_npaths = ARRAY_SIZE(wake_paths);

static struct fifo_port *producers[ENGINES], *consumers[ENGINES];

static int engine_put(const struct wake_path *path)
{
	return fifo_put(producers[path - wake_paths], &item);
}

static int engine_get(const struct wake_path *path)
{
	return fifo_get(consumers[path - wake_paths], &got);
}

static int open_engine(unsigned int engine)
{
	struct fifo_port *producer, *consumer;

	producer = fifo_attach(engine, FIFO_PRODUCER, "wake");
	if (IS_ERR(producer))
		return PTR_ERR(producer);
	consumer = fifo_attach(engine, FIFO_CONSUMER, "wake");
	if (IS_ERR(consumer)) {
		fifo_detach(producer);
		return PTR_ERR(consumer);
	}
	producers[engine] = producer;
	consumers[engine] = consumer;
	return 0;
}

void wake_close_paths(void)
{
	unsigned int i;

	for (i = 0; i < ENGINES && producers[i]; i++) {
		fifo_detach(consumers[i]);
		fifo_detach(producers[i]);
	}
}

int wake_open_paths(void)
{
	unsigned int i;
	int err = 0;

	sema_init(&empty, WAKE_SLOTS);
	sema_init(&fill, 0);
	for (i = 0; i < ENGINES && !err; i++)
		err = open_engine(i);
	if (err)
		wake_close_paths();
	return err;
}
