// SPDX-License-Identifier: GPL-2.0
/*
 * Commands and replies: each id matches once, while it is outstanding.
 */
#include <linux/err.h>
#include <linux/ktime.h>
#include "command.h"
#include "engine.h"
#include "port.h"
#include "queue.h"
#include "suites.h"

static struct fifo_port *attach(struct kunit *test, enum fifo_role role)
{
	struct fifo_port *port = fifo_attach(0, role, "unit");

	KUNIT_ASSERT_FALSE(test, IS_ERR(port));
	return port;
}

/* The id of a new command, or 0 if it cannot begin. */
static u64 begin(struct fifo_port *port)
{
	struct fifo_item item = { .len = 8 };

	if (fifo_command_begin(port, &item))
		return 0;
	return ((struct fifo_command *)item.data)->id;
}

static int end(u64 id)
{
	struct fifo_item item = { .type = FIFO_ITEM_REPLY, .len = 8 };
	u64 round_trip;

	((struct fifo_command *)item.data)->id = id;
	return fifo_command_end(&item, &round_trip);
}

static void command_has_an_id(struct kunit *test)
{
	struct fifo_port *port = attach(test, FIFO_PRODUCER);
	struct fifo_item item = { .len = 8 + 3 };
	struct fifo_command *command = (void *)item.data;

	memcpy(command->data, "abc", 3);
	KUNIT_EXPECT_EQ(test, fifo_command_begin(port, &item), 0);
	KUNIT_EXPECT_EQ(test, (int)item.type, (int)FIFO_ITEM_COMMAND);
	KUNIT_EXPECT_EQ(test, (int)item.len, 8 + 3);
	KUNIT_EXPECT_EQ(test, command->id, (u64)port->source << 32 | 1);
	KUNIT_EXPECT_EQ(test, memcmp(command->data, "abc", 3), 0);
	KUNIT_EXPECT_EQ(test, begin(port), (u64)port->source << 32 | 2);
	fifo_detach(port);
}

static void command_matches_once(struct kunit *test)
{
	struct fifo_port *port = attach(test, FIFO_PRODUCER);
	u64 first = begin(port), second = begin(port);

	KUNIT_EXPECT_EQ(test, end(second), 0);
	KUNIT_EXPECT_EQ(test, end(second), -ENOENT);
	KUNIT_EXPECT_EQ(test, end(first), 0);
	KUNIT_EXPECT_EQ(test, end(first), -ENOENT);
	fifo_detach(port);
}

static void command_takes_time(struct kunit *test)
{
	struct fifo_port *port = attach(test, FIFO_PRODUCER);
	struct fifo_item item = { .len = 8 };
	u64 before = ktime_get_ns(), began, round_trip;

	KUNIT_ASSERT_EQ(test, fifo_command_begin(port, &item), 0);
	began = ktime_get_ns();
	while (ktime_get_ns() < began + NSEC_PER_MSEC)
		cpu_relax();
	item.type = FIFO_ITEM_REPLY;
	KUNIT_EXPECT_EQ(test, fifo_command_end(&item, &round_trip), 0);
	KUNIT_EXPECT_GE(test, round_trip, (u64)NSEC_PER_MSEC);
	KUNIT_EXPECT_LE(test, round_trip, ktime_get_ns() - before);
	fifo_detach(port);
}

/* None of these ids belongs to an outstanding command. */
static void command_ignores_others(struct kunit *test)
{
	struct fifo_port *port = attach(test, FIFO_PRODUCER);
	u64 id = begin(port);

	KUNIT_EXPECT_EQ(test, end(0), -ENOENT);
	KUNIT_EXPECT_EQ(test, end(1), -ENOENT);
	KUNIT_EXPECT_EQ(test, end(id - 1), -ENOENT);
	KUNIT_EXPECT_EQ(test, end(id + 1), -ENOENT);
	KUNIT_EXPECT_EQ(test, end(id ^ 1ULL << 32), -ENOENT);
	KUNIT_EXPECT_EQ(test, end(U64_MAX), -ENOENT);
	KUNIT_EXPECT_EQ(test, end(id), 0);
	fifo_detach(port);
}

static void command_refuses(struct kunit *test)
{
	struct fifo_port *producer = attach(test, FIFO_PRODUCER);
	struct fifo_port *consumer = attach(test, FIFO_CONSUMER);
	struct fifo_item item = { .len = 8 };
	u64 round_trip;

	KUNIT_EXPECT_EQ(test, fifo_command_begin(consumer, &item), -EBADF);
	item.len = 7;
	KUNIT_EXPECT_EQ(test, fifo_command_begin(producer, &item), -EINVAL);
	item.len = FIFO_DATA_LEN + 1;
	KUNIT_EXPECT_EQ(test, fifo_command_begin(producer, &item), -EINVAL);
	item.len = FIFO_DATA_LEN;
	KUNIT_ASSERT_EQ(test, fifo_command_begin(producer, &item), 0);
	KUNIT_EXPECT_EQ(test, fifo_command_end(&item, &round_trip), -EINVAL);
	item.type = FIFO_ITEM_REPLY;
	item.len = 7;
	KUNIT_EXPECT_EQ(test, fifo_command_end(&item, &round_trip), -EINVAL);
	item.len = 8;
	KUNIT_EXPECT_EQ(test, fifo_command_end(&item, &round_trip), 0);
	fifo_detach(producer);
	fifo_detach(consumer);
}

static void command_is_forgotten_at_detach(struct kunit *test)
{
	struct fifo_port *one = attach(test, FIFO_PRODUCER);
	struct fifo_port *other = attach(test, FIFO_PRODUCER);
	u64 first = begin(one), second = begin(one), kept = begin(other);

	fifo_detach(one);
	KUNIT_EXPECT_EQ(test, end(first), -ENOENT);
	KUNIT_EXPECT_EQ(test, end(second), -ENOENT);
	KUNIT_EXPECT_EQ(test, end(kept), 0);
	fifo_detach(other);
}

static void command_has_a_limit(struct kunit *test)
{
	struct fifo_port *port = attach(test, FIFO_PRODUCER);
	struct fifo_port *other = attach(test, FIFO_PRODUCER);
	struct fifo_item item = { .len = 8 };
	u64 first = begin(port), last = first;
	unsigned int i;

	for (i = 1; i < FIFO_COMMANDS_MAX; i++)
		last = begin(port);
	KUNIT_EXPECT_EQ(test, last, first + FIFO_COMMANDS_MAX - 1);
	KUNIT_EXPECT_EQ(test, fifo_command_begin(port, &item), -EAGAIN);
	KUNIT_EXPECT_NE(test, begin(other), 0ULL);
	KUNIT_EXPECT_EQ(test, end(first + 1), 0);
	KUNIT_EXPECT_EQ(test, begin(port), last + 1);
	KUNIT_EXPECT_EQ(test, fifo_command_begin(port, &item), -EAGAIN);
	fifo_detach(other);
	fifo_detach(port);
	KUNIT_EXPECT_EQ(test, end(last), -ENOENT);
}

/* A command that is outstanding when the numbers wrap keeps its number. */
static void command_numbers_begin_again(struct kunit *test)
{
	struct fifo_port *port = attach(test, FIFO_PRODUCER);
	u64 base = (u64)port->source << 32, first = begin(port);

	port->commands = U32_MAX - 1;
	KUNIT_EXPECT_EQ(test, begin(port), base + U32_MAX);
	KUNIT_EXPECT_EQ(test, begin(port), base + 2);
	KUNIT_EXPECT_EQ(test, end(first), 0);
	KUNIT_EXPECT_EQ(test, end(base + U32_MAX), 0);
	fifo_detach(port);
	KUNIT_EXPECT_EQ(test, end(base + 2), -ENOENT);
}

static struct kunit_case command_cases[] = {
	KUNIT_CASE(command_has_an_id),
	KUNIT_CASE(command_matches_once),
	KUNIT_CASE(command_takes_time),
	KUNIT_CASE(command_ignores_others),
	KUNIT_CASE(command_refuses),
	KUNIT_CASE(command_is_forgotten_at_detach),
	KUNIT_CASE(command_has_a_limit),
	KUNIT_CASE(command_numbers_begin_again),
	{}
};

/* A port belongs to a queue. */
static int command_suite_init(struct kunit_suite *suite)
{
	struct fifo_queue *queue = fifo_queues_alloc(1);

	if (!queue)
		return -ENOMEM;
	queue->engine = &fifo_engine_list;
	queue->size = 1;
	return fifo_queues_init(1);
}

static void command_suite_exit(struct kunit_suite *suite)
{
	fifo_queues_free();
	fifo_commands_free();
}

struct kunit_suite fifo_command_suite = {
	.name = "fifo_command",
	.suite_init = command_suite_init,
	.suite_exit = command_suite_exit,
	.test_cases = command_cases,
};
