/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fifo_torture.ko: random clients of the queues of fifo.ko, each item checked.
 *
 * Each queue has a random number of actors, producers and consumers. An actor is a kthread
 * that lives many lives: it attaches a port, moves items through it in one way or another,
 * itself or by a worker, until it has done enough or a disturber cancels the port, and
 * detaches it. Its puts form one stream, over all its lives: every item of a stream must
 * come out once and in order.
 */
#ifndef _FIFO_TORTURE_H
#define _FIFO_TORTURE_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/prandom.h>
#include <linux/types.h>
#include "fifo.h"

/* The most items that an actor asks for in one operation. */
#define FT_BATCH		32

/* How often a second the control thread takes a sample. */
#define FT_SAMPLES_HZ		10

/* This many samples in a row without any motion are a stall: 2 s. */
#define FT_STALL_SAMPLES	(2 * FT_SAMPLES_HZ)

/**
 * enum ft_policy - what a put does if the queue is full, as observed
 * @FT_BLOCK: it waits
 * @FT_DROP_NEWEST: its own item is dropped, and the port says so
 * @FT_DROP_OLDEST: another item is dropped
 */
enum ft_policy {
	FT_BLOCK,
	FT_DROP_NEWEST,
	FT_DROP_OLDEST,
};

/**
 * struct ft_counts - what an actor has done
 * @moved: items that it put or got
 * @dropped: those of them that its port reported as dropped
 * @missing: items that a full queue dropped silently
 * @operations: calls that move items
 * @waits: operations that slept
 * @attaches: ports
 * @workers: workers
 * @by_context: items that workers moved, by context
 * @rates: new rates given to a worker
 * @unused: ports cancelled before the first operation
 * @waiting: ports cancelled while an operation slept in them
 * @between: ports cancelled at any other time
 *
 * The actor's user writes them; others read them at any time.
 */
struct ft_counts {
	u64 moved;
	u64 dropped;
	u64 missing;
	u64 operations;
	u64 waits;
	u64 attaches;
	u64 workers;
	u64 by_context[FIFO_CONTEXT_TIMER + 1];
	u64 rates;
	u64 unused;
	u64 waiting;
	u64 between;
};

/**
 * struct ft_seen - the last item that a consumer got of a stream
 * @seq: its number in the stream, or 0
 * @life: the producer's life in which it was put
 * @source: the source of this life
 */
struct ft_seen {
	u64 seq;
	u32 life;
	u32 source;
};

/**
 * struct ft_actor - a producer or a consumer
 * @queue: its queue; constant
 * @role: which end of it; constant
 * @index: which one of this role; constant
 * @name: the name of its ports; constant
 * @task: its kthread; the control thread
 * @done: it has ended, and waits for kthread_stop(); the kthread
 * @random: state of its kthread's random numbers; the kthread
 * @late: samples in a row in which it waited although cancelled; the control
 *	thread
 * @late_life: the life to which @late belongs; the control thread
 * @lock: keeps its port and its worker in place; guards the next five
 * @port: its port, or NULL between two lives; @lock, and the user
 * @worker: its worker, when others may disturb it; @lock
 * @cancelled: the port is, or is about to be, cancelled; written under @lock
 * @dismissed: its worker was cancelled, the first phase of stopping it; written under
 *	@lock
 * @stop: it must end; written under @lock
 * @life: which one, from 1; the user, read by the control thread
 * @nth: items put in this life; the user
 * @used: an operation was begun in this life; the user
 * @inside: the task that is in an operation; the user, read by the control thread
 * @stalled: its worker's timer waits for a wake-up; the user, and the task that sets its
 *	rate; read by the control thread
 * @slept: the last operation slept; the user
 * @max_depth: the largest depth that it saw; the user
 * @next: the stream's next item; the user, read by consumers
 * @outstanding: a producer's items that are put and not got, one bit each,
 *	by their number modulo the queue's window; atomic
 * @seen: for a consumer, the last item of each producer of the queue; the user
 * @counts: what it has done
 * @items: room for an operation; the user
 *
 * "The user" is the actor's kthread; from the start of a worker until it is destroyed, the
 * worker's run; without any of them, the control thread.
 */
struct ft_actor {
	struct ft_queue *queue;
	enum fifo_role role;
	unsigned int index;
	char name[FIFO_NAME_LEN];
	struct task_struct *task;
	struct completion done;
	struct rnd_state random;
	unsigned int late;
	u32 late_life;

	/* Outer to all locks of fifo.ko. */
	struct mutex lock;
	struct fifo_port *port;
	struct fifo_worker *worker;
	bool cancelled;
	bool dismissed;
	bool stop;

	u32 life;
	u64 nth;
	bool used;
	struct task_struct *inside;
	bool stalled;
	bool slept;
	unsigned int max_depth;
	u64 next;
	unsigned long *outstanding;
	struct ft_seen *seen;
	struct ft_counts counts;
	struct fifo_item items[FT_BATCH];
};

/**
 * struct ft_queue - a queue under torture
 * @index: which one; constant
 * @size: how many items fit; constant
 * @policy: what it does when it is full; constant once it is known
 * @window: bits of each stream's @outstanding, a power of two; constant
 * @start: the ledger when the torture began; constant
 * @left: items found in it at the end; the control thread
 * @actors: by role; constant
 * @n: how many of each; constant
 * @lull: the actors of a role pause; the control thread, read by all
 * @lull_samples: samples until @lull changes; the control thread
 * @moved: items moved up to the last sample; the control thread
 * @still: for each role, samples since something moved in which an actor waited for what
 *	was there; the control thread
 */
struct ft_queue {
	unsigned int index;
	unsigned int size;
	enum ft_policy policy;
	unsigned long window;
	struct fifo_ledger start;
	u64 left;
	struct ft_actor *actors[2];
	unsigned int n[2];
	bool lull[2];
	unsigned int lull_samples;
	u64 moved;
	unsigned int still[2];
};

/**
 * struct ft_op - a way to move items
 * @move: by role: move up to n items; how many, or a negative errno
 * @waits: it may wait
 * @many: it moves up to @n items, not just one
 */
struct ft_op {
	int (*move[2])(struct fifo_port *port, struct fifo_item *items,
		       unsigned int n);
	bool waits;
	bool many;
};

/**
 * struct ft_torture - the whole torture
 * @queues: the queues; constant while other threads run
 * @nr_queues: how many; constant
 * @long_delay: milliseconds of the longest delay, or 0; constant
 * @stutter: mean seconds between two lulls of a queue, or 0; constant
 * @lives: most operations of a life, redrawn now and then; the control thread
 * @pause_us: mean pause of a disturber, redrawn too; the control thread
 * @random: state of the control thread's random numbers; the control thread
 */
struct ft_torture {
	struct ft_queue *queues;
	unsigned int nr_queues;
	unsigned int long_delay;
	unsigned int stutter;
	unsigned int lives;
	unsigned int pause_us;
	struct rnd_state random;
};

extern struct ft_torture ft;

static inline void ft_seed(struct rnd_state *random)
{
	prandom_seed_state(random, prandom_u32_state(&ft.random));
}

static inline u32 ft_below(struct rnd_state *random, u32 limit)
{
	return prandom_u32_state(random) % limit;
}

static inline bool ft_one_in(struct rnd_state *random, u32 n)
{
	return !ft_below(random, n);
}

/* For a counter with one writer, whose readers may see an old value. */
static inline void ft_count(u64 *counter, u64 n)
{
	WRITE_ONCE(*counter, *counter + n);
}

#define ft_for_each_queue(_queue)					\
	for ((_queue) = ft.queues; (_queue) < ft.queues + ft.nr_queues;	\
	     (_queue)++)

#define ft_for_each_actor(_actor, _queue, _role)			\
	for ((_actor) = (_queue)->actors[_role];			\
	     (_actor) < (_queue)->actors[_role] + (_queue)->n[_role];	\
	     (_actor)++)

/* report.c */
__printf(1, 2) void ft_error(const char *format, ...);
unsigned int ft_errors(void);
void ft_report_start(void);
void ft_report_plan(void);
void ft_report_progress(void);
void ft_report_queues(void);
void ft_report_end(void);

/* make.c */
int ft_make(unsigned int producers, unsigned int consumers);
void ft_free(void);
void ft_for_all_actors(void (*function)(struct ft_actor *actor));

/* actor.c */
int ft_attach(struct ft_actor *actor);
void ft_detach(struct ft_actor *actor);
void ft_nap_us(unsigned int us);
void ft_dawdle(const struct ft_actor *actor, struct rnd_state *random);
bool ft_lull(const struct ft_actor *actor);
bool ft_watched(const struct ft_actor *actor);
int ft_actor_run(void *data);

/* worker.c */
bool ft_live_by_worker(struct ft_actor *actor);
void ft_set_rate(struct ft_actor *actor, struct fifo_worker *worker, u64 rate);

/* transfer.c */
const struct ft_op *ft_any_op(struct rnd_state *random, bool nowait);
extern const struct ft_op ft_op_try;
int ft_transfer(struct ft_actor *actor, const struct ft_op *op,
		unsigned int n);
void ft_mark_cancelled(struct ft_actor *actor);
void ft_expect_refusal(struct ft_actor *actor, struct fifo_port *port);
void ft_expect_misuse_refused(struct ft_actor *actor);

/* check.c */
void ft_check_before_put(struct ft_actor *actor, unsigned int n);
void ft_check_after_put(struct ft_actor *actor, unsigned int n,
			unsigned int put);
void ft_check_got(struct ft_actor *actor, unsigned int got);
void ft_check_books(struct ft_queue *queue);

/* disturb.c */
int ft_disturber_run(void *data);
unsigned int ft_lull_interval(void);
void ft_lull_sample(struct ft_queue *queue);

/* stall.c */
void ft_stall_sample(struct ft_queue *queue);

/* quiet.c */
void ft_learn(struct ft_queue *queue);
void ft_settle(struct ft_queue *queue);

#endif /* _FIFO_TORTURE_H */
