// SPDX-License-Identifier: GPL-2.0
/*
 * Broken on purpose: the unchanged semaphore engine, in queues that lose wake-ups. See
 * busted_queue.c.
 */
#include "busted.h"

#define fifo_engine_semaphore busted_wake_original
#include "../../fifo/engine/semaphore.c"

BUSTED_ENGINE(fifo_engine_busted_wake, "busted-wake");
