// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of a queue that nobody else uses: what it does when it is full, that exactly its
 * size fits, and that everything comes out again.
 */
#include <linux/sched.h>
#include "torture.h"

static struct ft_actor *first(struct ft_queue *queue, enum fifo_role role)
{
	return &queue->actors[role][0];
}

/* The queue's ledger since the torture began. */
static u64 dropped(const struct ft_queue *queue)
{
	struct fifo_ledger now;

	fifo_read_ledger(queue->index, &now);
	return now.dropped - queue->start.dropped;
}

static unsigned int depth(const struct ft_queue *queue)
{
	struct fifo_ledger now;

	fifo_read_ledger(queue->index, &now);
	return now.depth;
}

/* Makes one actor move items without waiting, at most @most. Returns how many. */
static unsigned int repeat(struct ft_actor *actor, unsigned int most)
{
	unsigned int n = 0;

	if (ft_attach(actor)) {
		ft_error("%s: cannot attach", actor->name);
		return 0;
	}
	while (n < most && ft_transfer(actor, &ft_op_try, 1) == 1) {
		n++;
		cond_resched();
	}
	ft_detach(actor);
	return n;
}

/* Puts one more item into a full queue, and sees what becomes of it. */
static enum ft_policy overflow(struct ft_queue *queue)
{
	struct ft_actor *producer = first(queue, FIFO_PRODUCER);
	u64 before = dropped(queue), said = producer->counts.dropped;

	if (!repeat(producer, 1))
		return FT_BLOCK;
	if (producer->counts.dropped != said)
		return FT_DROP_NEWEST;
	if (dropped(queue) == before)
		ft_error("queue %u: more than %u items fit", queue->index,
			 queue->size);
	return FT_DROP_OLDEST;
}

/* Gets all items. Returns how many. */
static unsigned int drain(struct ft_queue *queue)
{
	return repeat(first(queue, FIFO_CONSUMER), 2 * queue->size);
}

/* Learns a queue's policy, before the torture. */
void ft_learn(struct ft_queue *queue)
{
	/* The most tolerant policy, until the real one is known. */
	queue->policy = FT_DROP_OLDEST;
	repeat(first(queue, FIFO_PRODUCER), queue->size);
	queue->policy = overflow(queue);
	drain(queue);
}

static void fill(struct ft_queue *queue)
{
	u64 before = dropped(queue);
	unsigned int n;

	n = repeat(first(queue, FIFO_PRODUCER), queue->size);
	if (n != queue->size || dropped(queue) != before)
		ft_error("queue %u: of %u items only %llu fit", queue->index,
			 queue->size, n - (dropped(queue) - before));
	else if (overflow(queue) != queue->policy)
		ft_error("queue %u: it has another policy when it is full",
			 queue->index);
}

/*
 * Tests a queue after the torture: all items that are left come out, then exactly its size
 * fits into it, and comes out as well.
 */
void ft_settle(struct ft_queue *queue)
{
	queue->left = drain(queue);
	if (depth(queue))
		ft_error("queue %u: %u items are left that nobody can get",
			 queue->index, depth(queue));
	fill(queue);
	if (drain(queue) != queue->size)
		ft_error("queue %u: not all of %u items came out",
			 queue->index, queue->size);
}
