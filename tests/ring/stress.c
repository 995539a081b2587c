// SPDX-License-Identifier: GPL-2.0
/*
 * Many threads put to and get from a ring of fifo/engine/turns.h, in user space.
 *
 *	stress PRODUCERS CONSUMERS SIZE BATCH ITEMS block|drop
 *
 * moves ITEMS items, up to BATCH at a time. With "drop" a producer that finds the ring full
 * drops the oldest item. A thread that takes or drops an item checks that
 *
 * - all its words belong to the same item, and to the claimed position;
 * - it takes later positions each time, and later items of each producer;
 * - the depth is within bounds.
 *
 * At the end all items must have been taken or dropped, each once: as many, and with the
 * same sum of fingerprints, as were put. Prints a line and exits with 0, or prints what is
 * wrong and exits with 1. The slots are plain memory: ThreadSanitizer reports a thread that
 * uses a slot which it does not own.
 *
 * Positions start at half the ITEMS below 0, so that they wrap on the way.
 *
 * Broken on purpose, besides what shim.h has:
 *
 *	-DBROKEN_FILLED		a slot is handed over before its item is written
 *	-DBROKEN_FREED		a slot is handed over before its item was read
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "shim.h"
#include "../../fifo/engine/turns.h"

#define THREADS_MAX	64
#define STUCK_SECONDS	20

/* As large as an item of a queue: a cache line. */
struct item {
	u64 position;
	u64 source;
	u64 seq;
	u64 words[5];
};

struct tally {
	u64 items;
	u64 sum;
};

/* A thread. Only the thread itself writes here. */
struct actor {
	pthread_t thread;
	unsigned int number;
	u64 luck;
	atomic64_t steps;
	struct tally put;
	struct tally taken;
	struct tally dropped;
	u64 next_put;
	u64 next_taken;
	u64 seen[THREADS_MAX];
} ____cacheline_aligned_in_smp;

static unsigned int producers, consumers, batch;
static u64 size, items, start;
static bool drop;

static struct fifo_ring ring;
static atomic64_t *turns;
static struct item *slots;
static struct actor actors[THREADS_MAX];
static atomic_uint producers_left;
static atomic_uint actors_left;

__attribute__((noreturn, format(printf, 1, 2)))
static void reject(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	flockfile(stdout);
	vprintf(format, args);
	putchar('\n');
	fflush(stdout);
	_exit(1);
}

/* --- items --------------------------------------------------------------- */

static u64 mix(u64 x)
{
	x = (x ^ (x >> 31)) * 0x9e3779b97f4a7c15ull;
	return x ^ (x >> 29);
}

static u64 fingerprint(const struct item *item)
{
	return mix(mix(item->position) + mix(item->source << 48 | item->seq));
}

static void write_item(struct item *item, u64 position, u64 source, u64 seq)
{
	unsigned int i;

	item->position = position;
	item->source = source;
	item->seq = seq;
	for (i = 0; i < 5; i++)
		item->words[i] = position + i;
}

static void check_item(const struct item *item, u64 position)
{
	unsigned int i;

	if (item->position != position)
		reject("position %lld has the item of %lld", position,
		       item->position);
	for (i = 0; i < 5; i++)
		if (item->words[i] != position + i)
			reject("position %lld: word %u is of another item",
			       position, i);
}

static void count(struct tally *tally, const struct item *item)
{
	tally->items++;
	tally->sum += fingerprint(item);
}

/* --- what a thread does -------------------------------------------------- */

static void check_depth(u64 depth, u64 low, u64 high)
{
	if (depth < low || depth > high)
		reject("depth %lld is not within %llu and %llu", depth, low,
		       high);
}

static void check_later(u64 *next, u64 position, const char *what)
{
	if ((s64)(position - *next) < 0)
		reject("%s at %lld after %lld", what, position, *next - 1);
	*next = position + 1;
}

static void step(struct actor *me)
{
	atomic64_set(&me->steps, atomic64_read(&me->steps) + 1);
}

static void put_one(struct actor *me, u64 position)
{
	struct item *slot = &slots[fifo_ring_slot(&ring, position)];
	struct item item;

	check_later(&me->next_put, position, "put");
	check_depth(position + 1 - atomic64_read(&ring.head), 1, size);
	write_item(&item, position, me->number, me->put.items + 1);
	count(&me->put, &item);
#ifdef BROKEN_FILLED
	fifo_ring_filled(&ring, position);
	maybe_yield();
	*slot = item;
#else
	*slot = item;
	fifo_ring_filled(&ring, position);
#endif
}

static void take_one(struct actor *me, u64 position, struct tally *tally)
{
	struct item *slot = &slots[fifo_ring_slot(&ring, position)];
	struct item item;

	check_later(&me->next_taken, position, "taken");
	check_depth(atomic64_read(&ring.tail) - position - 1, 0, size - 1);
#ifdef BROKEN_FREED
	fifo_ring_freed(&ring, position);
	maybe_yield();
	item = *slot;
#else
	item = *slot;
	fifo_ring_freed(&ring, position);
#endif
	check_item(&item, position);
	if (item.seq <= me->seen[item.source])
		reject("item %llu of producer %llu after item %llu", item.seq,
		       item.source, me->seen[item.source]);
	me->seen[item.source] = item.seq;
	count(tally, &item);
}

static unsigned int put(struct actor *me, unsigned int n)
{
	unsigned int i, claimed;
	u64 position;

	claimed = fifo_ring_claim_free(&ring, n, &position);
	for (i = 0; i < claimed; i++)
		put_one(me, position + i);
	return claimed;
}

static unsigned int take(struct actor *me, unsigned int n)
{
	unsigned int i, claimed;
	u64 position;

	claimed = fifo_ring_claim_filled(&ring, n, &position);
	for (i = 0; i < claimed; i++)
		take_one(me, position + i, &me->taken);
	return claimed;
}

static bool drop_oldest(struct actor *me)
{
	u64 position;

	if (!fifo_ring_claim_oldest(&ring, &position))
		return false;
	take_one(me, position, &me->dropped);
	return true;
}

static unsigned int some(struct actor *me)
{
	me->luck = mix(me->luck + 1);
	return 1 + me->luck % batch;
}

static void *produce(void *arg)
{
	struct actor *me = arg;
	u64 share = items / producers + (me->number < items % producers);
	u64 left;

	while ((left = share - me->put.items)) {
		unsigned int n = some(me);

		if (put(me, n < left ? n : left) || (drop && drop_oldest(me)))
			step(me);
		else
			sched_yield();
		check_depth(fifo_ring_depth(&ring), 0, size);
	}
	atomic_fetch_sub(&producers_left, 1);
	atomic_fetch_sub(&actors_left, 1);
	return NULL;
}

/* Once nobody puts any more, a ring with nothing to take is empty. */
static void *consume(void *arg)
{
	struct actor *me = arg;
	bool last, moved;

	do {
		last = !atomic_load(&producers_left);
		moved = take(me, some(me));
		if (moved)
			step(me);
		else
			sched_yield();
		check_depth(fifo_ring_depth(&ring), 0, size);
	} while (moved || !last);
	atomic_fetch_sub(&actors_left, 1);
	return NULL;
}

/* --- all of them --------------------------------------------------------- */

static u64 all_steps(void)
{
	u64 steps = 0;
	unsigned int i;

	for (i = 0; i < producers + consumers; i++)
		steps += atomic64_read(&actors[i].steps);
	return steps;
}

/* While threads run, one of them must make progress. */
static void watch(void)
{
	const struct timespec tick = { .tv_nsec = 10000000 };
	u64 steps = 0, ticks = 0;

	while (atomic_load(&actors_left)) {
		nanosleep(&tick, NULL);
		if (steps != all_steps())
			ticks = 0;
		else if (++ticks == STUCK_SECONDS * 100)
			reject("nothing moves: head %lld, tail %lld",
			       atomic64_read(&ring.head),
			       atomic64_read(&ring.tail));
		steps = all_steps();
	}
}

static void init(void)
{
	u64 i;

	turns = calloc(size, sizeof(*turns));
	slots = calloc(size, sizeof(*slots));
	if (!turns || !slots)
		reject("no memory");
	fifo_ring_init(&ring, size, turns);
	start = -(items / 2);
	atomic64_set(&ring.tail, start);
	atomic64_set(&ring.head, start);
	for (i = 0; i < size; i++)
		atomic64_set(&turns[fifo_ring_slot(&ring, start + i)],
			     start + i);
}

static void run(void)
{
	unsigned int i;

	atomic_store(&producers_left, producers);
	atomic_store(&actors_left, producers + consumers);
	for (i = 0; i < producers + consumers; i++) {
		struct actor *actor = &actors[i];

		actor->number = i;
		actor->luck = i;
		actor->next_put = start;
		actor->next_taken = start;
		if (pthread_create(&actor->thread, NULL,
				   i < producers ? produce : consume, actor))
			reject("no thread");
	}
	watch();
	for (i = 0; i < producers + consumers; i++)
		pthread_join(actors[i].thread, NULL);
}

static void check_books(u64 ns)
{
	struct tally put = { 0 }, out = { 0 };
	u64 dropped = 0;
	unsigned int i;

	for (i = 0; i < producers + consumers; i++) {
		put.items += actors[i].put.items;
		put.sum += actors[i].put.sum;
		out.items += actors[i].taken.items + actors[i].dropped.items;
		out.sum += actors[i].taken.sum + actors[i].dropped.sum;
		dropped += actors[i].dropped.items;
	}
	if (put.items != out.items)
		reject("%llu items went in, %llu came out", put.items,
		       out.items);
	if (put.sum != out.sum)
		reject("what came out is not what went in");
	if (fifo_ring_depth(&ring))
		reject("%llu items are left", fifo_ring_depth(&ring));
	printf("%llu items, %llu dropped, %.1f s, %.0f ns each\n", put.items,
	       dropped, ns / 1e9, (double)ns / put.items);
}

static u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

int main(int argc, char **argv)
{
	u64 since;

	if (argc != 7)
		reject("usage: %s PRODUCERS CONSUMERS SIZE BATCH ITEMS block|drop",
		       argv[0]);
	producers = atoi(argv[1]);
	consumers = atoi(argv[2]);
	size = atoll(argv[3]);
	batch = atoi(argv[4]);
	items = atoll(argv[5]);
	drop = !strcmp(argv[6], "drop");
	if (!producers || !consumers || producers + consumers > THREADS_MAX ||
	    size < 2 || size & (size - 1) || !batch || !items)
		reject("bad arguments");
	init();
	since = now_ns();
	run();
	check_books(now_ns() - since);
	return 0;
}
