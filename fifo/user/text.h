/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_TEXT_H
#define _FIFO_TEXT_H

#include <linux/list.h>
#include <linux/mutex.h>
#include "queue.h"

struct fifo_line;
struct iov_iter;

/* Items that are moved at a time. */
#define FIFO_TEXT_BATCH		16

/* Room for any item as a line. The longest is a text with every byte escaped. */
#define FIFO_TEXT_LINE		(FIFO_DATA_LEN * 4 + 2)

/**
 * struct fifo_text_reader - the reading side of an open file
 * @queue: its queue; constant
 * @place: its place in a list of leftovers; fifo_leftovers.lock
 * @lock: guards the rest; held while waiting for an item
 * @port: the consumer, from the first read on; @lock
 * @items: room for what is got; @lock
 * @text: lines of items that were got; @lock
 * @begin: where the unread part of @text begins; written under @lock, read
 *	without it as a hint
 * @end: where @text ends; written under @lock, read without it as a hint
 */
struct fifo_text_reader {
	struct fifo_queue *queue;
	struct list_head place;
	struct mutex lock;	/* all that follows */
	struct fifo_port *port;
	struct fifo_item items[FIFO_TEXT_BATCH];
	char text[FIFO_TEXT_BATCH * FIFO_TEXT_LINE];
	unsigned int begin;
	unsigned int end;
};

/**
 * struct fifo_text_writer - the writing side of an open file
 * @lock: guards the rest; held while waiting for room
 * @port: the producer, from the first write on; @lock
 * @items: room for what is put; @lock
 * @line: the beginning of a line, written without its end; @lock
 * @len: its length; @lock
 */
struct fifo_text_writer {
	struct mutex lock;	/* everything */
	struct fifo_port *port;
	struct fifo_item items[FIFO_TEXT_BATCH];
	char line[FIFO_DATA_LEN];
	unsigned int len;
};

int fifo_text_lock(struct mutex *lock, bool nowait);
int fifo_text_restart(int moved);
int fifo_text_yield(void);
int fifo_text_refuse(const struct fifo_queue *queue,
		     const struct fifo_line *line, int err);

struct fifo_text_reader *fifo_text_reader_new(struct fifo_queue *queue);
void fifo_text_reader_free(struct fifo_text_reader *reader);
bool fifo_text_unread(const struct fifo_text_reader *reader);
int fifo_text_count(struct fifo_text_reader *reader);
ssize_t fifo_text_read(struct fifo_text_reader *reader, struct iov_iter *to,
		       bool nowait);

struct fifo_text_writer *fifo_text_writer_new(void);
void fifo_text_writer_free(struct fifo_text_writer *writer);
ssize_t fifo_text_write(struct fifo_text_writer *writer,
			const struct fifo_queue *queue, struct iov_iter *from,
			bool nowait);
size_t fifo_text_put(struct fifo_text_writer *writer, const char *text,
		     size_t len, bool nowait, int *err);
int fifo_text_end(struct fifo_text_writer *writer, bool nowait);

#endif /* _FIFO_TEXT_H */
