// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the queues from sysfs.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include "fifoctl.h"
#include "files.h"
#include "libfifo.h"
#include "sysfs.h"

/* Returns false if there is no such queue any more. */
static bool read_queue(struct queue *queue, unsigned int index)
{
	queue->index = index;
	files_read_word(index, "engine", queue->engine, sizeof(queue->engine));
	files_read_word(index, "overflow", queue->overflow,
			sizeof(queue->overflow));
	queue->depth = files_read_number(index, "depth");
	queue->put = files_read_number(index, "put");
	queue->got = files_read_number(index, "got");
	queue->dropped = files_read_number(index, "dropped");
	queue->discarded = files_read_number(index, "discarded");
	queue->errors = files_read_number(index, "mapping_errors");
	queue->producers = files_read_number(index, "waiting_producers");
	queue->consumers = files_read_number(index, "waiting_consumers");
	queue->oldest_age = files_read_number(index, "oldest_age_ns");
	histogram_read(&queue->waits, index, "wait_histogram");
	histogram_read(&queue->producer_waits, index,
		       "producer_wait_histogram");
	histogram_read(&queue->consumer_waits, index,
		       "consumer_wait_histogram");
	/* The last: whoever unloads fifo.ko meanwhile leaves a queue without a size. */
	queue->size = files_read_number(index, "size");
	return queue->size;
}

/*
 * Reads one queue, or all. Returns false, and an empty snapshot, if there is none, or if
 * fifo.ko was unloaded meanwhile.
 */
bool snapshot_try(struct snapshot *snapshot, unsigned int queue)
{
	unsigned int i, n = fifo_sysfs_queues();

	*snapshot = (struct snapshot){ 0 };
	clock_gettime(CLOCK_MONOTONIC, &snapshot->time);
	clock_gettime(CLOCK_REALTIME, &snapshot->date);
	if (!n || (queue != ALL_QUEUES && queue >= n))
		return false;
	snapshot->n = queue == ALL_QUEUES ? n : 1;
	snapshot->queues = calloc(snapshot->n, sizeof(*snapshot->queues));
	if (!snapshot->queues)
		err(FAILED, NULL);
	for (i = 0; i < snapshot->n; i++)
		if (!read_queue(&snapshot->queues[i],
				queue == ALL_QUEUES ? i : queue))
			break;
	if (i == snapshot->n)
		return true;
	free(snapshot->queues);
	snapshot->queues = NULL;
	snapshot->n = 0;
	return false;
}

/* Says why there is no such queue, and exits. */
void snapshot_missing(unsigned int queue)
{
	char why[FIFO_EXPLAIN_LEN];

	if (!fifo_sysfs_queues())
		errx(FAILED, "fifo.ko is not loaded: insmod fifo.ko");
	errx(FAILED, "%s", fifo_explain(queue, FIFO_CONSUMER, ENOENT, why,
					sizeof(why)));
}

/* As snapshot_try(), but exits if there is none. */
void snapshot_take(struct snapshot *snapshot, unsigned int queue)
{
	if (!snapshot_try(snapshot, queue))
		snapshot_missing(queue);
}

/* Moves the new snapshot to the old one. */
void snapshot_replace(struct snapshot *old, struct snapshot *new)
{
	snapshot_free(old);
	*old = *new;
	*new = (struct snapshot){ 0 };
}

void snapshot_free(struct snapshot *snapshot)
{
	free(snapshot->queues);
	*snapshot = (struct snapshot){ 0 };
}
