// SPDX-License-Identifier: GPL-2.0
/*
 * Makes and frees the queues and actors of the torture.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include "torture.h"

/* The least number of bits of a stream's window. */
#define WINDOW_LEAST	BIT(20)

/* Calls @function for each actor of each queue. */
void ft_for_all_actors(void (*function)(struct ft_actor *actor))
{
	struct ft_queue *queue;
	struct ft_actor *actor;

	ft_for_each_queue(queue) {
		ft_for_each_actor(actor, queue, FIFO_PRODUCER)
			function(actor);
		ft_for_each_actor(actor, queue, FIFO_CONSUMER)
			function(actor);
	}
}

static void free_actor(struct ft_actor *actor)
{
	kvfree(actor->outstanding);
	kfree(actor->seen);
}

/* Frees everything that ft_make() made, even if it failed halfway. */
void ft_free(void)
{
	struct ft_queue *queue;

	ft_for_all_actors(free_actor);
	ft_for_each_queue(queue) {
		kvfree(queue->actors[FIFO_PRODUCER]);
		kvfree(queue->actors[FIFO_CONSUMER]);
	}
	kfree(ft.queues);
}

static int make_actor(struct ft_queue *queue, enum fifo_role role,
		      unsigned int index)
{
	struct ft_actor *actor = &queue->actors[role][index];

	actor->queue = queue;
	actor->role = role;
	actor->index = index;
	actor->next = 1;
	snprintf(actor->name, sizeof(actor->name), "torture-%c%u.%u",
		 role == FIFO_PRODUCER ? 'p' : 'c', queue->index, index);
	mutex_init(&actor->lock);
	init_completion(&actor->done);
	ft_seed(&actor->random);
	if (role == FIFO_PRODUCER)
		actor->outstanding = kvcalloc(BITS_TO_LONGS(queue->window),
					      sizeof(long), GFP_KERNEL);
	else
		actor->seen = kcalloc(queue->n[FIFO_PRODUCER],
				      sizeof(*actor->seen), GFP_KERNEL);
	return actor->outstanding || actor->seen ? 0 : -ENOMEM;
}

static int make_actors(struct ft_queue *queue, enum fifo_role role,
		       unsigned int most)
{
	unsigned int i, n = 1 + ft_below(&ft.random, most);
	int err = 0;

	queue->actors[role] = kvcalloc(n, sizeof(struct ft_actor), GFP_KERNEL);
	if (!queue->actors[role])
		return -ENOMEM;
	queue->n[role] = n;
	for (i = 0; i < n && !err; i++)
		err = make_actor(queue, role, i);
	return err;
}

/* Learns the size of a queue, from a port. */
static int read_queue(struct ft_queue *queue)
{
	struct fifo_port *port;

	port = fifo_attach(queue->index, FIFO_CONSUMER, KBUILD_MODNAME);
	if (IS_ERR(port))
		return PTR_ERR(port);
	queue->size = fifo_port_size(port);
	fifo_detach(port);
	return fifo_read_ledger(queue->index, &queue->start);
}

static int make_queue(struct ft_queue *queue, unsigned int producers,
		      unsigned int consumers)
{
	int err;

	queue->index = queue - ft.queues;
	err = read_queue(queue);
	if (err)
		return err;
	if (queue->start.depth) {
		pr_err("queue %u is not empty\n", queue->index);
		return -EBUSY;
	}
	queue->window = max(roundup_pow_of_two(4UL * queue->size),
			    WINDOW_LEAST);
	queue->lull_samples = ft_lull_interval();
	err = make_actors(queue, FIFO_PRODUCER, producers);
	return err ?: make_actors(queue, FIFO_CONSUMER, consumers);
}

/*
 * Makes a struct ft_queue for each queue of fifo.ko, with up to this many actors. Returns 0
 * or a negative errno. The caller calls ft_free() in any case.
 */
int ft_make(unsigned int producers, unsigned int consumers)
{
	unsigned int i;
	int err = 0;

	ft.queues = kcalloc(fifo_queues(), sizeof(*ft.queues), GFP_KERNEL);
	if (!ft.queues)
		return -ENOMEM;
	ft.nr_queues = fifo_queues();
	for (i = 0; i < ft.nr_queues && !err; i++)
		err = make_queue(&ft.queues[i], producers, consumers);
	return err;
}
