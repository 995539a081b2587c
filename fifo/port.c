// SPDX-License-Identifier: GPL-2.0
/*
 * Ports: attaching to a queue, waiting in it, and being cancelled there.
 *
 * A waiter must be cancellable by somebody who knows nothing but its port, and
 * a cancelled waiter must not take a wake-up to the grave that another one
 * needs. Both are settled in wait_in().
 */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait.h>
#include "command.h"
#include "debugfs.h"
#include "engine.h"
#include "fifo.h"
#include "port.h"
#include "queue.h"
#include "source.h"
#include "trace.h"

static int wake_stalled(struct wait_queue_entry *entry, unsigned int mode,
			int flags, void *key)
{
	struct fifo_port *port = container_of(entry, struct fifo_port, entry);

	list_del_init(&entry->entry);
	port->wake(port->wake_data);
	return 1;
}

static void init_entry(struct fifo_port *port)
{
	init_waitqueue_func_entry(&port->entry, wake_stalled);
	INIT_LIST_HEAD(&port->entry.entry);
	port->entry.flags |= WQ_FLAG_EXCLUSIVE;
}

/*
 * A name becomes one word of visible ASCII. It comes from whoever started a process,
 * say, and is shown in the kernel's log, in debugfs and in traces: no byte of it
 * begins a line, a column or an escape there.
 */
static void clean_name(char *name)
{
	for (; *name; name++)
		if (!isascii(*name) || !isgraph(*name))
			*name = '?';
}

static void set_name(struct fifo_port *port, const char *name)
{
	char comm[TASK_COMM_LEN];

	if (!name)
		name = get_task_comm(comm, current);
	strscpy(port->name, *name ? name : "?", sizeof(port->name));
	clean_name(port->name);
}

/*
 * A port as such: that the end is free to be used is the caller's business. It
 * bears the name of a client in the kernel; with NULL that of the current process,
 * to which it is charged.
 */
struct fifo_port *fifo_port_new(struct fifo_queue *queue, enum fifo_role role,
				const char *name)
{
	struct fifo_port *port;
	int err = 0;

	port = kzalloc(sizeof(*port), GFP_KERNEL_ACCOUNT);
	if (!port)
		return ERR_PTR(-ENOMEM);
	port->queue = queue;
	port->role = role;
	spin_lock_init(&port->lock);
	init_entry(port);
	set_name(port, name);
	if (role == FIFO_PRODUCER)
		err = fifo_source_new(port->name, name ? FIFO_OF_CLIENT :
				      FIFO_OF_PROCESS, &port->source);
	if (err) {
		kfree(port);
		return ERR_PTR(err);
	}
	fifo_ports_add(port);
	return port;
}

void fifo_port_free(struct fifo_port *port)
{
	WARN_ON_ONCE(port->waiter || port->stalled_since);
	fifo_ports_remove(port);
	kfree(port);
}

static struct fifo_port *attach(unsigned int queue, enum fifo_role role,
				const char *name)
{
	struct fifo_queue *q = fifo_queue_find(queue);
	struct fifo_port *port;

	if (role != FIFO_PRODUCER && role != FIFO_CONSUMER)
		return ERR_PTR(-EINVAL);
	if (!q)
		return ERR_PTR(-ENODEV);
	if (!fifo_end_share(&q->ends[role]))
		return ERR_PTR(-EBUSY);
	port = fifo_port_new(q, role, name);
	if (IS_ERR(port))
		fifo_end_leave(&q->ends[role]);
	return port;
}

/**
 * fifo_attach() - become a client of a queue
 * @queue: its index
 * @role: which end of it
 * @name: who attaches; cut to %FIFO_NAME_LEN - 1 bytes, of which each that is not
 *	visible ASCII becomes a question mark
 *
 * Context: Process context, may sleep.
 * Return: The port, or an error pointer: -ENODEV when there is no such queue,
 * -EINVAL for an unknown role, -EBUSY when a process has mapped this end of the
 * queue, -ENOMEM, or -ENOSPC when clients of 32,768 different names, processes
 * aside, have attached as producers since fifo.ko was loaded.
 */
struct fifo_port *fifo_attach(unsigned int queue, enum fifo_role role,
			      const char *name)
{
	return attach(queue, role, name);
}
EXPORT_SYMBOL_GPL(fifo_attach);

/* As fifo_attach() for the current process, under its name; but never -ENOSPC. */
struct fifo_port *fifo_attach_process(unsigned int queue, enum fifo_role role)
{
	return attach(queue, role, NULL);
}

static wait_queue_head_t *queue_of(const struct fifo_port *port)
{
	return &port->queue->ends[port->role].waiters;
}

/*
 * Tells a process that has mapped the other end that somebody waits here: who has
 * joined the wait queue. It kicks once, which takes that back; then who was woken
 * says it again before it looks, also when it leaves, for those that are still there.
 *
 * (H) The full barrier between joining and saying so pairs with (B) in the kick,
 * between taking it back and the look at the wait queue: either the kick sees who
 * has joined, or what is said here comes after it. Without it a waiter sleeps that
 * no kick is made for.
 *
 * (A) The full barrier behind it is between that and looking: it pairs with the one
 * of the process between storing its position and reading who waits.
 */
static void announce(const struct fifo_port *port)
{
	/* (H) */
	smp_mb();
	WRITE_ONCE(port->queue->control->ends[port->role].waiting, 1);
	/* (A) */
	smp_mb();
}

static void port_set_waiter(struct fifo_port *port, struct task_struct *task)
{
	spin_lock_bh(&port->lock);
	port->waiter = task;
	spin_unlock_bh(&port->lock);
}

static int why_stop(const struct fifo_port *port,
		    const struct fifo_transfer *transfer)
{
	if (fifo_port_cancelled(port))
		return -ECANCELED;
	if (transfer->killable)
		return fatal_signal_pending(current) ? -EINTR : 0;
	return signal_pending(current) ? -EINTR : 0;
}

/*
 * How a task sleeps here: never as load. A killable sleep may be frozen in place, since
 * the freezer cannot interrupt it; otherwise it would keep the machine from suspending.
 * It is marked unsafe, as the task holds an open file's lock: others wait for that one
 * interruptibly, or killably in close(), and read and write nothing meanwhile.
 */
static unsigned int sleeping_state(const struct fifo_transfer *transfer)
{
	return transfer->killable ?
	       TASK_KILLABLE | TASK_NOLOAD | TASK_FREEZABLE_UNSAFE :
	       TASK_INTERRUPTIBLE;
}

/*
 * A task that is frozen here takes nothing until it is thawed, and then looks by itself:
 * so the wake-up is not counted, and goes to the next waiter as well.
 */
static int wake_waiter(struct wait_queue_entry *entry, unsigned int mode,
		       int flags, void *key)
{
	struct task_struct *task = entry->private;
	int woken = autoremove_wake_function(entry, mode, flags, key);

	return task_is_frozen(task) ? 0 : woken;
}

/*
 * For a client that has left the wait queue, and does not look again: has another
 * look if there is something to move.
 *
 * It may have been chosen, while it was in the queue, for a wake-up about something
 * that it did not take; and where items become ready out of order (ring), an earlier
 * wake-up may have found nothing, since the oldest item was not there yet: then there
 * is more than one to take now. If nothing can be moved now, no wake-up is needed:
 * others were faster, and what comes later brings its own.
 *
 * If it was chosen for a kick, that has taken back what announce() said for those
 * that still sleep, and the process may have gone on since without another. So
 * this says it again, and settles what was done before, which wakes for that. With
 * an empty wait queue there is nobody to do it for: who joins later does it itself.
 *
 * (J) All this comes after leaving the wait queue. A wake-up that chose this client
 * has stored what it is about, and then taken the client out of the queue, under its
 * lock: leaving takes that lock, or else finish_wait() sees by an acquire that the
 * client is out. Without it neither what the wake-up was about might be seen here,
 * nor who has joined before it; who joins after it sees by the lock what it is about.
 */
void fifo_port_pass_on(struct fifo_port *port)
{
	wait_queue_head_t *wq = queue_of(port);

	/* After (J). */
	if (!waitqueue_active(wq))
		return;
	announce(port);
	fifo_queue_settle(port->queue);
	if (fifo_queue_ready(port->queue, port->role))
		wake_up(wq);
}

/*
 * Sleeps until something could be moved, the port is cancelled or a signal is
 * pending; a killing one, where only that may end it.
 *
 * Who frees a slot, or fills one, wakes one exclusive waiter and relies on it:
 * the waiter takes what was released, or finds that another task has. So no
 * waiter may swallow a wake-up, and it can be chosen for one from joining the
 * wait queue until it has left it, whatever it does in between:
 *
 * - One that gives up leaves first and looks once more. What a wake-up that
 *   chose it was about is taken then, cancelled or not. If that was a kick, which
 *   takes back what announce() said for others, too, it is said again before.
 * - One that took something passes a wake-up on if there is more to take:
 *   fifo_port_pass_on().
 * - One that leaves with nothing passes none on: there was nothing when it had
 *   left, or who had settled it has woken others; and what comes after that wakes
 *   one of those that are still there. A wake-up looks for its waiter behind all
 *   that are cancelled and have yet to leave: if each of a thousand made one, they
 *   would take time by the million.
 *
 * wait_event_interruptible_exclusive() with "moved || cancelled" for its
 * condition does not look again, and another waiter then sleeps beside a free slot.
 */
static int wait_in(struct fifo_port *port, struct fifo_transfer *transfer)
{
	wait_queue_head_t *wq = queue_of(port);
	DEFINE_WAIT_FUNC(wait, wake_waiter);
	bool moved;
	int err;

	do {
		/*
		 * (A) The full barrier of set_current_state() in here stands
		 * between joining the queue and looking. It pairs with (B) in
		 * fifo_wake() and (C) in fifo_cancel(): either we see the slot
		 * or the flag, or they see us. Without it both may miss, and
		 * this task sleeps for ever.
		 */
		prepare_to_wait_exclusive(wq, &wait, sleeping_state(transfer));
		announce(port);
		moved = fifo_queue_try(port->queue, transfer);
		err = why_stop(port, transfer);
		if (!moved && !err)
			schedule();
		finish_wait(wq, &wait);
		if (!moved) {
			announce(port);
			moved = fifo_queue_try(port->queue, transfer);
		}
	} while (!moved && !err);
	if (!moved)
		return err;
	fifo_port_pass_on(port);
	return 0;
}

static atomic_t *waiting(const struct fifo_port *port)
{
	return fifo_waiting(port->queue, port->role);
}

/*
 * The wait of an operation, with its bookkeeping. Returns 0 when something was
 * moved, -ECANCELED or -EINTR.
 */
int fifo_port_wait(struct fifo_port *port, struct fifo_transfer *transfer)
{
	u64 since = ktime_get_ns();
	int err;

	port->waited = true;
	atomic_inc(waiting(port));
	port_set_waiter(port, current);
	err = wait_in(port, transfer);
	port_set_waiter(port, NULL);
	atomic_dec(waiting(port));
	trace_fifo_wait(port, ktime_get_ns() - since, err);
	return err;
}

/*
 * A wait for who must not sleep: it is in the wait queue from the first call on
 * until fifo_port_go_on(), and again after each wake-up, which calls @wake.
 * Returns whether it has joined just now: then one must look once more.
 *
 * The rules of wait_in() hold here, too; who goes on passes a wake-up on in any case.
 */
bool fifo_port_stall(struct fifo_port *port)
{
	wait_queue_head_t *wq = queue_of(port);
	unsigned long flags;
	bool joins;

	port->waited = true;
	if (!port->stalled_since) {
		port->stalled_since = ktime_get_ns();
		atomic_inc(waiting(port));
	}
	spin_lock_irqsave(&wq->lock, flags);
	joins = list_empty(&port->entry.entry);
	if (joins)
		__add_wait_queue_entry_tail(wq, &port->entry);
	spin_unlock_irqrestore(&wq->lock, flags);
	announce(port);
	return joins;
}

/* The stall, if there is one, is over: nobody waits for a wake-up here any more. */
void fifo_port_go_on(struct fifo_port *port, int result)
{
	wait_queue_head_t *wq = queue_of(port);
	unsigned long flags;

	if (!port->stalled_since)
		return;
	spin_lock_irqsave(&wq->lock, flags);
	list_del_init(&port->entry.entry);
	spin_unlock_irqrestore(&wq->lock, flags);
	atomic_dec(waiting(port));
	trace_fifo_wait(port, ktime_get_ns() - port->stalled_since, result);
	port->stalled_since = 0;
	fifo_port_pass_on(port);
}

/* It will find that the port is cancelled. */
static void cancel_stall(struct fifo_port *port)
{
	wait_queue_head_t *wq = queue_of(port);
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	if (!list_empty(&port->entry.entry))
		wake_stalled(&port->entry, TASK_NORMAL, 0, NULL);
	spin_unlock_irqrestore(&wq->lock, flags);
}

/**
 * fifo_cancel() - wake whoever waits in a port, and refuse from then on
 * @port: the port
 *
 * An operation that is under way returns soon: it waits no longer, and may
 * still succeed. Each later one returns -ECANCELED. May be called more than
 * once, and while another task is inside an operation.
 *
 * Context: Any with interrupts enabled. Takes the port's lock, and that of a wait
 * queue.
 */
void fifo_cancel(struct fifo_port *port)
{
	WRITE_ONCE(port->cancelled, true);
	/*
	 * The lock keeps the waiter from returning, and so from going away,
	 * while it is woken. If it has not said yet that it waits, its taking
	 * of the lock comes after ours, and its first look sees the flag.
	 *
	 * (C) wake_up_process() is a full barrier before it reads the task's
	 * state, and pairs with (A) in wait_in().
	 */
	spin_lock_bh(&port->lock);
	if (port->waiter)
		wake_up_process(port->waiter);
	spin_unlock_bh(&port->lock);
	cancel_stall(port);
}
EXPORT_SYMBOL_GPL(fifo_cancel);

/**
 * fifo_detach() - give a port back
 * @port: the port, in which no operation is under way, nor will be
 *
 * Replies to its commands are unknown from now on.
 *
 * Context: Process context, may sleep.
 */
void fifo_detach(struct fifo_port *port)
{
	struct fifo_end *end = &port->queue->ends[port->role];

	fifo_commands_forget(port);
	fifo_port_free(port);
	fifo_end_leave(end);
}
EXPORT_SYMBOL_GPL(fifo_detach);

/**
 * fifo_port_size() - how many items fit in a port's queue
 * @port: the port
 *
 * Context: Any.
 * Return: The size of the queue in items.
 */
unsigned int fifo_port_size(const struct fifo_port *port)
{
	return port->queue->size;
}
EXPORT_SYMBOL_GPL(fifo_port_size);

/**
 * fifo_port_depth() - how full the queue was just after the last operation
 * @port: the port
 *
 * Context: Where the port's operations are called, and between two of them.
 * Return: Items in the queue when the last item of this port had been moved.
 */
unsigned int fifo_port_depth(const struct fifo_port *port)
{
	return port->depth;
}
EXPORT_SYMBOL_GPL(fifo_port_depth);

/**
 * fifo_port_seq() - how many items a producer has put
 * @port: the port
 *
 * Context: Where the port's operations are called, and between two of them.
 * Return: The sequence number of the last item that was put through the port,
 * a dropped one too; 0 before the first.
 */
u64 fifo_port_seq(const struct fifo_port *port)
{
	return port->seq;
}
EXPORT_SYMBOL_GPL(fifo_port_seq);

/**
 * fifo_port_dropped() - did the last put meet a full queue and drop its items
 * @port: a producer's port
 *
 * Context: Where the port's operations are called, and between two of them.
 * Return: Whether the queue's policy is drop-newest and the items of the last
 * operation were dropped by it.
 */
bool fifo_port_dropped(const struct fifo_port *port)
{
	return port->dropped;
}
EXPORT_SYMBOL_GPL(fifo_port_dropped);
