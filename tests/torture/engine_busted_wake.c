// SPDX-License-Identifier: GPL-2.0
/*
 * Broken on purpose: the last token that was released is kept back until the
 * next release, and so is the wake-up that goes with it.
 */
#include "busted.h"

/**
 * struct late_semaphore - a semaphore that gives back one too few
 * @sem: what remains; itself
 * @late: one was kept back; atomic
 */
struct late_semaphore {
	struct semaphore sem;
	atomic_t late;
};

static inline void late_init(struct late_semaphore *late, int count)
{
	sema_init(&late->sem, count);
	atomic_set(&late->late, 0);
}

static inline int late_trylock(struct late_semaphore *late)
{
	return down_trylock(&late->sem);
}

static inline void late_up(struct late_semaphore *late)
{
	if (atomic_xchg(&late->late, 1))
		up(&late->sem);
}

#define fifo_engine_semaphore busted_wake_original
#define semaphore late_semaphore
#define sema_init late_init
#define down_trylock late_trylock
#define up(sem) late_up(sem)
#include "../../fifo/engine_semaphore.c"

BUSTED_ENGINE(fifo_engine_busted_wake, "busted-wake");
