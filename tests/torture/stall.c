// SPDX-License-Identifier: GPL-2.0
/*
 * Detects stalls: an actor waits although there is room, or an item, and nothing moves; or
 * it waits although its port was cancelled.
 *
 * It counts samples, not seconds: while the machine itself stands still, there are none.
 */
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include "torture.h"

static u64 moved(const struct ft_queue *queue)
{
	const struct ft_actor *actor;
	u64 all = 0;

	ft_for_each_actor(actor, queue, FIFO_PRODUCER)
		all += READ_ONCE(actor->counts.moved);
	ft_for_each_actor(actor, queue, FIFO_CONSUMER)
		all += READ_ONCE(actor->counts.moved);
	return all;
}

/*
 * A task is freed a grace period after it has ended, and it ends outside of any operation.
 * So a task that is found inside one still exists.
 */
static bool runs(const struct ft_actor *actor)
{
	struct task_struct *task;
	bool running;

	rcu_read_lock();
	task = READ_ONCE(actor->inside);
	running = task && task_is_running(task);
	rcu_read_unlock();
	return running;
}

/*
 * Does a task inside an operation have, or wait for, a CPU? It may be the one that was
 * woken, or the one that holds the lock: on a busy machine that may take long.
 */
static bool one_runs(const struct ft_queue *queue)
{
	const struct ft_actor *actor;

	ft_for_each_actor(actor, queue, FIFO_PRODUCER)
		if (runs(actor))
			return true;
	ft_for_each_actor(actor, queue, FIFO_CONSUMER)
		if (runs(actor))
			return true;
	return false;
}

/* An actor of this role that is inside an operation, or whose timer stalls, or NULL. */
static const struct ft_actor *one_inside(const struct ft_queue *queue,
					 enum fifo_role role)
{
	const struct ft_actor *actor;

	ft_for_each_actor(actor, queue, role)
		if (READ_ONCE(actor->inside) || READ_ONCE(actor->stalled))
			return actor;
	return NULL;
}

/* Could an operation of this role proceed without waiting? */
static bool possible(const struct ft_queue *queue, enum fifo_role role,
		     unsigned int depth)
{
	if (role == FIFO_CONSUMER)
		return depth;
	return depth < queue->size || queue->policy != FT_BLOCK;
}

/*
 * A sample in which nobody waits does not count: an actor that did not have to wait has
 * moved something. Nor does a sample in which one of them runs.
 */
static void sample_role(struct ft_queue *queue, enum fifo_role role,
			unsigned int depth)
{
	const struct ft_actor *actor = one_inside(queue, role);

	if (!possible(queue, role, depth))
		queue->still[role] = 0;
	else if (actor && !one_runs(queue) &&
		 ++queue->still[role] == FT_STALL_SAMPLES)
		ft_error("queue %u: %s waits beside %u of %u items, and nothing moves, for %u s",
			 queue->index, actor->name, depth, queue->size,
			 FT_STALL_SAMPLES / FT_SAMPLES_HZ);
}

static void sample_actor(struct ft_actor *actor)
{
	u32 life = READ_ONCE(actor->life);

	if (!READ_ONCE(actor->cancelled) || !READ_ONCE(actor->inside) ||
	    life != actor->late_life)
		actor->late = 0;
	else if (!runs(actor) && ++actor->late == FT_STALL_SAMPLES)
		ft_error("%s: is in an operation %u s after it was cancelled",
			 actor->name, FT_STALL_SAMPLES / FT_SAMPLES_HZ);
	actor->late_life = life;
}

/* To be called FT_SAMPLES_HZ times a second. */
void ft_stall_sample(struct ft_queue *queue)
{
	struct fifo_ledger ledger;
	struct ft_actor *actor;
	u64 now = moved(queue);

	fifo_read_ledger(queue->index, &ledger);
	if (now != queue->moved) {
		queue->still[FIFO_PRODUCER] = 0;
		queue->still[FIFO_CONSUMER] = 0;
	}
	queue->moved = now;
	sample_role(queue, FIFO_PRODUCER, ledger.depth);
	sample_role(queue, FIFO_CONSUMER, ledger.depth);
	ft_for_each_actor(actor, queue, FIFO_PRODUCER)
		sample_actor(actor);
	ft_for_each_actor(actor, queue, FIFO_CONSUMER)
		sample_actor(actor);
}
