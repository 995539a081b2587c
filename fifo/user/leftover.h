/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_LEFTOVER_H
#define _FIFO_LEFTOVER_H

#include <linux/types.h>

struct fifo_queue;
struct fifo_text_reader;

void fifo_leftovers_init(struct fifo_queue *queue);
void fifo_leftovers_free(struct fifo_queue *queue);
bool fifo_leftovers_any(const struct fifo_queue *queue);
void fifo_leftovers_add(struct fifo_text_reader *reader);
struct fifo_text_reader *fifo_leftovers_take(struct fifo_queue *queue);
bool fifo_leftovers_await(struct fifo_text_reader *reader);
void fifo_leftovers_ignore(struct fifo_text_reader *reader);

#endif /* _FIFO_LEFTOVER_H */
