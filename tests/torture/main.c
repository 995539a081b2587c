// SPDX-License-Identifier: GPL-2.0
/*
 * Tortures the queues of fifo.ko for a time.
 *
 * The control thread does everything in turn: it starts the actors and disturbers, samples
 * the queues, ends all threads when the time is over or the module is unloaded, and
 * judges. It ends them in this order:
 *
 * - The disturbers first: kthread_stop() waits for them, and they wait only for a short
 *   nap and an actor's lock. From then on only the actor and the control thread touch an
 *   actor's port or worker.
 * - Under its lock, each actor is told to stop, and its port is cancelled. An actor without
 *   a port takes the lock later, to attach. It does not use that port, since it reads
 *   @stop before each operation. A worker may use it, but its life is bounded.
 * - Each actor sets @done when it has ended, and only then kthread_stop() is called: a
 *   thread that is being stopped has a signal pending, which would end its wait, and so
 *   hide a wait that the cancellation did not end.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/torture.h>
#include "torture.h"

torture_param(int, seconds, 30, "How long to run, 0: until it is unloaded");
torture_param(int, producers, 4, "Most producers of a queue, which are a random number");
torture_param(int, consumers, 4, "Most consumers of a queue, which are a random number");
torture_param(int, disturbers, 2, "Threads that cancel ports and change rates, 0=disable");
torture_param(int, shuffle_interval, 500, "ms until attaches and cancels change pace, 0=disable");
torture_param(int, stutter, 4, "Mean seconds between pauses of one end of a queue, 0=disable");
torture_param(int, long_delay, 200, "Milliseconds of the longest delay, 0=disable");
torture_param(int, stat_interval, 10, "Seconds between statistics, 0=disable");
torture_param(ulong, seed, 0, "Of all random numbers, 0: a random one");

#define MOST_ACTORS	64
#define MOST_DISTURBERS	16

/* A cancelled actor must end within this many seconds. */
#define END_SECONDS	5

struct ft_torture ft;

static struct task_struct *control;

/**
 * struct disturber - a thread that disturbs the actors
 * @random: state of its random numbers; only its kthread
 * @task: its kthread
 */
struct disturber {
	struct rnd_state random;
	struct task_struct *task;
};

static struct disturber all_disturbers[MOST_DISTURBERS];

/* Running it. */

/* Draws how frequent things are for a while, by orders of magnitude. */
static void shuffle(void)
{
	WRITE_ONCE(ft.lives, 2 << ft_below(&ft.random, 12));
	WRITE_ONCE(ft.pause_us, 100 << ft_below(&ft.random, 10));
}

static void start_actor(struct ft_actor *actor)
{
	actor->task = kthread_run(ft_actor_run, actor, "%s", actor->name);
	if (IS_ERR(actor->task)) {
		ft_error("%s: no thread: %ld", actor->name,
			 PTR_ERR(actor->task));
		actor->task = NULL;
	}
}

static void start_disturber(struct disturber *disturber)
{
	ft_seed(&disturber->random);
	disturber->task = kthread_run(ft_disturber_run, &disturber->random,
				      "torture-x%ld",
				      (long)(disturber - all_disturbers));
	if (IS_ERR(disturber->task)) {
		ft_error("no thread to disturb: %ld",
			 PTR_ERR(disturber->task));
		disturber->task = NULL;
	}
}

static void begin(void)
{
	struct ft_queue *queue;
	int i;

	ft_report_start();
	ft_for_each_queue(queue)
		ft_learn(queue);
	ft_report_plan();
	shuffle();
	ft_for_all_actors(start_actor);
	for (i = 0; i < disturbers; i++)
		start_disturber(&all_disturbers[i]);
}

/* Takes the @n-th sample: FT_SAMPLES_HZ times a second. */
static void sample(unsigned int n)
{
	struct ft_queue *queue;

	ft_for_each_queue(queue) {
		ft_stall_sample(queue);
		ft_lull_sample(queue);
	}
	if (shuffle_interval &&
	    !(n % max(shuffle_interval * FT_SAMPLES_HZ / 1000, 1)))
		shuffle();
	if (stat_interval && !(n % (stat_interval * FT_SAMPLES_HZ)))
		ft_report_progress();
}

static void run(void)
{
	unsigned long end = jiffies + seconds * HZ;
	unsigned int n = 0;

	while (!kthread_should_stop() && (!seconds || time_before(jiffies, end))) {
		schedule_timeout_interruptible(HZ / FT_SAMPLES_HZ);
		sample(++n);
	}
}

/* Ending it. */

static void tell_to_stop(struct ft_actor *actor)
{
	mutex_lock(&actor->lock);
	WRITE_ONCE(actor->stop, true);
	if (actor->port) {
		ft_mark_cancelled(actor);
		fifo_cancel(actor->port);
	}
	mutex_unlock(&actor->lock);
}

static void end_actor(struct ft_actor *actor)
{
	if (!actor->task)
		return;
	if (!wait_for_completion_timeout(&actor->done, END_SECONDS * HZ))
		ft_error("%s: still runs %u s after it was cancelled",
			 actor->name, END_SECONDS);
	kthread_stop(actor->task);
	actor->task = NULL;
}

static void end(void)
{
	struct ft_queue *queue;
	int i;

	for (i = 0; i < disturbers; i++)
		if (all_disturbers[i].task)
			kthread_stop(all_disturbers[i].task);
	ft_for_all_actors(tell_to_stop);
	ft_for_all_actors(end_actor);
	ft_report_progress();
	ft_for_each_queue(queue) {
		ft_settle(queue);
		ft_check_books(queue);
	}
	ft_report_queues();
	ft_report_end();
}

static int control_run(void *unused)
{
	begin();
	run();
	end();
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	return 0;
}

static bool parameters_valid(void)
{
	return seconds >= 0 && producers >= 1 && producers <= MOST_ACTORS &&
	       consumers >= 1 && consumers <= MOST_ACTORS && disturbers >= 0 &&
	       disturbers <= MOST_DISTURBERS && shuffle_interval >= 0 &&
	       stutter >= 0 && stutter <= 1000 && long_delay >= 0 &&
	       long_delay <= 1000 && stat_interval >= 0;
}

static int __init fifo_torture_init(void)
{
	int err;

	if (!parameters_valid()) {
		pr_err("a parameter is out of range\n");
		return -EINVAL;
	}
	if (!seed)
		seed = get_random_u32();
	prandom_seed_state(&ft.random, seed);
	ft.stutter = stutter;
	ft.long_delay = long_delay;
	pr_info("seed=%lu seconds=%d producers=%d consumers=%d disturbers=%d shuffle_interval=%d stutter=%d long_delay=%d\n",
		seed, seconds, producers, consumers, disturbers,
		shuffle_interval, stutter, long_delay);
	err = ft_make(producers, consumers);
	if (err)
		goto free;
	control = kthread_run(control_run, NULL, "torture-control");
	if (IS_ERR(control)) {
		err = PTR_ERR(control);
		goto free;
	}
	return 0;
free:
	ft_free();
	return err;
}
module_init(fifo_torture_init);

/* The control thread ends all other threads, if it has not done so yet. */
static void __exit fifo_torture_exit(void)
{
	kthread_stop(control);
	ft_free();
}
module_exit(fifo_torture_exit);

MODULE_DESCRIPTION("Tortures the queues of fifo.ko, and checks each item");
MODULE_LICENSE("GPL");
