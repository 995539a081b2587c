// SPDX-License-Identifier: GPL-2.0
/*
 * Converts a moment in the past from CLOCK_MONOTONIC to CLOCK_BOOTTIME, even if the
 * machine was suspended since: an item may lie in a queue during a suspend.
 *
 * An item records its put by CLOCK_MONOTONIC, which stops while the machine is suspended.
 * A process records its start by CLOCK_BOOTTIME, which runs on. To compare the two,
 * fifo_boottime() needs to know how far CLOCK_BOOTTIME was ahead at the put, not how far it is
 * now. So a notifier records this lead before each suspend.
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

/* How many sleeps are kept, the latest ones. */
#define SLEEPS	64

/**
 * struct sleep - a sleep of the machine
 * @from: when it began, CLOCK_MONOTONIC in nanoseconds
 * @lead: how far CLOCK_BOOTTIME was ahead of CLOCK_MONOTONIC until then, in nanoseconds
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

/* A suspend that failed has left the lead as it was: forget that sleep. */
static void forget_failed_suspend(void)
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
		forget_failed_suspend();
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = notified };

/**
 * fifo_boottime() - convert a moment since fifo.ko was loaded to CLOCK_BOOTTIME
 * @time: the moment by CLOCK_MONOTONIC in nanoseconds, as items have it
 *
 * Exact, with two exceptions. A moment between the notifier and the suspend counts as
 * after the sleep. Only the last 64 sleeps are kept: a moment before an earlier one is
 * converted with the oldest lead that is kept.
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
