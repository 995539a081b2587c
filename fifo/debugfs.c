// SPDX-License-Identifier: GPL-2.0
/*
 * All ports, in debugfs: fifo/ports has a line for each, with what moves items
 * through it, how fast it is to, how many it has moved, and on which processor.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include "debugfs.h"
#include "port.h"
#include "queue.h"

static struct dentry *directory;

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
	seq_putc(seq, '\n');
}

static int ports_show(struct seq_file *seq, void *unused)
{
	seq_puts(seq, "queue role name context rate moved cpu\n");
	fifo_ports_each(show_port, seq);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(ports);

/*
 * Comes when the load cannot fail any more. Without debugfs, nothing is shown. Returns
 * the directory, for what others have to show.
 */
struct dentry *fifo_debugfs_show(void)
{
	directory = debugfs_create_dir("fifo", NULL);
	debugfs_create_file("ports", 0400, directory, NULL, &ports_fops);
	return directory;
}

/* When it returns, nobody is looking. */
void fifo_debugfs_hide(void)
{
	debugfs_remove_recursive(directory);
}
