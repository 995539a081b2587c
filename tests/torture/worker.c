// SPDX-License-Identifier: GPL-2.0
/*
 * A life in which a worker moves the actor's items, at changing rates.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include "torture.h"

/* The longest life of a worker, and the time between two changes of its rate. */
#define LIFE_MS		400
#define RATE_US		30000

/* Naps to wait for a worker whose port is cancelled: 5 s, as all rates are at least 1/s. */
#define END_US		20000
#define END_NAPS	250

/**
 * struct labour - the worker of a life
 * @actor: its actor; constant
 * @random: state of its random numbers; the worker's run
 * @context: where it runs; constant from its start on
 * @count: how many items it must move, or 0; constant
 * @moved: how many it moved; the worker's run
 * @running: it is in its function; the worker's run
 * @stopped: how often its operation "stopped" was called; the worker's run, read by the
 *	actor's kthread
 */
struct labour {
	struct ft_actor *actor;
	struct rnd_state random;
	enum fifo_context context;
	u64 count;
	u64 moved;
	bool running;
	unsigned int stopped;
};

static int labour_move(void *data, unsigned int n, bool nowait)
{
	struct labour *labour = data;
	struct ft_actor *actor = labour->actor;
	int moved;

	if (labour->running || labour->stopped || !n ||
	    (labour->count && labour->moved + n > labour->count))
		ft_error("%s: its worker is to move %u items, after %llu of %llu%s%s",
			 actor->name, n, labour->moved, labour->count,
			 labour->running ? ", twice at a time" : "",
			 labour->stopped ? ", after its end" : "");
	WRITE_ONCE(actor->stalled, false);
	if (ft_lull(actor) && !READ_ONCE(actor->cancelled))
		return -EAGAIN;
	labour->running = true;
	if (!nowait)
		ft_dawdle(actor, &labour->random);
	moved = ft_transfer(actor, ft_any_op(&labour->random, nowait),
			    min_t(unsigned int, n, FT_BATCH));
	labour->moved += max(moved, 0);
	ft_count(&actor->counts.by_context[labour->context], max(moved, 0));
	WRITE_ONCE(actor->stalled, nowait && moved == -EAGAIN);
	labour->running = false;
	return moved;
}

static void labour_stopped(void *data)
{
	struct labour *labour = data;

	WRITE_ONCE(labour->stopped, labour->stopped + 1);
}

static const struct fifo_worker_ops labour_ops = {
	.move = labour_move,
	.stopped = labour_stopped,
};

/* Draws a rate: 1/s, 2/s, 4/s … 8 million/s, or unlimited. */
static u64 any_rate(struct rnd_state *random)
{
	if (ft_one_in(random, 3))
		return FIFO_RATE_UNLIMITED;
	return 1000ULL << ft_below(random, 24);
}

/*
 * Draws a context; no timer if the queue's engine sleeps. One in four is pinned, to the
 * processor that is always online.
 */
static struct fifo_worker *hire(struct labour *labour)
{
	struct ft_actor *actor = labour->actor;
	struct fifo_worker_config config = {
		.name = actor->name,
		.index = actor->life,
		.context = ft_below(&actor->random, FIFO_CONTEXT_TIMER + 1),
		.rate = any_rate(&actor->random),
		.count = labour->count,
		.pinned = !ft_below(&actor->random, 4),
		.ops = &labour_ops,
		.data = labour,
	};
	struct fifo_worker *worker;

	worker = fifo_worker_create(actor->port, &config);
	if (PTR_ERR_OR_ZERO(worker) == -EOPNOTSUPP &&
	    config.context == FIFO_CONTEXT_TIMER) {
		config.context = FIFO_CONTEXT_WORK;
		worker = fifo_worker_create(actor->port, &config);
	}
	labour->context = config.context;
	return worker;
}

/* Lets others disturb the worker, even before it is started. */
static void show(struct ft_actor *actor, struct fifo_worker *worker)
{
	mutex_lock(&actor->lock);
	actor->worker = worker;
	mutex_unlock(&actor->lock);
}

/*
 * From here on nobody else has the worker. Its end, which follows, cancels the port.
 * Returns whether the port was cancelled before.
 */
static bool take_back(struct ft_actor *actor)
{
	bool cancelled;

	mutex_lock(&actor->lock);
	actor->worker = NULL;
	cancelled = actor->cancelled;
	ft_mark_cancelled(actor);
	mutex_unlock(&actor->lock);
	return cancelled;
}

/*
 * At a new rate less may be due, and a stalled timer then does not stall any more. It sets
 * the flag again when it next waits: earlier than a stall is reported, as all rates are at
 * least 1/s.
 */
void ft_set_rate(struct ft_actor *actor, struct fifo_worker *worker, u64 rate)
{
	WRITE_ONCE(actor->stalled, false);
	fifo_worker_set_rate(worker, rate);
}

/*
 * Changes its rate now and then, until it ends or has worked long enough. Leaves it alone
 * while it is watched.
 */
static void let_work(struct labour *labour, struct fifo_worker *worker)
{
	struct ft_actor *actor = labour->actor;
	u64 until = ktime_get_ns() +
		    ft_below(&actor->random, LIFE_MS) * NSEC_PER_MSEC;

	while (!READ_ONCE(actor->stop) && !READ_ONCE(actor->cancelled) &&
	       !READ_ONCE(labour->stopped) &&
	       (ktime_get_ns() < until || ft_watched(actor))) {
		ft_nap_us(1 + ft_below(&actor->random, RATE_US));
		if (ft_watched(actor))
			continue;
		ft_set_rate(actor, worker, any_rate(&actor->random));
		ft_count(&actor->counts.rates, 1);
	}
}

/*
 * A worker whose port is cancelled ends by itself. Stopping it would hide a cancellation
 * that woke nobody, so wait for that end first.
 */
static void expect_end(struct labour *labour)
{
	struct ft_actor *actor = labour->actor;
	unsigned int naps = 0;

	while (!READ_ONCE(labour->stopped) && !READ_ONCE(actor->dismissed) &&
	       !READ_ONCE(actor->stop)) {
		if (naps++ == END_NAPS) {
			ft_error("%s: its worker goes on %u s after its port was cancelled",
				 actor->name,
				 END_NAPS * END_US / (unsigned int)USEC_PER_SEC);
			return;
		}
		ft_nap_us(END_US);
	}
}

/* Ends the worker by the first phase, by the second, or by none. */
static void dismiss(struct ft_actor *actor, struct fifo_worker *worker)
{
	switch (ft_below(&actor->random, 3)) {
	case 0:
		fifo_worker_cancel(worker);
		fallthrough;
	case 1:
		fifo_worker_stop(worker);
	}
}

/* The worker has stopped: checks what it reports of itself. */
static void check_worker(struct labour *labour, struct fifo_worker *worker,
			 u64 started)
{
	const char *name = labour->actor->name;
	u64 most = ktime_get_ns() - started;

	if (fifo_worker_moved(worker) != labour->moved)
		ft_error("%s: its worker says %llu items, not %llu", name,
			 fifo_worker_moved(worker), labour->moved);
	if (started && fifo_worker_elapsed(worker) > most)
		ft_error("%s: its worker ran for %llu ns within %llu ns", name,
			 fifo_worker_elapsed(worker), most);
	if (labour->stopped != (started ? 1 : 0))
		ft_error("%s: its worker stopped %u times", name,
			 labour->stopped);
}

/*
 * From its start until it has stopped, the worker is the actor's user. Now and then it is
 * never started, or cancelled before the start.
 */
static bool employ(struct labour *labour, struct fifo_worker *worker)
{
	struct ft_actor *actor = labour->actor;
	u64 started = 0;
	bool cancelled;

	show(actor, worker);
	ft_dawdle(actor, &actor->random);
	if (!ft_one_in(&actor->random, 16)) {
		started = ktime_get_ns();
		fifo_worker_start(worker);
		let_work(labour, worker);
		if (READ_ONCE(actor->cancelled))
			expect_end(labour);
	}
	cancelled = take_back(actor);
	dismiss(actor, worker);
	fifo_worker_stop(worker);
	WRITE_ONCE(actor->stalled, false);
	check_worker(labour, worker, started);
	fifo_worker_destroy(worker);
	return cancelled;
}

/* One life. Returns whether it was cancelled. */
bool ft_live_by_worker(struct ft_actor *actor)
{
	struct labour labour = { .actor = actor };
	struct fifo_worker *worker;

	prandom_seed_state(&labour.random, prandom_u32_state(&actor->random));
	if (ft_one_in(&actor->random, 4))
		labour.count = 1 + ft_below(&actor->random, 1000);
	worker = hire(&labour);
	if (IS_ERR(worker)) {
		if (PTR_ERR(worker) != -ENOMEM)
			ft_error("%s: no worker: %ld", actor->name,
				 PTR_ERR(worker));
		return false;
	}
	ft_count(&actor->counts.workers, 1);
	return employ(&labour, worker);
}
