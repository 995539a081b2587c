// SPDX-License-Identifier: GPL-2.0
/*
 * Text that was got and not read when its file was closed: the next read of the
 * queue, through whatever file, begins with it.
 *
 * A closed reader becomes a leftover as it is, so that closing needs no memory.
 * There are never more of them than there were files open at a time: a reader gets
 * no item while there is a leftover that it can take.
 *
 * A task that waits for an item waits in its port, where nothing but items is
 * looked for. So it is in a list before, and its port is cancelled when there is a
 * leftover. It looks for that, and goes on with another port.
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

/* Leaves the text of a reader, which has no port any more, to others. */
void fifo_leftovers_add(struct fifo_text_reader *reader)
{
	struct fifo_leftovers *leftovers = &reader->queue->leftovers;
	struct fifo_queue *queue = reader->queue;
	struct fifo_text_reader *waiter, *next;

	spin_lock(&leftovers->lock);
	list_add_tail(&reader->place, &leftovers->closed);
	/*
	 * All of them look. One alone could be about to return with an item, and
	 * would leave this text to nobody.
	 */
	list_for_each_entry_safe(waiter, next, &leftovers->waiting, place) {
		list_del_init(&waiter->place);
		fifo_cancel(waiter->port);
	}
	spin_unlock(&leftovers->lock);
	fifo_wake_pollers(&queue->ends[FIFO_CONSUMER].wait.pollers);
}

/* The oldest text that was left, which is the caller's to free; or NULL. */
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
 * From here until fifo_leftovers_ignore() the reader's port is cancelled if text is
 * left. False: there is some already.
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
