// SPDX-License-Identifier: GPL-2.0
/*
 * The lines about items that a client's instances move: up to FIFO_LOG_LINES a second.
 *
 * A console may take milliseconds for a line, with interrupts off. An instance therefore
 * only notes an item in a free line of its client. One work prints the noted lines of all
 * clients, in the order in which they were noted, away from timers, and reschedules after
 * each. A printed line is spent until the second ends. A client has FIFO_LOG_LINES lines;
 * an item that finds none free is left out, and is counted in a line at the second's end.
 *
 * Locks (queue.h has the order of all): a task holds @printing while it prints a line, so
 * that lines come out in order. log_lock guards @waiting, the place of each line and
 * @log_shown. Softirqs take it, too, and @note runs under it. Work is queued outside
 * both.
 *
 * Stopping. fifo_client_log_stop() runs after the workers have stopped: no line is noted
 * any more. These may still use the client then, and each comes to an end:
 *
 * - @log_second, which arms itself. It tests @log_stopping before each line, so it
 *   returns soon. cancel_delayed_work_sync() waits for it, and keeps it from being armed.
 * - @print_work, which prints lines of all clients. fifo_client_log_stop() prints what is
 *   left of this client's lines itself. It takes @printing for each, so afterwards the
 *   work is not printing a line of this client, and finds none.
 */
#define pr_fmt(fmt) fmt

#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include "client_log.h"
#include "instance_log.h"
#include "worker/worker.h"

static DEFINE_MUTEX(printing);
static DEFINE_SPINLOCK(log_lock);

/* Noted lines, oldest first; log_lock. */
static LIST_HEAD(waiting);

static void print_all(struct work_struct *work);
static DECLARE_WORK(print_work, print_all);

/* Takes the oldest noted line of @client, or of any client if that is NULL. */
static struct fifo_log_line *take_line(const struct fifo_client *client)
{
	struct fifo_log_line *line, *found = NULL;

	spin_lock_bh(&log_lock);
	list_for_each_entry(line, &waiting, list) {
		if (!client || line->instance->client == client) {
			found = line;
			list_del_init(&line->list);
			break;
		}
	}
	spin_unlock_bh(&log_lock);
	return found;
}

/* Prints the line that take_line() finds. Returns false if there is none. */
static bool print_line(const struct fifo_client *client)
{
	struct fifo_log_line *line;

	mutex_lock(&printing);
	line = take_line(client);
	if (line && line == &line->instance->last_line) {
		fifo_instance_log_stopped(line->instance);
	} else if (line) {
		line->instance->client->ops->show(line);
		spin_lock_bh(&log_lock);
		list_add_tail(&line->list, &line->instance->client->log_spent);
		spin_unlock_bh(&log_lock);
	}
	mutex_unlock(&printing);
	cond_resched_tasks_rcu_qs();
	return line;
}

static void print_all(struct work_struct *work)
{
	do {
		fifo_leave_timers();
	} while (print_line(NULL));
}

static void arm_second(struct fifo_client *client, unsigned long next)
{
	unsigned long now = jiffies;

	if (time_before(next, now))
		next = now;
	if (queue_delayed_work(system_dfl_wq, &client->log_second, next - now))
		WRITE_ONCE(client->log_next, next);
}

/* Notes the items that an instance has just moved, as far as there are free lines. */
void fifo_client_log_items(struct fifo_instance *instance, unsigned int moved)
{
	struct fifo_client *client = instance->client;
	struct fifo_log_line *line;
	unsigned int i;
	u64 now;

	if (instance->log != FIFO_LOG_ITEMS)
		return;
	/* A hint without the lock: a fast worker leaves most items out at no cost. */
	if (data_race(list_empty(&client->log_free)))
		return;
	now = ktime_get_ns();
	spin_lock_bh(&log_lock);
	for (i = 0; i < moved && !list_empty(&client->log_free); i++) {
		line = list_first_entry(&client->log_free,
					struct fifo_log_line, list);
		line->instance = instance;
		line->at = now;
		client->ops->note(instance, i, moved, line);
		list_move_tail(&line->list, &waiting);
	}
	client->log_shown += i;
	spin_unlock_bh(&log_lock);
	if (!i)
		return;
	arm_second(client, jiffies + HZ);
	queue_work(system_dfl_wq, &print_work);
}

/*
 * Reports the items that were moved and not shown since the last report. A run may have
 * noted items that its worker does not count yet, so the difference may be negative: the
 * next report makes up for it.
 */
static void report_left_out(struct fifo_client *client)
{
	s64 moved = 0, left_out;
	unsigned int i;

	for (i = 0; i < client->n; i++)
		if (client->all[i].log == FIFO_LOG_ITEMS)
			moved += fifo_worker_moved(client->all[i].worker);
	spin_lock_bh(&log_lock);
	left_out = moved - client->log_shown;
	if (left_out > 0)
		client->log_shown = moved;
	spin_unlock_bh(&log_lock);
	if (left_out > 0)
		pr_info("%s: %lld more items, not shown: log=items shows %u a second\n",
			client->name, left_out, FIFO_LOG_LINES);
}

/* Returns whether there were any. */
static bool free_spent_lines(struct fifo_client *client)
{
	bool spent;

	spin_lock_bh(&log_lock);
	spent = !list_empty(&client->log_spent);
	list_splice_tail_init(&client->log_spent, &client->log_free);
	spin_unlock_bh(&log_lock);
	return spent;
}

/*
 * Arms itself for a second after it was last due, even if it runs late, so that there are
 * as many summaries as seconds. If no instance wants summaries, it ends after a second in
 * which no line was printed: then no item was left out either.
 */
static void end_second(struct work_struct *work)
{
	struct fifo_client *client = container_of(to_delayed_work(work),
						  struct fifo_client,
						  log_second);
	bool spent;

	fifo_leave_timers();
	while (!fifo_client_log_stopping(client) && print_line(client))
		;
	if (fifo_client_log_stopping(client))
		return;
	report_left_out(client);
	if (client->log_summaries)
		fifo_instance_log_summaries(client);
	spent = free_spent_lines(client);
	if (spent || client->log_summaries)
		arm_second(client, READ_ONCE(client->log_next) + HZ);
}

/* Called before the first instance starts. */
void fifo_client_log_start(struct fifo_client *client)
{
	unsigned int i;

	INIT_DELAYED_WORK(&client->log_second, end_second);
	INIT_LIST_HEAD(&client->log_free);
	INIT_LIST_HEAD(&client->log_spent);
	for (i = 0; i < FIFO_LOG_LINES; i++)
		list_add_tail(&client->log_lines[i].list, &client->log_free);
	for (i = 0; i < client->n; i++)
		if (client->all[i].log == FIFO_LOG_SUMMARY)
			client->log_summaries = true;
	client->summed_at = ktime_get_ns();
	if (client->log_summaries)
		arm_second(client, jiffies + HZ);
}

/* Notes the line about an instance's stop; in any context. */
void fifo_client_log_stopped(struct fifo_instance *instance)
{
	if (!fifo_instance_log_has_lines(instance))
		return;
	instance->last_line.instance = instance;
	spin_lock_bh(&log_lock);
	list_add_tail(&instance->last_line.list, &waiting);
	spin_unlock_bh(&log_lock);
	queue_work(system_dfl_wq, &print_work);
}

/* Called after the last instance has stopped, and before the first is freed. */
void fifo_client_log_stop(struct fifo_client *client)
{
	WRITE_ONCE(client->log_stopping, true);
	cancel_delayed_work_sync(&client->log_second);
	while (print_line(client))
		;
	report_left_out(client);
	fifo_instance_log_rest_stopped(client);
}

/*
 * Called when fifo.ko exits. No client is left, but the work may not have returned yet.
 */
void fifo_client_log_exit(void)
{
	cancel_work_sync(&print_work);
}
