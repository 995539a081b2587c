/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_OPEN_FILES_H
#define _FIFO_OPEN_FILES_H

#include <linux/list.h>
#include <linux/sched.h>

struct dentry;
struct fifo_queue;

/**
 * struct fifo_opener - the process that opened a file, as it was then
 * @all: its place in the list of all openers; files_lock (open_files.c)
 * @queue: the queue's index; constant, as all that follows
 * @how: what the file is for, one word
 * @pid: of the process, in the initial namespace
 * @name: of the thread
 */
struct fifo_opener {
	struct list_head all;
	unsigned int queue;
	const char *how;
	pid_t pid;
	char name[TASK_COMM_LEN];
};

void fifo_files_add(struct fifo_opener *opener, const struct fifo_queue *queue,
		    const char *how);
void fifo_files_remove(struct fifo_opener *opener);
void fifo_files_show(struct dentry *directory);

#endif /* _FIFO_OPEN_FILES_H */
