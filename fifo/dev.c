// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/fifoN: the device of a queue. It carries the counters in sysfs; items
 * do not pass through it.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm_types.h>
#include <linux/module.h>
#include "queue.h"

/*
 * The kernel holds a lock meanwhile that registering and deregistering take, too:
 * so nobody has a device open while a load fails because of a later one.
 */
static int fifo_open(struct inode *inode, struct file *file)
{
	return fifo_queues_shown() ? nonseekable_open(inode, file) : -ENXIO;
}

static ssize_t fifo_read(struct file *file, char __user *to, size_t len,
			 loff_t *pos)
{
	return -EOPNOTSUPP;
}

static ssize_t fifo_write(struct file *file, const char __user *from,
			  size_t len, loff_t *pos)
{
	return -EOPNOTSUPP;
}

static int fifo_mmap(struct file *file, struct vm_area_struct *vma)
{
	return -EOPNOTSUPP;
}

static const struct file_operations fifo_fops = {
	.owner = THIS_MODULE,
	.open = fifo_open,
	.read = fifo_read,
	.write = fifo_write,
	.mmap = fifo_mmap,
};

/* Shows a queue to user space. Returns 0 or a negative errno. */
int fifo_dev_register(struct fifo_queue *queue)
{
	queue->misc.minor = MISC_DYNAMIC_MINOR;
	queue->misc.name = queue->name;
	queue->misc.fops = &fifo_fops;
	queue->misc.groups = fifo_queue_groups;
	queue->misc.mode = 0600;
	return misc_register(&queue->misc);
}

/* When it returns, no reader of the counters is under way. */
void fifo_dev_unregister(struct fifo_queue *queue)
{
	misc_deregister(&queue->misc);
}
