/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Engines that are broken on purpose, one way each, for a fifo.ko that the
 * torture has to fail. Each is the semaphore engine with one piece redefined,
 * there or in the queue around it.
 */
#ifndef _FIFO_BUSTED_H
#define _FIFO_BUSTED_H

/*
 * All that engine/semaphore.c includes, before anything is redefined, but for
 * the array, which is to be redefined with it.
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

/* For a file that has included engine/semaphore.c: the same, renamed. */
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
