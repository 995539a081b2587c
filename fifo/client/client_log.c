// SPDX-License-Identifier: GPL-2.0
/*
 * What clients say in the kernel's log, and how often.
 *
 * A console may take milliseconds for a line. So an instance only notes what it has
 * moved, in a line of its client's that is free; one work prints the lines of all
 * clients, in the order in which they were noted, and reschedules after each. A line
 * is free, waits to be printed, or is spent until the second is over: a client has as
 * many as it may print in a second, and what finds none that is free is left out.
 *
 * Stopping. fifo_log_stop() comes when the workers have stopped, so that nothing is
 * noted any more. These may still use the client then, and why each ends:
 *
 * - The second's work, which arms itself: it looks at @log_stopping before each line,
 *   and is cancelled.
 * - The printing work: it prints under @printing, a line at a time. Once the lines of
 *   this client have been printed by fifo_log_stop() itself, and @printing was taken
 *   for that, it has none of them and will find none.
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
#include "worker/worker.h"

/* Guards @waiting, the places of all lines and @log_shown; taken in softirqs, too. */
static DEFINE_SPINLOCK(log_lock);

/* Lines that are to be printed, in this order; log_lock. */
static LIST_HEAD(waiting);

/* Held while a line is printed. */
static DEFINE_MUTEX(printing);

static void print_all(struct work_struct *work);
static DECLARE_WORK(print_work, print_all);

/* Takes the next line out of those that wait: of this client, or of any for NULL. */
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

/* It is free again once the second is over. */
static void spend_line(struct fifo_log_line *line)
{
	spin_lock_bh(&log_lock);
	list_add_tail(&line->list, &line->instance->client->log_spent);
	spin_unlock_bh(&log_lock);
}

/* Prints the next line of this client, or of any for NULL. False: there is none. */
static bool print_line(const struct fifo_client *client)
{
	struct fifo_log_line *line;

	mutex_lock(&printing);
	line = take_line(client);
	if (line && line == &line->instance->last_line) {
		fifo_log_print_stopped(line->instance);
	} else if (line) {
		line->instance->client->ops->show(line);
		spend_line(line);
	}
	mutex_unlock(&printing);
	cond_resched_tasks_rcu_qs();
	return line;
}

static void print_all(struct work_struct *work)
{
	while (print_line(NULL))
		;
}

static void arm_second(struct fifo_client *client, unsigned long next)
{
	unsigned long now = jiffies;

	if (time_before(next, now))
		next = now;
	if (queue_delayed_work(system_dfl_wq, &client->log_second, next - now))
		WRITE_ONCE(client->log_next, next);
}

/* Notes the items that an instance has just moved, or some, or none. */
void fifo_log_items(struct fifo_instance *instance, unsigned int moved)
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
 * What was moved and not shown since that was last said. What a run is just moving is
 * shown before it is counted: that it is left out is said the next time.
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

/* A second is over. Returns whether lines were spent in it. */
static bool free_lines(struct fifo_client *client)
{
	bool spent;

	spin_lock_bh(&log_lock);
	spent = !list_empty(&client->log_spent);
	list_splice_tail_init(&client->log_spent, &client->log_free);
	spin_unlock_bh(&log_lock);
	return spent;
}

/*
 * On a grid of seconds, so that there are as many summaries as seconds. Without any,
 * it ends when nothing was shown, and so nothing left out, for a second.
 */
static void end_second(struct work_struct *work)
{
	struct fifo_client *client = container_of(to_delayed_work(work),
						  struct fifo_client,
						  log_second);
	bool spent;

	while (!fifo_log_stopping(client) && print_line(client))
		;
	if (fifo_log_stopping(client))
		return;
	report_left_out(client);
	if (client->log_summaries)
		fifo_log_print_summaries(client);
	spent = free_lines(client);
	if (spent || client->log_summaries)
		arm_second(client, READ_ONCE(client->log_next) + HZ);
}

/* Before the first instance starts. */
void fifo_log_start(struct fifo_client *client)
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

/* Notes that an instance has stopped; in any context. */
void fifo_log_instance_stopped(struct fifo_instance *instance)
{
	if (!fifo_log_speaks(instance))
		return;
	instance->last_line.instance = instance;
	spin_lock_bh(&log_lock);
	list_add_tail(&instance->last_line.list, &waiting);
	spin_unlock_bh(&log_lock);
	queue_work(system_dfl_wq, &print_work);
}

/* After the last instance has stopped, and before the first is freed. */
void fifo_log_stop(struct fifo_client *client)
{
	WRITE_ONCE(client->log_stopping, true);
	cancel_delayed_work_sync(&client->log_second);
	while (print_line(client))
		;
	report_left_out(client);
	fifo_log_print_others_stopped(client);
}

/* With fifo.ko's exit: no client is left, but the work may be about to end. */
void fifo_log_exit(void)
{
	cancel_work_sync(&print_work);
}
