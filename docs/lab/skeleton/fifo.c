// SPDX-License-Identifier: GPL-2.0
/* A queue of letters between the threads of producer.ko and those of consumer.ko. */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/module.h>
#include "fifo.h"

#define SIZE	8

/**
 * fifo_put() - put an item into the queue
 * @item: the item
 *
 * Part 1: waits while the queue is full, until there is room or the calling thread is to stop.
 *
 * Context: A kernel thread. Sleeps.
 * Return: 0, or -EINTR if the thread is to stop.
 */
int fifo_put(char item)
{
	return -EINTR;
}
EXPORT_SYMBOL_GPL(fifo_put);

/**
 * fifo_get() - get the oldest item
 *
 * Part 1: waits while the queue is empty, until there is an item or the calling thread is to
 * stop.
 *
 * Context: A kernel thread. Sleeps.
 * Return: the item, or -EINTR if the thread is to stop.
 */
int fifo_get(void)
{
	return -EINTR;
}
EXPORT_SYMBOL_GPL(fifo_get);

static int __init fifo_init(void)
{
	return 0;
}
module_init(fifo_init);

static void __exit fifo_exit(void)
{
}
module_exit(fifo_exit);

MODULE_DESCRIPTION("A queue of letters");
MODULE_LICENSE("GPL");
