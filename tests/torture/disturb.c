// SPDX-License-Identifier: GPL-2.0
/*
 * Disturbers: at any moment they cancel an actor's port or worker, change the worker's
 * rate, or make all actors of a role pause.
 *
 * They look for the port or worker under the actor's lock, and keep the lock until they are
 * done, so it cannot vanish. Nobody holds the lock while waiting in a queue, or for a worker
 * to stop.
 */
#include <linux/bottom_half.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include "torture.h"

/* The length of a lull, longer than a stall. */
#define LULL_SAMPLES	(FT_STALL_SAMPLES + FT_SAMPLES_HZ / 2)

static void cancel_port(struct ft_actor *actor, struct rnd_state *random)
{
	ft_mark_cancelled(actor);
	fifo_cancel(actor->port);
}

/* Cancels as a timer would: in a context that must not sleep; and once more. */
static void cancel_port_twice(struct ft_actor *actor, struct rnd_state *random)
{
	ft_mark_cancelled(actor);
	local_bh_disable();
	fifo_cancel(actor->port);
	local_bh_enable();
	fifo_cancel(actor->port);
}

/* A worker whose port was cancelled before must end by itself. */
static void cancel_worker(struct ft_actor *actor, struct rnd_state *random)
{
	if (!actor->worker || actor->cancelled)
		return;
	WRITE_ONCE(actor->dismissed, true);
	ft_mark_cancelled(actor);
	fifo_worker_cancel(actor->worker);
}

static void set_rate(struct ft_actor *actor, struct rnd_state *random)
{
	if (actor->worker)
		ft_set_rate(actor, actor->worker,
			    1000ULL + prandom_u32_state(random));
}

static void disturb(struct ft_actor *actor, struct rnd_state *random)
{
	static void (*const ways[])(struct ft_actor *actor,
				    struct rnd_state *random) = {
		cancel_port, cancel_port_twice, cancel_worker, set_rate,
	};

	mutex_lock(&actor->lock);
	if (actor->port && !ft_watched(actor))
		ways[ft_below(random, ARRAY_SIZE(ways))](actor, random);
	mutex_unlock(&actor->lock);
}

static struct ft_actor *any_actor(struct rnd_state *random)
{
	struct ft_queue *queue = &ft.queues[ft_below(random, ft.nr_queues)];
	enum fifo_role role = ft_below(random, 2);

	return &queue->actors[role][ft_below(random, queue->n[role])];
}

/* The kthread of a disturber. @data is the state of its random numbers. */
int ft_disturber_run(void *data)
{
	struct rnd_state *random = data;

	set_user_nice(current, MAX_NICE);
	while (!kthread_should_stop()) {
		disturb(any_actor(random), random);
		ft_nap_us(1 + ft_below(random, 2 * READ_ONCE(ft.pause_us)));
		cond_resched();
	}
	return 0;
}

/* Returns how many samples from now the next lull is. */
unsigned int ft_lull_interval(void)
{
	return 1 + ft_below(&ft.random, 2 * ft.stutter * FT_SAMPLES_HZ + 1);
}

/*
 * Makes the producers or the consumers of a queue pause now and then, long enough that the
 * others find it empty, or full, and all wait.
 */
void ft_lull_sample(struct ft_queue *queue)
{
	enum fifo_role role = ft_below(&ft.random, 2);

	if (!ft.stutter || queue->lull_samples--)
		return;
	if (queue->lull[0] || queue->lull[1]) {
		WRITE_ONCE(queue->lull[0], false);
		WRITE_ONCE(queue->lull[1], false);
		queue->lull_samples = ft_lull_interval();
	} else {
		WRITE_ONCE(queue->lull[role], true);
		queue->lull_samples = LULL_SAMPLES;
	}
}
