// SPDX-License-Identifier: GPL-2.0
/*
 * All open files, in debugfs: fifo/files has a line for each that holds fifo.ko (a
 * device, or the descriptor of a mapping), with the process that opened it.
 *
 * An opener is a part of its file's private data. It is in the list from open() until
 * release(), which takes it out before freeing it. Every reader of the list holds
 * files_lock. fifo.ko's exit function removes the debugfs file, and runs only if no file
 * is open any more.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include "open_files.h"
#include "queue.h"

/* Guards the list, and keeps its openers from being freed. */
static DEFINE_MUTEX(files_lock);
static LIST_HEAD(files);

/* The current process has opened a file, and it is shown from now on. */
void fifo_files_add(struct fifo_opener *opener, const struct fifo_queue *queue,
		    const char *how)
{
	opener->queue = queue->index;
	opener->how = how;
	opener->pid = task_tgid_nr(current);
	get_task_comm(opener->name, current);
	mutex_lock(&files_lock);
	list_add_tail(&opener->all, &files);
	mutex_unlock(&files_lock);
}

/* When it returns, no task looks at @opener any more. */
void fifo_files_remove(struct fifo_opener *opener)
{
	mutex_lock(&files_lock);
	list_del(&opener->all);
	mutex_unlock(&files_lock);
}

/* seq_file shows a part of the list at a time, so the list may be long. */
static void *files_start(struct seq_file *seq, loff_t *pos)
{
	mutex_lock(&files_lock);
	return seq_list_start_head(&files, *pos);
}

static void *files_next(struct seq_file *seq, void *at, loff_t *pos)
{
	return seq_list_next(at, &files, pos);
}

static void files_stop(struct seq_file *seq, void *at)
{
	mutex_unlock(&files_lock);
}

static int files_show(struct seq_file *seq, void *at)
{
	const struct fifo_opener *opener;

	if (at == &files) {
		seq_puts(seq, "queue how pid name\n");
		return 0;
	}
	opener = list_entry(at, struct fifo_opener, all);
	seq_printf(seq, "%u %s %d %*pE\n", opener->queue, opener->how,
		   opener->pid, (int)strlen(opener->name), opener->name);
	return 0;
}

static const struct seq_operations files_sops = {
	.start = files_start,
	.next = files_next,
	.stop = files_stop,
	.show = files_show,
};
DEFINE_SEQ_ATTRIBUTE(files);

/* Without debugfs, nothing is shown. */
void fifo_files_show(struct dentry *directory)
{
	debugfs_create_file("files", 0400, directory, NULL, &files_fops);
}
