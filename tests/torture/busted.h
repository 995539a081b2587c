/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Engines that are broken on purpose, each in one way, for a fifo.ko that the torture must
 * fail. Each is the semaphore engine with one piece redefined, in it or in the queue
 * around it.
 */
#ifndef _FIFO_BUSTED_H
#define _FIFO_BUSTED_H

/*
 * Everything that engine/semaphore.c includes, before anything is redefined; except for
 * the array, which is redefined with it.
 */
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "../../fifo/engine.h"

extern const struct fifo_engine fifo_engine_busted_lock;
extern const struct fifo_engine fifo_engine_busted_wake;
extern const struct fifo_engine fifo_engine_busted_count;

/* After an #include of engine/semaphore.c: defines its engine under another name. */
#define BUSTED_ENGINE(_symbol, _name)				\
const struct fifo_engine _symbol = {				\
	.name = (_name),					\
	.init = semaphore_engine_init,				\
	.destroy = semaphore_engine_destroy,			\
	.put = semaphore_engine_put,				\
	.get = semaphore_engine_get,				\
	.replace = semaphore_engine_replace,			\
	.finish = semaphore_engine_finish,			\
	.depth = semaphore_engine_depth,			\
	.ready = semaphore_engine_ready,			\
}

#endif /* _FIFO_BUSTED_H */
