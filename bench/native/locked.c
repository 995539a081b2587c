// SPDX-License-Identifier: GPL-2.0
/*
 * A ring under a lock: a spinlock, a mutex, and a mutex with two condition variables, where
 * threads sleep.
 */
#include <stdlib.h>
#include "locks.h"
#include "native.h"

/* What the lock guards comes behind it. */
struct ring {
	union {
		spinlock_t spinlock;	/* the rest */
		struct {
			pthread_mutex_t mutex;
			pthread_cond_t room;
			pthread_cond_t filled;
		};
	};
	unsigned int producers;
	uint64_t head;
	uint64_t tail;
	struct item slots[SIZE] __attribute__((aligned(64)));
};

static void *make(unsigned int producers, uint64_t items)
{
	struct ring *ring = aligned_alloc(64, sizeof(*ring));

	(void)items;
	ring->producers = producers;
	ring->head = 0;
	ring->tail = 0;
	return ring;
}

static unsigned int fill(struct ring *ring, const struct item *items,
			 unsigned int n)
{
	unsigned int room = ring->head + SIZE - ring->tail, i;

	n = n < room ? n : room;
	for (i = 0; i < n; i++)
		ring->slots[ring->tail++ % SIZE] = items[i];
	return n;
}

static unsigned int drain(struct ring *ring, struct item *items,
			  unsigned int n)
{
	unsigned int depth = ring->tail - ring->head, i;

	n = n < depth ? n : depth;
	for (i = 0; i < n; i++)
		items[i] = ring->slots[ring->head++ % SIZE];
	return n;
}

/* --- a spinlock --------------------------------------------------------------- */

static void *spin_make(unsigned int producers, uint64_t items)
{
	struct ring *ring = make(producers, items);

	spin_lock_init(&ring->spinlock);
	return ring;
}

static unsigned int spin_put(void *queue, const struct item *items,
			     unsigned int n)
{
	struct ring *ring = queue;

	spin_lock(&ring->spinlock);
	n = fill(ring, items, n);
	spin_unlock(&ring->spinlock);
	return n;
}

static unsigned int spin_get(void *queue, struct item *items, unsigned int n)
{
	struct ring *ring = queue;

	spin_lock(&ring->spinlock);
	n = drain(ring, items, n);
	spin_unlock(&ring->spinlock);
	return n;
}

static const struct contender ring_spinlock = {
	.name = "ring+spinlock",
	.package = "-",
	.make = spin_make,
	.destroy = free,
	.put = spin_put,
	.get = spin_get,
};

CONTENDER(ring_spinlock);

/* --- a mutex ------------------------------------------------------------------ */

static void *mutex_make(unsigned int producers, uint64_t items)
{
	struct ring *ring = make(producers, items);

	pthread_mutex_init(&ring->mutex, NULL);
	pthread_cond_init(&ring->room, NULL);
	pthread_cond_init(&ring->filled, NULL);
	return ring;
}

static unsigned int mutex_put(void *queue, const struct item *items,
			      unsigned int n)
{
	struct ring *ring = queue;

	pthread_mutex_lock(&ring->mutex);
	n = fill(ring, items, n);
	pthread_mutex_unlock(&ring->mutex);
	return n;
}

static unsigned int mutex_get(void *queue, struct item *items, unsigned int n)
{
	struct ring *ring = queue;

	pthread_mutex_lock(&ring->mutex);
	n = drain(ring, items, n);
	pthread_mutex_unlock(&ring->mutex);
	return n;
}

static const struct contender ring_mutex = {
	.name = "ring+mutex",
	.package = "-",
	.make = mutex_make,
	.destroy = free,
	.put = mutex_put,
	.get = mutex_get,
};

CONTENDER(ring_mutex);

/* --- a mutex and condition variables ------------------------------------------- */

static unsigned int cond_put(void *queue, const struct item *items,
			     unsigned int n)
{
	struct ring *ring = queue;

	pthread_mutex_lock(&ring->mutex);
	while (ring->tail - ring->head == SIZE)
		pthread_cond_wait(&ring->room, &ring->mutex);
	n = fill(ring, items, n);
	pthread_mutex_unlock(&ring->mutex);
	pthread_cond_signal(&ring->filled);
	return n;
}

/* Returns 0 only when it is empty and all producers have left. */
static unsigned int cond_get(void *queue, struct item *items, unsigned int n)
{
	struct ring *ring = queue;

	pthread_mutex_lock(&ring->mutex);
	while (ring->tail == ring->head && ring->producers)
		pthread_cond_wait(&ring->filled, &ring->mutex);
	n = drain(ring, items, n);
	pthread_mutex_unlock(&ring->mutex);
	pthread_cond_signal(&ring->room);
	return n;
}

static void cond_detach(void *queue, bool produces)
{
	struct ring *ring = queue;

	if (!produces)
		return;
	pthread_mutex_lock(&ring->mutex);
	ring->producers--;
	pthread_mutex_unlock(&ring->mutex);
	pthread_cond_broadcast(&ring->filled);
}

static const struct contender ring_cond = {
	.name = "ring+mutex+condvar",
	.package = "-",
	.make = mutex_make,
	.destroy = free,
	.detach = cond_detach,
	.put = cond_put,
	.get = cond_get,
};

CONTENDER(ring_cond);
