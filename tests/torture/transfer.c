// SPDX-License-Identifier: GPL-2.0
/*
 * One operation of an actor, in any of the possible ways, and what must be true of it.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include "torture.h"

static int put_one(struct fifo_port *port, struct fifo_item *items,
		   unsigned int n)
{
	return fifo_put(port, items) ?: 1;
}

static int get_one(struct fifo_port *port, struct fifo_item *items,
		   unsigned int n)
{
	return fifo_get(port, items) ?: 1;
}

static int put_many(struct fifo_port *port, struct fifo_item *items,
		    unsigned int n)
{
	return fifo_put_many(port, items, n);
}

static int try_put(struct fifo_port *port, struct fifo_item *items,
		   unsigned int n)
{
	return fifo_try_put(port, items) ?: 1;
}

static int try_get(struct fifo_port *port, struct fifo_item *items,
		   unsigned int n)
{
	return fifo_try_get(port, items) ?: 1;
}

static int try_put_many(struct fifo_port *port, struct fifo_item *items,
			unsigned int n)
{
	return fifo_try_put_many(port, items, n);
}

static const struct ft_op op_one = { { put_one, get_one }, true, false };
static const struct ft_op op_many = { { put_many, fifo_get_many }, true, true };
const struct ft_op ft_op_try = { { try_put, try_get }, false, false };
static const struct ft_op op_try_many = {
	{ try_put_many, fifo_try_get_many }, false, true
};

/* Draws an operation: any, those that wait more often; or one that does not wait. */
const struct ft_op *ft_any_op(struct rnd_state *random, bool nowait)
{
	static const struct ft_op *const ops[] = {
		&ft_op_try, &op_try_many,
		&op_one, &op_one, &op_many, &op_many,
	};

	return ops[ft_below(random, nowait ? 2 : ARRAY_SIZE(ops))];
}

/*
 * To be called, under the actor's lock, before its port is cancelled.
 *
 * (W) A task that finds the port cancelled also finds the mark. Pairs with (Z) in legal().
 * Without it a cancellation may seem to come from nowhere.
 */
void ft_mark_cancelled(struct ft_actor *actor)
{
	lockdep_assert_held(&actor->lock);
	WRITE_ONCE(actor->cancelled, true);
	/* (W) pairs with (Z). */
	smp_wmb();
}

/* May the operation have this result? */
static bool legal(const struct ft_actor *actor, const struct ft_op *op,
		  unsigned int n, int moved)
{
	switch (moved) {
	case -ECANCELED:
		/* (Z) pairs with (W) in ft_mark_cancelled(). */
		smp_rmb();
		return READ_ONCE(actor->cancelled);
	case -EAGAIN:
		return !op->waits;
	default:
		return moved > 0 && moved <= n;
	}
}

static void check_port(struct ft_actor *actor)
{
	const struct fifo_port *port = actor->port;
	const struct ft_queue *queue = actor->queue;
	unsigned int depth = fifo_port_depth(port);

	if (fifo_port_size(port) != queue->size)
		ft_error("%s: its port says size %u", actor->name,
			 fifo_port_size(port));
	if (depth > queue->size)
		ft_error("%s: %u items in a queue of %u", actor->name, depth,
			 queue->size);
	actor->max_depth = max(actor->max_depth, depth);
}

/*
 * Moves up to @n items through the actor's port, and checks them. May sleep if
 * @op does. Returns how many, or a negative errno.
 */
int ft_transfer(struct ft_actor *actor, const struct ft_op *op,
		unsigned int n)
{
	unsigned long switches = current->nvcsw;
	int moved;

	if (!op->many)
		n = 1;
	if (actor->role == FIFO_PRODUCER)
		ft_check_before_put(actor, n);
	WRITE_ONCE(actor->inside, current);
	moved = op->move[actor->role](actor->port, actor->items, n);
	WRITE_ONCE(actor->inside, NULL);
	if (!legal(actor, op, n, moved))
		ft_error("%s: an operation on %u items returned %d",
			 actor->name, n, moved);
	check_port(actor);
	actor->used = true;
	actor->slept = current->nvcsw != switches;
	ft_count(&actor->counts.operations, 1);
	ft_count(&actor->counts.waits, actor->slept);
	ft_count(&actor->counts.moved, max(moved, 0));
	if (actor->role == FIFO_PRODUCER)
		ft_check_after_put(actor, n, max(moved, 0));
	else
		ft_check_got(actor, max(moved, 0));
	return moved;
}

/* On a cancelled port no operation may succeed, nor wait. */
void ft_expect_refusal(struct ft_actor *actor, struct fifo_port *port)
{
	struct fifo_item item = { .type = 0 };
	int err;

	err = ft_any_op(&actor->random, false)->move[actor->role](port, &item, 1);
	if (err != -ECANCELED)
		ft_error("%s: an operation on a cancelled port returned %d",
			 actor->name, err);
}

/* An invalid operation is refused, whatever happens to the port meanwhile. */
void ft_expect_misuse_refused(struct ft_actor *actor)
{
	struct fifo_item item = { .len = FIFO_DATA_LEN + 1 };
	enum fifo_role other = !actor->role;
	int err;

	err = ft_any_op(&actor->random, false)->move[other](actor->port, &item, 1);
	if (err != -EBADF)
		ft_error("%s: the other role's operation returned %d",
			 actor->name, err);
	err = (ft_one_in(&actor->random, 2) ? op_many : op_try_many)
		.move[actor->role](actor->port, &item, 0);
	if (err != -EINVAL)
		ft_error("%s: an operation on no item returned %d",
			 actor->name, err);
	if (actor->role == FIFO_CONSUMER)
		return;
	err = ft_any_op(&actor->random, false)->move[FIFO_PRODUCER]
		(actor->port, &item, 1);
	if (err != -EINVAL)
		ft_error("%s: putting an item of length %u returned %d",
			 actor->name, item.len, err);
}
