// SPDX-License-Identifier: GPL-2.0
/*
 * A run: threads move items through a queue, and check each of them.
 *
 * An item has a number, of its producer and among its items, in all its words. A consumer
 * checks that they are of one item, and that it gets those of each producer in order. In the
 * end as many must have come out as went in, and the same: the sums of their fingerprints
 * are equal.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include "native.h"

#define PAIRS_MAX	8

/* The number of a producer is in the highest bits of its items. */
#define PRODUCER_SHIFT	48

/**
 * struct course - what the threads of a run share
 * @contender: the queue's kind
 * @queue: the queue
 * @batch: items at a time
 * @share: items of each producer
 * @shared: some threads share a processor
 * @threads: how many there are
 * @ready: how many are ready to start
 * @started: when the last one was, in nanoseconds; 0: not yet
 * @producing: how many producers are not done yet
 */
struct course {
	const struct contender *contender;
	void *queue;
	unsigned int batch;
	uint64_t share;
	bool shared;
	unsigned int threads;
	alignas(64) atomic_uint ready;
	atomic_ullong started;
	alignas(64) atomic_uint producing;
};

/**
 * struct actor - a thread, which alone writes here
 * @course: the run
 * @number: among the producers, or the consumers
 * @cpu: its processor
 * @items: how many it has moved
 * @sum: of their fingerprints
 * @next: the least number that may come next of each producer
 * @ended: when it was done
 * @preempted: how often it had to leave the processor
 */
struct actor {
	struct course *course;
	pthread_t thread;
	unsigned int number;
	unsigned int cpu;
	uint64_t items;
	uint64_t sum;
	uint64_t next[PAIRS_MAX];
	uint64_t ended;
	long preempted;
} __attribute__((aligned(64)));

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static void relax(bool shared)
{
	if (shared)
		sched_yield();
	else
		__builtin_ia32_pause();
}

/* --- items ------------------------------------------------------------------ */

static uint64_t fingerprint(uint64_t id)
{
	id = (id ^ (id >> 31)) * 0x9e3779b97f4a7c15ull;
	return id ^ (id >> 29);
}

static void note(struct actor *me, uint64_t id)
{
	me->items++;
	me->sum += fingerprint(id);
}

static void fill(struct actor *me, struct item *items, unsigned int n)
{
	uint64_t id;
	unsigned int i, word;

	for (i = 0; i < n; i++) {
		id = (uint64_t)me->number << PRODUCER_SHIFT | me->items;
		items[i].type = 256;
		items[i].len = sizeof(items[i].words);
		for (word = 0; word < WORDS; word++)
			items[i].words[word] = id + word;
		note(me, id);
	}
}

static void check(struct actor *me, const struct item *item)
{
	const char *name = me->course->contender->name;
	uint64_t id = item->words[0], producer = id >> PRODUCER_SHIFT;
	uint64_t number = id & ((1ull << PRODUCER_SHIFT) - 1);
	unsigned int word;

	for (word = 1; word < WORDS; word++)
		if (item->words[word] != id + word)
			errx(1, "%s: an item has words of another", name);
	if (producer >= PAIRS_MAX || number < me->next[producer])
		errx(1, "%s: item %llu comes after item %llu", name,
		     (unsigned long long)number,
		     (unsigned long long)me->next[producer] - 1);
	me->next[producer] = number + 1;
	note(me, id);
}

/* --- what a thread does ------------------------------------------------------- */

static void pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	errno = pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
	if (errno)
		err(1, "processor %u", cpu);
}

/*
 * If this program may ask for that, nothing else preempts a thread. Those that share a
 * processor take turns, which real-time threads do slowly.
 */
static void take_priority(bool shared)
{
	const struct sched_param param = { .sched_priority = 1 };

	if (shared)
		setpriority(PRIO_PROCESS, 0, -20);
	else
		pthread_setschedparam(pthread_self(), SCHED_FIFO, &param);
}

static long preemptions(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nivcsw;
}

/* All start at once, when each of them has its processor. Returns the thread's end. */
static void *start(struct actor *me, bool produces)
{
	struct course *course = me->course;
	const struct contender *contender = course->contender;
	void *end = course->queue;

	pin(me->cpu);
	take_priority(me->course->shared);
	if (contender->attach)
		end = contender->attach(course->queue, produces);
	if (atomic_fetch_add(&course->ready, 1) + 1 == course->threads)
		atomic_store(&course->started, now_ns());
	while (!atomic_load(&course->started))
		relax(course->shared);
	me->preempted = preemptions();
	return end;
}

static void finish(struct actor *me, void *end, bool produces)
{
	const struct contender *contender = me->course->contender;

	me->ended = now_ns();
	me->preempted = preemptions() - me->preempted;
	if (contender->detach)
		contender->detach(end, produces);
}

static void put_all(struct actor *me, void *end, const struct item *items,
		    unsigned int n)
{
	const struct contender *contender = me->course->contender;
	unsigned int put;

	while (n) {
		put = contender->put(end, items, n);
		if (!put)
			relax(me->course->shared);
		items += put;
		n -= put;
	}
}

static void *produce(void *arg)
{
	struct actor *me = arg;
	struct course *course = me->course;
	struct item items[BATCH] = { 0 };
	void *end = start(me, true);

	while (me->items < course->share) {
		fill(me, items, course->batch);
		put_all(me, end, items, course->batch);
	}
	finish(me, end, true);
	atomic_fetch_sub(&course->producing, 1);
	return NULL;
}

/* Once all producers are done, a queue with nothing in it stays empty. */
static void *consume(void *arg)
{
	struct actor *me = arg;
	struct course *course = me->course;
	struct item items[BATCH];
	void *end = start(me, false);
	unsigned int n, i;
	bool last;

	do {
		last = !atomic_load(&course->producing);
		n = course->contender->get(end, items, course->batch);
		for (i = 0; i < n; i++)
			check(me, &items[i]);
		if (!n)
			relax(course->shared);
	} while (n || !last);
	finish(me, end, false);
	return NULL;
}

/* --- all of them -------------------------------------------------------------- */

/* Processor n of those that this program may use, from the first again when all are used. */
static unsigned int find_cpu(unsigned int n)
{
	cpu_set_t set;
	unsigned int cpu = 0;

	sched_getaffinity(0, sizeof(set), &set);
	n %= CPU_COUNT(&set);
	while (n || !CPU_ISSET(cpu, &set))
		n -= CPU_ISSET(cpu++, &set) ? 1 : 0;
	return cpu;
}

unsigned int processors(void)
{
	cpu_set_t set;

	sched_getaffinity(0, sizeof(set), &set);
	return CPU_COUNT(&set);
}

static void check_books(const struct course *course, const struct actor *actors)
{
	unsigned int pairs = course->threads / 2, i;
	uint64_t put = 0, got = 0, sum = 0;

	for (i = 0; i < pairs; i++) {
		put += actors[i].items;
		got += actors[pairs + i].items;
		sum += actors[i].sum - actors[pairs + i].sum;
	}
	if (put != got)
		errx(1, "%s: %llu items went in, %llu came out",
		     course->contender->name, (unsigned long long)put,
		     (unsigned long long)got);
	if (sum)
		errx(1, "%s: what came out is not what went in",
		     course->contender->name);
}

static uint64_t ended(const struct actor *actors, unsigned int n, bool *quiet)
{
	uint64_t last = 0;
	unsigned int i;

	*quiet = true;
	for (i = 0; i < n; i++) {
		last = actors[i].ended > last ? actors[i].ended : last;
		*quiet = *quiet && !actors[i].preempted;
	}
	return last;
}

uint64_t run(const struct contender *contender, unsigned int pairs,
	     unsigned int batch, uint64_t items, bool *quiet)
{
	static struct course course;
	static struct actor actors[2 * PAIRS_MAX];
	unsigned int i;

	course = (struct course){
		.contender = contender,
		.queue = contender->make(pairs, items),
		.batch = batch,
		.share = items / pairs,
		.shared = 2 * pairs > processors(),
		.threads = 2 * pairs,
		.producing = pairs,
	};
	for (i = 0; i < 2 * pairs; i++) {
		actors[i] = (struct actor){
			.course = &course,
			.number = i % pairs,
			.cpu = find_cpu(i),
		};
		errno = pthread_create(&actors[i].thread, NULL,
				       i < pairs ? produce : consume,
				       &actors[i]);
		if (errno)
			err(1, "a thread");
	}
	for (i = 0; i < 2 * pairs; i++)
		pthread_join(actors[i].thread, NULL);
	check_books(&course, actors);
	contender->destroy(course.queue);
	return ended(actors, 2 * pairs, quiet) - course.started;
}
