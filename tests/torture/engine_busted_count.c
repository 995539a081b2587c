// SPDX-License-Identifier: GPL-2.0
/*
 * Broken on purpose: now and then it releases a token twice.
 */
#include "busted.h"

#define TWICE_ONE_IN	10000

static void often_up(struct semaphore *sem)
{
	static atomic_t times;

	if (!(atomic_inc_return(&times) % TWICE_ONE_IN))
		up(sem);
	up(sem);
}

#define fifo_engine_semaphore busted_count_original
#define up(sem) often_up(sem)
#include "../../fifo/engine/semaphore.c"

BUSTED_ENGINE(fifo_engine_busted_count, "busted-count");
