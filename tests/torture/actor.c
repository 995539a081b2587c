// SPDX-License-Identifier: GPL-2.0
/*
 * The lives of an actor: attach, move items for a while, detach.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include "torture.h"

/* How often there is a delay, and how often it is a long one. */
#define LONG_DELAY_ONE_IN	4000
#define SHORT_DELAY_ONE_IN	200
#define SPIN_ONE_IN		200
#define NEVER_FULL_ONE_IN	4

#define LULL_POLL_US		20000

/* Opens a port to be used. Returns 0 or a negative errno. */
int ft_attach(struct ft_actor *actor)
{
	struct fifo_port *port;

	port = fifo_attach(actor->queue->index, actor->role, actor->name);
	if (IS_ERR(port))
		return PTR_ERR(port);
	WRITE_ONCE(actor->life, actor->life + 1);
	actor->nth = 0;
	actor->used = false;
	actor->slept = false;
	mutex_lock(&actor->lock);
	WRITE_ONCE(actor->cancelled, false);
	WRITE_ONCE(actor->dismissed, false);
	actor->port = port;
	mutex_unlock(&actor->lock);
	ft_count(&actor->counts.attaches, 1);
	return 0;
}

/*
 * Closes the port. Disturbers look for the port under the lock, and keep the lock until
 * they are done. So once it is removed under the lock, nobody else has it.
 */
void ft_detach(struct ft_actor *actor)
{
	struct fifo_port *port = actor->port;

	mutex_lock(&actor->lock);
	actor->port = NULL;
	mutex_unlock(&actor->lock);
	if (READ_ONCE(actor->cancelled))
		ft_expect_refusal(actor, port);
	fifo_detach(port);
}

/* Sleeps at least this long, without adding to the load average. */
void ft_nap_us(unsigned int us)
{
	ktime_t timeout = ns_to_ktime((u64)us * NSEC_PER_USEC);

	set_current_state(TASK_IDLE);
	schedule_hrtimeout_range(&timeout, us * NSEC_PER_USEC / 4,
				 HRTIMER_MODE_REL);
}

/*
 * Mostly does nothing; now and then delays a little, busy or asleep; rarely for long. An
 * actor that never waits for others so leaves them some time.
 */
void ft_dawdle(const struct ft_actor *actor, struct rnd_state *random)
{
	if (actor->role == FIFO_PRODUCER && actor->queue->policy != FT_BLOCK &&
	    ft_one_in(random, NEVER_FULL_ONE_IN))
		ft_nap_us(1 + ft_below(random, 500));
	else if (ft.long_delay && ft_one_in(random, LONG_DELAY_ONE_IN))
		ft_nap_us((1 + ft_below(random, ft.long_delay)) * USEC_PER_MSEC);
	else if (ft_one_in(random, SHORT_DELAY_ONE_IN))
		ft_nap_us(1 + ft_below(random, 2000));
	else if (ft_one_in(random, SPIN_ONE_IN))
		udelay(1 + ft_below(random, 50));
	cond_resched();
}

/* Must this actor pause, with all others of its role on its queue? */
bool ft_lull(const struct ft_actor *actor)
{
	return READ_ONCE(actor->queue->lull[actor->role]);
}

/*
 * While the other role pauses, all actors of this role come to wait, and are watched: does
 * one wait although there is room, or an item? Nobody disturbs them then: that would
 * repair a lost wake-up.
 */
bool ft_watched(const struct ft_actor *actor)
{
	return READ_ONCE(actor->queue->lull[!actor->role]);
}

/*
 * Moves items in this thread, until it has done enough or is cancelled. Returns whether
 * it was cancelled.
 */
static bool live_by_itself(struct ft_actor *actor)
{
	unsigned int operations = ft_below(&actor->random,
					   READ_ONCE(ft.lives));
	int moved = 0;

	while (operations && moved != -ECANCELED && !READ_ONCE(actor->stop)) {
		ft_dawdle(actor, &actor->random);
		if (ft_lull(actor)) {
			ft_nap_us(LULL_POLL_US);
			continue;
		}
		moved = ft_transfer(actor, ft_any_op(&actor->random, false),
				    1 + ft_below(&actor->random, FT_BATCH));
		operations--;
	}
	return READ_ONCE(actor->cancelled);
}

/* Counts in which situation the life was cancelled. */
static void count_cancel(struct ft_actor *actor)
{
	struct ft_counts *counts = &actor->counts;

	if (!actor->used)
		ft_count(&counts->unused, 1);
	else if (actor->slept)
		ft_count(&counts->waiting, 1);
	else
		ft_count(&counts->between, 1);
}

static void live(struct ft_actor *actor)
{
	int err = ft_attach(actor);
	bool cancelled;

	if (err) {
		if (err != -ENOMEM)
			ft_error("%s: cannot attach: %d", actor->name, err);
		ft_nap_us(LULL_POLL_US);
		return;
	}
	ft_dawdle(actor, &actor->random);
	if (ft_one_in(&actor->random, 8))
		ft_expect_misuse_refused(actor);
	if (ft_one_in(&actor->random, 4))
		cancelled = ft_live_by_worker(actor);
	else
		cancelled = live_by_itself(actor);
	if (cancelled)
		count_cancel(actor);
	ft_detach(actor);
}

/* The kthread of an actor. main.c ends it. */
int ft_actor_run(void *data)
{
	struct ft_actor *actor = data;

	set_user_nice(current, MAX_NICE);
	while (!READ_ONCE(actor->stop))
		live(actor);
	complete(&actor->done);
	while (!kthread_should_stop()) {
		set_current_state(TASK_IDLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}
