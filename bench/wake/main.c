// SPDX-License-Identifier: GPL-2.0
/*
 * Measures while it is loaded, and says for each run, in nanoseconds:
 *
 *	wake: sample idle PATH NS…	from before a put until the thread that has slept in the
 *					get has the item; its processor had nothing to do
 *	wake: sample busy PATH NS…	the same; another thread kept its processor busy
 *	wake: sample stream PATH NS	an item's share of many, which one thread puts and the
 *					other gets; each sleeps if it has to wait
 *
 * One thread is on processor 0, the other on processor 1. A round has a run of each path in
 * each mode: what shifts a whole round shifts all alike.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/timex.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include "wake.h"

/* Wake-ups of a run, and items of a stream. */
#define WAKES		15
#define ITEMS		4000

/* How long the thread in the get is asleep, until the put: its processor is, too. */
#define PAUSE_NS	50000

/* A thread that is not asleep by then never will be. */
#define LIMIT_NS	(10 * NSEC_PER_SEC)

static unsigned int rounds = 101;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "How often each path is measured, 1 to 999");

enum mode { IDLE, BUSY, STREAM, MODES };

static const char * const mode_names[] = { "idle", "busy", "stream" };

/**
 * struct run - a path in one mode, in one round
 * @took: what each wake-up took, in cycles, or the stream as the first
 */
struct run {
	u64 took[WAKES];
};

static struct run *runs;
static struct task_struct *putter, *getter, *spinner;
static DECLARE_WAIT_QUEUE_HEAD(spinner_rests);
static DECLARE_COMPLETION(all_put);
static bool spinning;
static int error;

/* How often each has, in all; when the last put began; when the last get ended. */
static u64 puts, gets, put_at, got_at;

/* User-Mode Linux has the processor's own counter, but no get_cycles(). */
static u64 now(void)
{
#ifdef CONFIG_UML
	return __builtin_ia32_rdtsc();
#else
	return get_cycles();
#endif
}

static struct run *run_of(unsigned int round, enum mode mode, unsigned int path)
{
	return &runs[(round * MODES + mode) * wake_npaths + path];
}

static bool has_mode(const struct wake_path *path, enum mode mode)
{
	return mode != STREAM || !path->bare;
}

static void fail(int err)
{
	if (err)
		WRITE_ONCE(error, err);
}

/* --- the thread that gets ---------------------------------------------------- */

static void get_run(const struct wake_path *path, enum mode mode, struct run *run)
{
	unsigned int i, n = mode == STREAM ? ITEMS : WAKES;

	for (i = 0; i < n; i++) {
		fail(path->get(path));
		got_at = now();
		if (mode != STREAM)
			run->took[i] = got_at - READ_ONCE(put_at);
		/* The putter reads got_at once it has seen this. */
		smp_store_release(&gets, gets + 1);
	}
}

/* Calls @function for all runs, in their order. */
static void for_all_runs(void (*function)(const struct wake_path *path,
					  enum mode mode, struct run *run))
{
	unsigned int round, path;
	enum mode mode;

	for (round = 0; round < rounds; round++)
		for (mode = 0; mode < MODES; mode++)
			for (path = 0; path < wake_npaths; path++)
				if (has_mode(&wake_paths[path], mode))
					function(&wake_paths[path], mode,
						 run_of(round, mode, path));
}

/* Its priority lets it have the processor that the spinner keeps busy. */
static int get_all(void *unused)
{
	sched_set_fifo(current);
	for_all_runs(get_run);
	return 0;
}

/* --- the thread that keeps the other's processor busy ------------------------ */

static int spin(void *unused)
{
	sched_set_normal(current, 19);
	while (!kthread_should_stop()) {
		wait_event(spinner_rests,
			   READ_ONCE(spinning) || kthread_should_stop());
		while (READ_ONCE(spinning)) {
			cpu_relax();
			if (need_resched())
				schedule();
		}
	}
	return 0;
}

static void set_spinning(bool on)
{
	WRITE_ONCE(spinning, on);
	wake_up(&spinner_rests);
}

/* --- the thread that puts ---------------------------------------------------- */

static void pause(void)
{
	u64 end = ktime_get_ns() + PAUSE_NS;

	while (ktime_get_ns() < end)
		cpu_relax();
}

/* Until the getter has got so often, and sleeps in its next get. */
static void wait_for_sleep(u64 n)
{
	u64 end = ktime_get_ns() + LIMIT_NS;

	/* With acquire, since got_at was written before. */
	while (smp_load_acquire(&gets) < n || READ_ONCE(getter->on_rq)) {
		cpu_relax();
		if (!READ_ONCE(error) && ktime_get_ns() > end)
			fail(-ETIMEDOUT);
		if (READ_ONCE(error))
			return;
	}
	pause();
}

static void put_one(const struct wake_path *path)
{
	WRITE_ONCE(put_at, now());
	fail(path->put(path));
}

/* Between two runs, all that was put is got. */
static void put_run(const struct wake_path *path, enum mode mode, struct run *run)
{
	unsigned int i;
	u64 start;

	set_spinning(mode == BUSY);
	wait_for_sleep(puts);
	start = now();
	for (i = 0; i < (mode == STREAM ? ITEMS : WAKES); i++) {
		if (mode != STREAM)
			wait_for_sleep(puts);
		put_one(path);
		puts++;
	}
	wait_for_sleep(puts);
	if (mode == STREAM)
		run->took[0] = got_at - start;
}

static int put_all(void *unused)
{
	for_all_runs(put_run);
	set_spinning(false);
	complete(&all_put);
	return 0;
}

/* --- what has come out ------------------------------------------------------- */

static u64 cycles_per_ms;

static u64 to_ns(u64 cycles)
{
	return div64_u64(cycles * USEC_PER_SEC, cycles_per_ms);
}

static void say_run(const struct wake_path *path, enum mode mode, struct run *run)
{
	unsigned int i, len = 0;
	char text[WAKES * 11 + 1];
	u64 ns;

	for (i = 0; i < (mode == STREAM ? 1 : WAKES); i++) {
		ns = to_ns(run->took[i]);
		if (mode == STREAM)
			ns = div_u64(ns, ITEMS);
		len += scnprintf(text + len, sizeof(text) - len, " %llu", ns);
	}
	pr_info("sample %s %s%s\n", mode_names[mode], path->name, text);
}

/* --- loading ----------------------------------------------------------------- */

static struct task_struct *make_thread(int (*function)(void *data), unsigned int cpu)
{
	struct task_struct *thread;

	thread = kthread_create_on_node(function, NULL, cpu_to_node(cpu),
					"wake/%u", cpu);
	if (IS_ERR(thread))
		return NULL;
	kthread_bind(thread, cpu);
	/* It may end before it is stopped. */
	get_task_struct(thread);
	return thread;
}

static void end_thread(struct task_struct *thread)
{
	if (!thread)
		return;
	kthread_stop(thread);
	put_task_struct(thread);
}

/*
 * Returns when the threads have done all of it, and are gone. After an error the putter still
 * puts all items, so the getter, too, comes to its end. kthread_stop() wakes the spinner.
 */
static int measure(void)
{
	putter = make_thread(put_all, 0);
	getter = make_thread(get_all, 1);
	spinner = make_thread(spin, 1);
	if (putter && getter && spinner) {
		wake_up_process(spinner);
		wake_up_process(getter);
		wake_up_process(putter);
		wait_for_completion(&all_put);
	} else {
		fail(-ENOMEM);
	}
	end_thread(putter);
	end_thread(getter);
	end_thread(spinner);
	return error;
}

static int measure_and_say(void)
{
	u64 started = ktime_get_ns(), cycles = now();
	int err = measure();

	if (err) {
		pr_err("a run failed with error %d\n", err);
		return err;
	}
	cycles_per_ms = div64_u64((now() - cycles) * USEC_PER_SEC,
				  ktime_get_ns() - started);
	for_all_runs(say_run);
	return 0;
}

static int __init wake_init(void)
{
	int err;

	if (rounds < 1 || rounds > 999 || !cpu_online(1)) {
		pr_err("rounds=%u: must be 1 to 999, on processors 0 and 1\n",
		       rounds);
		return -EINVAL;
	}
	runs = vzalloc(array3_size(rounds * MODES, wake_npaths, sizeof(*runs)));
	if (!runs)
		return -ENOMEM;
	err = wake_open_paths();
	if (!err) {
		err = measure_and_say();
		wake_close_paths();
	}
	vfree(runs);
	return err;
}
module_init(wake_init);

static void __exit wake_exit(void)
{
}
module_exit(wake_exit);

MODULE_DESCRIPTION("Measures wake-ups between two processors");
MODULE_LICENSE("GPL");
