// SPDX-License-Identifier: GPL-2.0
/*
 * A census: what the processes of a user are, each once. The instances that put them
 * take them from it, each a share.
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

/* As /proc counts, and ps with it. */
#define CENTISECOND_NS	(NSEC_PER_SEC / 100)

/* Processes that are looked at in a row. */
#define WALK_MOST	1024

/**
 * struct census - the processes of a user
 * @list: in the list of all
 * @uid: the user; constant
 * @state: only processes in this state, or 0; constant
 * @n: how many; constant
 * @taken: how many have been taken, and more once all have; atomic
 * @processes: what they are; constant
 */
struct census {
	struct list_head list;
	kuid_t uid;
	char state;
	unsigned int n;
	atomic_t taken;
	struct fifo_process *processes;
};

/* Only the module's init and exit touch the list. */
static LIST_HEAD(censuses);

/* A process in this state: one that is dead ('X') counts no more. */
static bool counts(const struct census *census, struct task_struct *process,
		   char state)
{
	return uid_eq(task_uid(process), census->uid) && state != 'X' &&
	       (!census->state || census->state == state);
}

static u32 centiseconds(u64 ns)
{
	return min_t(u64, div_u64(ns, CENTISECOND_NS), U32_MAX);
}

/* The share of @all that @part of @whole is. */
static u64 share(u64 all, u64 part, u64 whole)
{
	while (whole >> 32) {
		whole >>= 1;
		part >>= 1;
	}
	return whole ? mul_u64_u32_div(all, part, whole) : 0;
}

/*
 * The processor time of all threads, those that have ended too, as the kernel
 * has it for /proc (cputime_adjust(), which modules cannot call): the run time
 * is exact, and divided as the ticks say.
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

/* Under rcu_read_lock(), which keeps the task, its parent and its threads. */
static void read_process(const struct census *census,
			 struct task_struct *process, char state,
			 struct fifo_process *record)
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
 * Lets others run in the middle of a walk, which RCU does not wait for then. The
 * reference keeps @process, but not its place in the list: false when it has lost that.
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
 * Fills in up to @room processes. Sets @n to how many there are; false when the walk
 * lost its place, and has to begin again.
 */
static bool try_walk(struct census *census, unsigned int room, unsigned int *n)
{
	struct task_struct *process;
	unsigned int seen = 0;
	bool placed = true;
	char state;

	*n = 0;
	rcu_read_lock();
	for_each_process(process) {
		/* Read once: it may change at any moment. */
		state = task_state_to_char(process);
		if (counts(census, process, state)) {
			if (*n < room)
				read_process(census, process, state,
					     &census->processes[*n]);
			++*n;
		}
		placed = ++seen % WALK_MOST || pause_walk(process);
		if (!placed)
			break;
	}
	rcu_read_unlock();
	return placed;
}

static unsigned int walk(struct census *census, unsigned int room)
{
	unsigned int n;

	while (!try_walk(census, room, &n))
		;
	return n;
}

/*
 * One pass: if more were born since they were counted than there is room for, it
 * begins again, with more room.
 */
static int count(struct census *census)
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

static void census_free(struct census *census)
{
	kvfree(census->processes);
	kfree(census);
}

static struct census *census_new(kuid_t uid, char state)
{
	struct census *census;
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
 * The census of a user, in the initial user namespace: all who ask for the same
 * share one, which is taken when the first does. For the module's init function.
 * Returns an error pointer for -ENOMEM.
 */
struct census *census_of(u32 uid, char state)
{
	kuid_t kuid = make_kuid(&init_user_ns, uid);
	struct census *census;

	list_for_each_entry(census, &censuses, list)
		if (uid_eq(census->uid, kuid) && census->state == state)
			return census;
	return census_new(kuid, state);
}

/* Makes items of up to @n processes that nobody has taken. Returns how many. */
unsigned int census_take(struct census *census, struct fifo_item *items,
			 unsigned int n)
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

/* For the module's end, when nobody takes any more. */
void census_free_all(void)
{
	struct census *census, *next;

	list_for_each_entry_safe(census, next, &censuses, list)
		census_free(census);
}
