// SPDX-License-Identifier: GPL-2.0
/*
 * Leftovers: text that a file had got from the queue, and that nobody had read when the
 * file was closed. The next read of the queue, through any file, begins with it.
 *
 * A closed reader becomes a leftover as it is, so that closing needs no memory. There
 * are never more leftovers than files were open at one time: a reader gets no item
 * while it can take a leftover.
 *
 * A task that waits in its port finds only items. So its reader first joins the list
 * @waiting. A new leftover cancels the ports of all readers in this list. They look for
 * it, and continue with new ports.
 */
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "fifo.h"
#include "leftover.h"
#include "queue.h"
#include "text.h"

void fifo_leftovers_init(struct fifo_queue *queue)
{
	spin_lock_init(&queue->leftovers.lock);
	INIT_LIST_HEAD(&queue->leftovers.closed);
	INIT_LIST_HEAD(&queue->leftovers.waiting);
}

/* Nobody can read the queue any more. */
void fifo_leftovers_free(struct fifo_queue *queue)
{
	struct fifo_text_reader *reader, *next;

	list_for_each_entry_safe(reader, next, &queue->leftovers.closed, place)
		kfree(reader);
}

/* A hint, without the lock. */
bool fifo_leftovers_any(const struct fifo_queue *queue)
{
	return !list_empty(&queue->leftovers.closed);
}

/* Leaves the text of a closed reader to others. The reader has no port any more. */
void fifo_leftovers_add(struct fifo_text_reader *reader)
{
	struct fifo_leftovers *leftovers = &reader->queue->leftovers;
	struct fifo_queue *queue = reader->queue;
	struct fifo_text_reader *waiter, *next;

	spin_lock(&leftovers->lock);
	list_add_tail(&reader->place, &leftovers->closed);
	/*
	 * Cancel all of them: a single one might be about to return with an item, and
	 * then nobody would take this text.
	 */
	list_for_each_entry_safe(waiter, next, &leftovers->waiting, place) {
		list_del_init(&waiter->place);
		fifo_cancel(waiter->port);
	}
	spin_unlock(&leftovers->lock);
	fifo_wake_pollers(&queue->ends[FIFO_CONSUMER].wait.pollers);
}

/* Takes the oldest leftover, which the caller frees. Returns NULL if there is none. */
struct fifo_text_reader *fifo_leftovers_take(struct fifo_queue *queue)
{
	struct fifo_leftovers *leftovers = &queue->leftovers;
	struct fifo_text_reader *reader;

	spin_lock(&leftovers->lock);
	reader = list_first_entry_or_null(&leftovers->closed,
					  struct fifo_text_reader, place);
	if (reader)
		list_del(&reader->place);
	spin_unlock(&leftovers->lock);
	return reader;
}

/*
 * From here until fifo_leftovers_ignore() a new leftover cancels the reader's port.
 * Returns false if there is a leftover already.
 */
bool fifo_leftovers_await(struct fifo_text_reader *reader)
{
	struct fifo_leftovers *leftovers = &reader->queue->leftovers;
	bool none;

	spin_lock(&leftovers->lock);
	none = list_empty(&leftovers->closed);
	if (none)
		list_add_tail(&reader->place, &leftovers->waiting);
	spin_unlock(&leftovers->lock);
	return none;
}

/* When it returns, nobody cancels the reader's port any more. */
void fifo_leftovers_ignore(struct fifo_text_reader *reader)
{
	struct fifo_leftovers *leftovers = &reader->queue->leftovers;

	spin_lock(&leftovers->lock);
	list_del_init(&reader->place);
	spin_unlock(&leftovers->lock);
}
