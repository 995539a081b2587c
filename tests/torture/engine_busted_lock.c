// SPDX-License-Identifier: GPL-2.0
/*
 * Broken on purpose: nothing guards the array. Now and then there is a delay between
 * reading the depth and writing it, so that the race is sure to show.
 */
#include <linux/delay.h>
#include "busted.h"

#define SLOW_ONE_IN	32
#define SLOW_US		20

static inline void no_lock(struct mutex *lock)
{
}

static inline int no_trylock(struct mutex *lock)
{
	return 1;
}

static void write_slowly(unsigned int *to, unsigned int value)
{
	static unsigned int times;

	if (!(times++ % SLOW_ONE_IN))
		udelay(SLOW_US);
	WRITE_ONCE(*to, value);
}

#undef mutex_lock
#undef mutex_trylock
#undef mutex_unlock
#undef WRITE_ONCE
#define fifo_engine_semaphore busted_lock_original
#define mutex_lock no_lock
#define mutex_trylock no_trylock
#define mutex_unlock no_lock
#define WRITE_ONCE(to, value) write_slowly(&(to), value)
#include "../../fifo/engine/semaphore.c"

BUSTED_ENGINE(fifo_engine_busted_lock, "busted-lock");
