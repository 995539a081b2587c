// SPDX-License-Identifier: GPL-2.0
/*
 * All ports, in debugfs: fifo/ports has a line for each, with what moves items
 * through it, how fast it is to, and how many it has moved.
 */
#include <linux/debugfs.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include "debugfs.h"
#include "port.h"
#include "queue.h"
#include "user/open_files.h"
#include "worker/schedule.h"
#include "worker/worker.h"

/* Guards the list, and each port's place in it and worker. */
static DEFINE_MUTEX(ports_lock);
static LIST_HEAD(ports);

static struct dentry *directory;

/* The port is shown from now on. */
void fifo_ports_add(struct fifo_port *port)
{
	mutex_lock(&ports_lock);
	list_add_tail(&port->all, &ports);
	mutex_unlock(&ports_lock);
}

/* Nobody looks at the port any more. */
void fifo_ports_remove(struct fifo_port *port)
{
	mutex_lock(&ports_lock);
	list_del(&port->all);
	mutex_unlock(&ports_lock);
}

/* A worker moves items through the port; NULL: it does so no more. */
void fifo_ports_set_worker(struct fifo_port *port, struct fifo_worker *worker)
{
	mutex_lock(&ports_lock);
	port->worker = worker;
	mutex_unlock(&ports_lock);
}

static void show_port(struct seq_file *seq, const struct fifo_port *port)
{
	struct fifo_worker *worker = port->worker;
	char rate[FIFO_RATE_TEXT];

	lockdep_assert_held(&ports_lock);
	seq_printf(seq, "%u %s %s", port->queue->index,
		   port->role == FIFO_PRODUCER ? "producer" : "consumer",
		   port->name);
	if (worker)
		seq_printf(seq, " %s %s %llu\n", worker->context->name,
			   fifo_rate_text(rate, fifo_worker_rate(worker)),
			   fifo_worker_moved(worker));
	else
		seq_puts(seq, " - - -\n");
}

static int ports_show(struct seq_file *seq, void *unused)
{
	const struct fifo_port *port;

	seq_puts(seq, "queue role name context rate moved\n");
	mutex_lock(&ports_lock);
	list_for_each_entry(port, &ports, all)
		show_port(seq, port);
	mutex_unlock(&ports_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(ports);

/* Comes when the load cannot fail any more. Without debugfs, nothing is shown. */
void fifo_ports_show(void)
{
	directory = debugfs_create_dir("fifo", NULL);
	debugfs_create_file("ports", 0400, directory, NULL, &ports_fops);
	fifo_files_show(directory);
}

/* When it returns, nobody is looking. */
void fifo_ports_hide(void)
{
	debugfs_remove_recursive(directory);
}
