// SPDX-License-Identifier: GPL-2.0
/*
 * The times of processes: of each process, and in total for each user.
 *
 * Times are in whole seconds, as in ps: the age of a process when it was put, and the
 * processor time that it had used when the census was taken.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/time64.h>
#include "tally.h"

/**
 * struct tally - the processes of a user
 * @list: in @tallies
 * @uid: the user; constant
 * @processes: the number of processes
 * @elapsed: the sum of their ages in seconds
 * @cpu: the sum of their processor times in seconds
 */
struct tally {
	struct list_head list;
	u32 uid;
	u64 processes;
	u64 elapsed;
	u64 cpu;
};

/* Guards @tallies, each struct tally and @uncounted; taken in softirqs, too. */
static DEFINE_SPINLOCK(lock);
static LIST_HEAD(tallies);
static u64 uncounted;

/*
 * Whole seconds from the process's start to its put, by CLOCK_BOOTTIME, which counts
 * while the machine is suspended.
 */
static u64 elapsed(const struct fifo_item *item)
{
	const struct fifo_process *process = (const void *)item->data;
	u64 put = div_u64(fifo_boottime(item->time), NSEC_PER_SEC / 100);

	return div_u64(put - fifo_process_start(process), 100);
}

static u64 cpu(const struct fifo_process *process)
{
	return div_u64((u64)process->user + process->system, 100);
}

static struct tally *tally_of(u32 uid)
{
	struct tally *tally;

	lockdep_assert_held(&lock);
	list_for_each_entry(tally, &tallies, list)
		if (tally->uid == uid)
			return tally;
	tally = kzalloc(sizeof(*tally), GFP_ATOMIC);
	if (!tally)
		return NULL;
	tally->uid = uid;
	list_add_tail(&tally->list, &tallies);
	return tally;
}

void consumer_tally_add(const struct fifo_item *item)
{
	const struct fifo_process *process = (const void *)item->data;
	struct tally *tally;

	spin_lock_bh(&lock);
	tally = tally_of(process->uid);
	if (tally) {
		tally->processes++;
		tally->elapsed += elapsed(item);
		tally->cpu += cpu(process);
	} else {
		uncounted++;
	}
	spin_unlock_bh(&lock);
}

/* hours:minutes:seconds */
static int format_time(char *text, size_t size, u64 seconds)
{
	u32 minutes, left;
	u64 hours;

	hours = div_u64_rem(div_u64_rem(seconds, 60, &left), 60, &minutes);
	return scnprintf(text, size, "%llu:%02u:%02u", hours, minutes, left);
}

/* "pid=3388 ppid=3380 comm=sleep state=S elapsed=0:00:10 cpu=0:00:00" */
void consumer_tally_describe(char *text, size_t size,
			     const struct fifo_item *item)
{
	const struct fifo_process *process = (const void *)item->data;
	int len;

	len = scnprintf(text, size, "pid=%u ppid=%u comm=%*pE state=%c elapsed=",
			fifo_process_pid(process), process->ppid,
			(int)strnlen(process->comm, FIFO_COMM_LEN),
			process->comm, process->state);
	len += format_time(text + len, size - len, elapsed(item));
	len += scnprintf(text + len, size - len, " cpu=");
	format_time(text + len, size - len, cpu(process));
}

/* Logs and frees the tallies. Called after the last instance has stopped. */
void consumer_tally_report(void)
{
	struct tally *tally, *next;
	char age[24], time[24];

	list_for_each_entry_safe(tally, next, &tallies, list) {
		format_time(age, sizeof(age), tally->elapsed);
		format_time(time, sizeof(time), tally->cpu);
		pr_info("uid %u: %llu processes, elapsed %s, cpu %s\n",
			tally->uid, tally->processes, age, time);
		kfree(tally);
	}
	if (uncounted)
		pr_warn("%llu processes were not counted: no memory\n",
			uncounted);
}
