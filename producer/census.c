// SPDX-License-Identifier: GPL-2.0
/*
 * A census: a list of a user's processes at one moment. Each instance that puts them takes
 * a share of it, so each process is put once.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/threads.h>
#include <linux/time64.h>
#include <linux/uidgid.h>
#include "census.h"

/* The unit of /proc, and so of ps. */
#define CENTISECOND_NS	(NSEC_PER_SEC / 100)

/* A walk pauses after this many processes. */
#define WALK_MAX	1024

/**
 * struct producer_census - the processes of a user
 * @list: in @censuses
 * @uid: the user; constant
 * @state: the state of the processes, or 0: any; constant
 * @n: the number of processes; constant
 * @taken: how many have been taken, or a higher number once all have; atomic
 * @processes: the processes; constant
 */
struct producer_census {
	struct list_head list;
	kuid_t uid;
	char state;
	unsigned int n;
	atomic_t taken;
	struct fifo_process *processes;
};

/* Used by the module's init and exit functions only. */
static LIST_HEAD(censuses);

/* @state is that of @process. A dead process ('X') does not count. */
static bool counts(const struct producer_census *census,
		   struct task_struct *process, char state)
{
	return uid_eq(task_uid(process), census->uid) && state != 'X' &&
	       (!census->state || census->state == state);
}

static u32 centiseconds(u64 ns)
{
	return min_t(u64, div_u64(ns, CENTISECOND_NS), U32_MAX);
}

/* @all * @part / @whole, without overflow. */
static u64 share(u64 all, u64 part, u64 whole)
{
	while (whole >> 32) {
		whole >>= 1;
		part >>= 1;
	}
	return whole ? mul_u64_u32_div(all, part, whole) : 0;
}

/*
 * The processor time of all threads, including those that have ended. Computed as /proc
 * does it, by cputime_adjust(), which the kernel does not export: the run time is exact,
 * and the ticks in user and system mode say how to divide it.
 */
static void read_times(struct task_struct *process,
		       struct fifo_process *record)
{
	struct signal_struct *signal = process->signal;
	u64 user, system, run;
	struct task_struct *thread;
	unsigned int seq;

	do {
		seq = read_seqbegin(&signal->stats_lock);
		user = signal->utime;
		system = signal->stime;
		run = signal->sum_sched_runtime;
		for_each_thread(process, thread) {
			user += READ_ONCE(thread->utime);
			system += READ_ONCE(thread->stime);
			run += READ_ONCE(thread->se.sum_exec_runtime);
		}
	} while (read_seqretry(&signal->stats_lock, seq));
	system = share(run, system, user + system);
	record->system = centiseconds(system);
	record->user = centiseconds(run - system);
}

/* RCU keeps the task, its parent and its threads. */
static void read_process(const struct producer_census *census,
			 struct task_struct *process, char state,
			 struct fifo_process *record) __must_hold(RCU)
{
	u64 start = div_u64(process->start_boottime, CENTISECOND_NS);
	char comm[TASK_COMM_LEN];

	BUILD_BUG_ON(PID_MAX_LIMIT > 1 << FIFO_PID_BITS);
	record->start_pid = start << FIFO_PID_BITS | task_tgid_nr(process);
	record->ppid = task_tgid_nr(rcu_dereference(process->real_parent));
	record->uid = from_kuid(&init_user_ns, census->uid);
	record->state = state;
	get_task_comm(comm, process);
	BUILD_BUG_ON(sizeof(comm) != FIFO_COMM_LEN + 1);
	memcpy(record->comm, comm, FIFO_COMM_LEN);
	read_times(process, record);
}

/*
 * Leaves RCU for a moment in the middle of a walk, so that a long one delays neither
 * grace periods nor other tasks. The reference keeps @process, but not its place in the
 * list. Returns false if it has lost that place.
 */
static bool pause_walk(struct task_struct *process) __must_hold(RCU)
{
	bool alive;

	get_task_struct(process);
	rcu_read_unlock();
	cond_resched_tasks_rcu_qs();
	rcu_read_lock();
	alive = pid_alive(process);
	put_task_struct(process);
	return alive;
}

/*
 * Records up to @room processes. Returns the number of all, or -EAGAIN if it has lost its
 * place in the list, and must begin again.
 */
static int try_walk(struct producer_census *census, unsigned int room)
{
	struct task_struct *process;
	unsigned int seen = 0, n = 0;
	bool placed = true;
	char state;

	rcu_read_lock();
	for_each_process(process) {
		/* Read once: it may change between two reads. */
		state = task_state_to_char(process);
		if (counts(census, process, state)) {
			if (n < room)
				read_process(census, process, state,
					     &census->processes[n]);
			n++;
		}
		placed = ++seen % WALK_MAX || pause_walk(process);
		if (!placed)
			break;
	}
	rcu_read_unlock();
	return placed ? n : -EAGAIN;
}

static unsigned int walk(struct producer_census *census, unsigned int room)
{
	int n;

	do {
		n = try_walk(census, room);
	} while (n < 0);
	return n;
}

/*
 * Counts the processes, then records them. If there are more by then than there is room
 * for, it records them again with more room.
 */
static int count(struct producer_census *census)
{
	unsigned int room;

	census->n = walk(census, 0);
	do {
		room = census->n + census->n / 4 + 16;
		kvfree(census->processes);
		census->processes = kvcalloc(room, sizeof(*census->processes),
					     GFP_KERNEL);
		if (!census->processes)
			return -ENOMEM;
		census->n = walk(census, room);
	} while (census->n > room);
	return 0;
}

static void census_free(struct producer_census *census)
{
	kvfree(census->processes);
	kfree(census);
}

static struct producer_census *census_new(kuid_t uid, char state)
{
	struct producer_census *census;
	int err;

	BUILD_BUG_ON(sizeof(struct fifo_process) != FIFO_DATA_LEN);
	census = kzalloc(sizeof(*census), GFP_KERNEL);
	if (!census)
		return ERR_PTR(-ENOMEM);
	census->uid = uid;
	census->state = state;
	err = count(census);
	if (err) {
		census_free(census);
		return ERR_PTR(err);
	}
	if (!census->n && state)
		pr_info("uid %u has no processes in state %c\n",
			from_kuid(&init_user_ns, uid), state);
	else if (!census->n)
		pr_info("uid %u has no processes\n",
			from_kuid(&init_user_ns, uid));
	list_add(&census->list, &censuses);
	return census;
}

/*
 * Returns the census of a user of the initial user namespace. The first instance that
 * asks makes it, and the others share it. For the module's init function. Returns
 * ERR_PTR(-ENOMEM) if memory is short.
 */
struct producer_census *producer_census_of(u32 uid, char state)
{
	kuid_t kuid = make_kuid(&init_user_ns, uid);
	struct producer_census *census;

	list_for_each_entry(census, &censuses, list)
		if (uid_eq(census->uid, kuid) && census->state == state)
			return census;
	return census_new(kuid, state);
}

/* Fills items with up to @n processes that have not been taken. Returns how many. */
unsigned int producer_census_take(struct producer_census *census,
				  struct fifo_item *items, unsigned int n)
{
	unsigned int first, i;

	if (atomic_read(&census->taken) >= census->n)
		return 0;
	first = atomic_fetch_add(n, &census->taken);
	for (i = 0; i < n && first + i < census->n; i++) {
		items[i].type = FIFO_ITEM_PROCESS;
		items[i].len = sizeof(struct fifo_process);
		memcpy(items[i].data, &census->processes[first + i],
		       sizeof(struct fifo_process));
	}
	return i;
}

/* Called after the last instance has stopped. */
void producer_census_free_all(void)
{
	struct producer_census *census, *next;

	list_for_each_entry_safe(census, next, &censuses, list)
		census_free(census);
}
