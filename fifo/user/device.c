// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/fifoN: the device of a queue. Programs read and write it as text. A process uses it
 * to take an end of the queue and map it. The counters in sysfs belong to it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fdtable.h>
#include <linux/freezer.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/uaccess.h>
#include <asm/ioctls.h>
#include "device.h"
#include "leftover.h"
#include "map_file.h"
#include "open_files.h"
#include "port.h"
#include "queue.h"
#include "sysfs.h"
#include "text.h"

/* Set once all queues have their devices. Written by init only, read without a lock. */
static bool shown;

/**
 * struct fifo_file - an open device
 * @queue: its queue; constant
 * @opener: the process that opened it; files_lock (open_files.c)
 * @reader: NULL if it was not opened to be read; the pointer is constant
 * @writer: NULL if it was not opened to be written; likewise
 */
struct fifo_file {
	struct fifo_queue *queue;
	struct fifo_opener opener;
	struct fifo_text_reader *reader;
	struct fifo_text_writer *writer;
};

static void free_file(struct fifo_file *open)
{
	fifo_text_reader_free(open->reader);
	fifo_text_writer_free(open->writer);
	kfree(open);
}

static struct fifo_file *new_file(struct fifo_queue *queue, fmode_t mode)
{
	struct fifo_file *open;

	open = kzalloc(sizeof(*open), GFP_KERNEL_ACCOUNT);
	if (!open)
		return NULL;
	open->queue = queue;
	if (mode & FMODE_READ)
		open->reader = fifo_text_reader_new(queue);
	if (mode & FMODE_WRITE)
		open->writer = fifo_text_writer_new();
	if ((mode & FMODE_READ && !open->reader) ||
	    (mode & FMODE_WRITE && !open->writer)) {
		free_file(open);
		return NULL;
	}
	return open;
}

/* How a file was opened, in a word. Access mode 3 opens it neither to read nor to write. */
static const char *how(fmode_t mode)
{
	static const char *const names[] = { "neither", "read", "write", "read-write" };

	return names[!!(mode & FMODE_READ) + 2 * !!(mode & FMODE_WRITE)];
}

/*
 * The kernel holds misc_mtx during open(); misc_register() and misc_deregister() take it,
 * too. @shown is not set before all devices are registered. So no device is open if a later
 * one cannot be registered, and the load fails.
 */
static int fifo_open(struct inode *inode, struct file *file)
{
	struct miscdevice *misc = file->private_data;
	struct fifo_file *open;

	if (!READ_ONCE(shown))
		return -ENXIO;
	open = new_file(container_of(misc, struct fifo_queue, misc),
			file->f_mode);
	if (!open)
		return -ENOMEM;
	file->private_data = open;
	fifo_files_add(&open->opener, open->queue, how(file->f_mode));
	/*
	 * An operation that must not wait may still sleep for a lock, which tasks hold only
	 * for a moment.
	 */
	file->f_mode |= FMODE_NOWAIT;
	return stream_open(inode, file);
}

static bool nowait(const struct file *file)
{
	return file->f_flags & O_NONBLOCK;
}

static bool nowait_now(const struct kiocb *iocb)
{
	return nowait(iocb->ki_filp) || iocb->ki_flags & IOCB_NOWAIT;
}

static ssize_t fifo_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct fifo_file *open = iocb->ki_filp->private_data;

	return fifo_text_read(open->reader, to, nowait_now(iocb));
}

static ssize_t fifo_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct fifo_file *open = iocb->ki_filp->private_data;

	return fifo_text_write(open->writer, open->queue, from,
			       nowait_now(iocb));
}

static bool readable(const struct fifo_file *open)
{
	return fifo_text_unread(open->reader) ||
	       fifo_queue_ready(open->queue, FIFO_CONSUMER);
}

static __poll_t fifo_poll(struct file *file, poll_table *wait)
{
	struct fifo_file *open = file->private_data;
	__poll_t mask = 0;

	if (open->reader) {
		fifo_queue_poll(open->queue, FIFO_CONSUMER, file, wait);
		if (readable(open))
			mask |= fifo_poll_mask(FIFO_CONSUMER);
	}
	if (open->writer) {
		fifo_queue_poll(open->queue, FIFO_PRODUCER, file, wait);
		if (fifo_queue_ready(open->queue, FIFO_PRODUCER))
			mask |= fifo_poll_mask(FIFO_PRODUCER);
	}
	return mask;
}

/* A file that was opened to read and write has signals for both ends, or for neither. */
static int fifo_fasync(int fd, struct file *file, int on)
{
	struct fifo_file *open = file->private_data;
	struct fifo_end *ends = open->queue->ends;
	struct fifo_pollers *readers = &ends[FIFO_CONSUMER].wait.pollers;
	struct fifo_pollers *writers = &ends[FIFO_PRODUCER].wait.pollers;
	int err = 0;

	if (open->reader)
		err = fifo_pollers_fasync(readers, fd, file, on);
	if (err < 0 || !open->writer)
		return err;
	err = fifo_pollers_fasync(writers, fd, file, on);
	if (err < 0 && open->reader)
		fifo_pollers_fasync(readers, -1, file, 0);
	return err;
}

/* FIONREAD, as for a pipe: how many bytes a read would return now, at least. */
static int count_bytes(const struct fifo_file *open, int __user *to)
{
	int n = open->reader ? fifo_text_count(open->reader) : 0;

	return n < 0 ? n : put_user(n, to);
}

/* A file opened to read maps the consumer's end, one opened to write the producer's. */
static long fifo_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct fifo_file *open = file->private_data;

	if (cmd == FIONREAD)
		return count_bytes(open, (int __user *)arg);
	if (cmd != FIFO_IOC_MAP)
		return -ENOTTY;
	if (arg != FIFO_MAP_VERSION)
		return -EPROTONOSUPPORT;
	/* With an access mode of 3 it was opened for neither. */
	if (!open->reader == !open->writer)
		return -EINVAL;
	return fifo_map_open(open->queue,
			     open->writer ? FIFO_PRODUCER : FIFO_CONSUMER);
}

static int is_file(const void *file, struct file *other, unsigned int fd)
{
	return other == file;
}

/*
 * A descriptor was closed: was it the file's last? The file's reference count tells, unless
 * other tasks share the table of descriptors: their calls, such as poll() or write(), hold
 * references, too. So then this looks for the file in the table. A child process with the
 * same open file has another table: in this one case a line ends that the child might have
 * continued.
 */
static bool closed_last(struct file *file)
{
	struct files_struct *files = current->files;

	if (file_count(file) == 1)
		return true;
	if (!files || atomic_read(&files->count) == 1)
		return false;
	return !iterate_fd(files, 0, is_file, file);
}

/*
 * May close() wait for room? An exiting process takes no signals, so nobody could kill it:
 * it waits only if the queue drops items, since others then make room soon. A kernel thread
 * must not wait: it closes files that nobody has any more, and many tasks wait for it. A
 * killed task may wait, but its signal ends the wait at once.
 */
static bool may_wait(const struct file *file, const struct fifo_queue *queue)
{
	if (nowait(file) || current->flags & PF_KTHREAD)
		return false;
	return !(current->flags & PF_EXITING) || queue->overflow != FIFO_BLOCK;
}

/* Ends the line that was begun, if there is one. */
static int end_line(const struct file *file)
{
	struct fifo_file *open = file->private_data;
	int err;

	freezer_do_not_count();
	err = fifo_text_end(open->writer, !may_wait(file, open->queue));
	freezer_count();
	return err;
}

static int fifo_flush(struct file *file, fl_owner_t id)
{
	struct fifo_file *open = file->private_data;

	if (!open->writer || !closed_last(file))
		return 0;
	return end_line(file);
}

/*
 * Ends a line that fifo_flush() has left, since others still had the file when its
 * descriptors were closed.
 */
static int fifo_release(struct inode *inode, struct file *file)
{
	struct fifo_file *open = file->private_data;

	if (open->writer && end_line(file))
		pr_warn_ratelimited("queue %u: the last line of %s, which was not ended, did not fit and is lost\n",
				    open->queue->index, open->writer->port->name);
	fifo_files_remove(&open->opener);
	free_file(open);
	return 0;
}

static const struct file_operations fifo_fops = {
	.owner = THIS_MODULE,
	.open = fifo_open,
	.read_iter = fifo_read_iter,
	.write_iter = fifo_write_iter,
	.splice_read = copy_splice_read,
	.splice_write = iter_file_splice_write,
	.poll = fifo_poll,
	.fasync = fifo_fasync,
	.unlocked_ioctl = fifo_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.flush = fifo_flush,
	.release = fifo_release,
};

static int register_device(struct fifo_queue *queue)
{
	fifo_leftovers_init(queue);
	queue->misc.minor = MISC_DYNAMIC_MINOR;
	queue->misc.name = queue->name;
	queue->misc.fops = &fifo_fops;
	queue->misc.groups = fifo_queue_groups;
	queue->misc.mode = 0600;
	return misc_register(&queue->misc);
}

static void unregister_devices(unsigned int n)
{
	struct fifo_queue *queue;

	while (n) {
		queue = fifo_queue_find(--n);
		misc_deregister(&queue->misc);
		fifo_leftovers_free(queue);
	}
}

/*
 * Registers the devices of all queues. Returns 0 or a negative errno. Called last: an open
 * device holds the module, but if the module's init function fails, the kernel frees the
 * module all the same. See fifo_open().
 */
int fifo_devices_show(void)
{
	struct fifo_queue *queue;
	unsigned int i;
	int err;

	for (i = 0; i < fifo_queues(); i++) {
		queue = fifo_queue_find(i);
		err = register_device(queue);
		if (err) {
			pr_err("queue %u: cannot register /dev/%s: error %d\n",
			       i, queue->name, err);
			unregister_devices(i);
			return err;
		}
	}
	WRITE_ONCE(shown, true);
	return 0;
}

/* When it returns, no task reads the counters any more. */
void fifo_devices_hide(void)
{
	unregister_devices(fifo_queues());
}
