/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_WORKER_H
#define _FIFO_WORKER_H

#include "engine.h"
#include "fifo.h"
#include "queue.h"
#include "run.h"

#define FIFO_CONTEXTS	(FIFO_CONTEXT_TIMER + 1)

extern const struct fifo_context_ops *const fifo_contexts[];

/* Can workers of this context serve this queue? */
static inline bool fifo_context_fits(enum fifo_context context,
				     const struct fifo_queue *queue)
{
	return queue->engine->atomic || !fifo_contexts[context]->atomic;
}

#endif /* _FIFO_WORKER_H */
