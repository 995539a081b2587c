// SPDX-License-Identifier: GPL-2.0
/*
 * Boot time of moments in the past, across sleeps of the machine: for items that lie in a
 * queue meanwhile.
 *
 * An item has the time of its put by the clock that stands while the machine is
 * asleep (CLOCK_MONOTONIC), and a process has its start by the one that goes on
 * (CLOCK_BOOTTIME). To compare them, one must know how far that was ahead at the put,
 * which is not what it is ahead now. So the lead is noted whenever the machine is
 * about to sleep.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/notifier.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/suspend.h>
#include <linux/timekeeping.h>
#include "boottime.h"
#include "fifo.h"

/* The last sleeps, which are remembered. */
#define SLEEPS	64

/**
 * struct sleep - a sleep of the machine
 * @from: when it began, CLOCK_MONOTONIC in nanoseconds
 * @lead: how far CLOCK_BOOTTIME was ahead until then, likewise
 */
struct sleep {
	u64 from;
	u64 lead;
};

/* Guards what follows; taken in softirqs, too. */
static DEFINE_SPINLOCK(lock);

/* The oldest first. */
static struct sleep sleeps[SLEEPS];
static unsigned int nr_sleeps;

static u64 lead_now(void)
{
	return ktime_to_ns(ktime_mono_to_any(0, TK_OFFS_BOOT));
}

static void fall_asleep(void)
{
	spin_lock_bh(&lock);
	if (nr_sleeps == SLEEPS)
		memmove(sleeps, sleeps + 1, --nr_sleeps * sizeof(*sleeps));
	sleeps[nr_sleeps].from = ktime_get_ns();
	sleeps[nr_sleeps++].lead = lead_now();
	spin_unlock_bh(&lock);
}

/* It may not have slept at all. */
static void wake_up_again(void)
{
	spin_lock_bh(&lock);
	if (nr_sleeps && sleeps[nr_sleeps - 1].lead == lead_now())
		nr_sleeps--;
	spin_unlock_bh(&lock);
}

static int notified(struct notifier_block *block, unsigned long event,
		    void *unused)
{
	if (event == PM_SUSPEND_PREPARE || event == PM_HIBERNATION_PREPARE)
		fall_asleep();
	else if (event == PM_POST_SUSPEND || event == PM_POST_HIBERNATION)
		wake_up_again();
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = notified };

/**
 * fifo_boottime() - a moment since fifo.ko was loaded, by the clock that goes on while
 *	the machine is asleep
 * @time: the moment by CLOCK_MONOTONIC in nanoseconds, as items have it
 *
 * Exact, except for what happens while the machine is about to sleep, which counts as
 * after the sleep, and for what happened before the last 64 sleeps.
 *
 * Context: Any but hard interrupts.
 * Return: The moment by CLOCK_BOOTTIME in nanoseconds.
 */
u64 fifo_boottime(u64 time)
{
	unsigned int i;
	u64 lead;

	spin_lock_bh(&lock);
	lead = lead_now();
	for (i = nr_sleeps; i-- && time < sleeps[i].from;)
		lead = sleeps[i].lead;
	spin_unlock_bh(&lock);
	return time + lead;
}
EXPORT_SYMBOL_GPL(fifo_boottime);

/* Returns 0 or a negative errno. */
int fifo_boottime_init(void)
{
	return register_pm_notifier(&notifier);
}

void fifo_boottime_exit(void)
{
	unregister_pm_notifier(&notifier);
}
