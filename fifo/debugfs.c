// SPDX-License-Identifier: GPL-2.0
/*
 * All ports, in debugfs. fifo/ports has a line for each: the context of its worker,
 * the rate, how many items it has moved, its processor, and for how long it has waited.
 */
#include <linux/debugfs.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include "debugfs.h"
#include "port.h"
#include "queue.h"

static struct dentry *directory;

static u64 waiting_us(const struct fifo_port *port)
{
	u64 since = READ_ONCE(port->waiter.since), now = ktime_get_ns();

	return since && since < now ? div_u64(now - since, NSEC_PER_USEC) : 0;
}

static void show_port(const struct fifo_port *port, void *data)
{
	struct seq_file *seq = data;

	seq_printf(seq, "%u %s %s ", port->queue->index,
		   port->role == FIFO_PRODUCER ? "producer" : "consumer",
		   port->name);
	if (port->shown)
		port->shown->show(port->shown, seq);
	else
		seq_puts(seq, "- - - -");
	seq_printf(seq, " %llu\n", waiting_us(port));
}

static int ports_show(struct seq_file *seq, void *unused)
{
	seq_puts(seq, "queue role name context rate moved cpu waiting_us\n");
	fifo_ports_each(show_port, seq);
	return 0;
}

/* Room for 1,000 ports: text that does not fit is printed again, into twice the room. */
static int ports_open(struct inode *inode, struct file *file)
{
	return single_open_size(file, ports_show, NULL, SZ_64K);
}

static const struct file_operations ports_fops = {
	.owner = THIS_MODULE,
	.open = ports_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

/*
 * Called once loading cannot fail any more. Returns the directory, for the files of
 * others. Without debugfs it shows nothing.
 */
struct dentry *fifo_debugfs_show(void)
{
	directory = debugfs_create_dir("fifo", NULL);
	debugfs_create_file("ports", 0400, directory, NULL, &ports_fops);
	return directory;
}

/* When it returns, no task reads its files any more. */
void fifo_debugfs_hide(void)
{
	debugfs_remove_recursive(directory);
}
