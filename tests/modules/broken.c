// SPDX-License-Identifier: GPL-2.0
/*
 * A module with one mistake, how=NAME, which one of the kernel's checkers must find.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/workqueue.h>

static char *how = "";
module_param(how, charp, 0444);
MODULE_PARM_DESC(how, "The mistake: a name of the table in broken.c");

/* Leaks memory: kmemleak. */
static void leak(void)
{
	/* Several: an old stack slot may still refer to one. */
	unsigned int i;

	for (i = 0; i < 8; i++)
		(void)kzalloc(64, GFP_KERNEL);
}

/* Writes behind the end of an object: KASAN. */
static void bounds(void)
{
	size_t len = READ_ONCE(how) ? 24 : 0;
	char *object = kmalloc(len, GFP_KERNEL);

	if (!object)
		return;
	WRITE_ONCE(object[len], 1);
	kfree(object);
}

/* Shifts by more than there are bits: UBSAN. */
static void shift(void)
{
	int bits = READ_ONCE(how) ? 40 : 0;

	pr_info("broken: %d\n", 1 << bits);
}

static void never(struct work_struct *work)
{
}

/* Frees a delayed work whose timer is armed: debugobjects. */
static void timer(void)
{
	struct delayed_work *dwork = kzalloc(sizeof(*dwork), GFP_KERNEL);

	if (!dwork)
		return;
	INIT_DELAYED_WORK(dwork, never);
	schedule_delayed_work(dwork, 1000 * HZ);
	kfree(dwork);
}

static DECLARE_COMPLETION(freed);

static void wait_for_free(struct work_struct *work)
{
	wait_for_completion(&freed);
}

/* Frees a work that is queued, behind another: debugobjects. */
static void work(void)
{
	static DECLARE_WORK(before, wait_for_free);
	struct workqueue_struct *wq = alloc_ordered_workqueue("broken", 0);
	struct work_struct *queued = kzalloc(sizeof(*queued), GFP_KERNEL);

	if (wq && queued) {
		INIT_WORK(queued, never);
		queue_work(wq, &before);
		queue_work(wq, queued);
	}
	kfree(queued);
	complete(&freed);
	if (wq)
		destroy_workqueue(wq);
}

/* Adds an entry that is in the list: CONFIG_DEBUG_LIST. */
static void list(void)
{
	static LIST_HEAD(entries);
	static LIST_HEAD(entry);

	list_add(&entry, &entries);
	list_add(&entry, &entries);
}

/* Sleeps, or may, with a spinlock held: CONFIG_DEBUG_ATOMIC_SLEEP. */
static void sleep(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	might_sleep();
	spin_unlock(&lock);
}

/* Takes two locks in one order, and then in the other: lockdep. */
static void order(void)
{
	static DEFINE_MUTEX(one);
	static DEFINE_MUTEX(two);

	mutex_lock(&one);
	mutex_lock(&two);
	mutex_unlock(&two);
	mutex_unlock(&one);
	mutex_lock(&two);
	mutex_lock(&one);
	mutex_unlock(&one);
	mutex_unlock(&two);
}

/* Takes a lock that was never initialized: lockdep, which turns itself off. */
static void key(void)
{
	spinlock_t *lock = kzalloc(sizeof(*lock), GFP_KERNEL);

	if (!lock)
		return;
	spin_lock(lock);
	spin_unlock(lock);
	kfree(lock);
}

/* Sleeps and cannot be woken: the detector of hung tasks. */
static void hang(void)
{
	ssleep(60);
}

static void keep_busy(unsigned int seconds)
{
	unsigned long end = jiffies + seconds * HZ;

	while (time_before(jiffies, end))
		cpu_relax();
}

/* Occupies its processor: the detector of soft lockups. */
static void spin(void)
{
	preempt_disable();
	keep_busy(60);
	preempt_enable();
}

static void stay(struct work_struct *work)
{
	keep_busy(8);
}

/* Queues a work behind one that runs for long: the workqueues' watchdog. */
static void queue(void)
{
	static DECLARE_WORK(long_one, stay);
	static DECLARE_WORK(waiting, never);

	schedule_work_on(0, &long_one);
	schedule_work_on(0, &waiting);
	flush_work(&long_one);
	flush_work(&waiting);
}

static unsigned long counter;

static int count(void *data)
{
	while (!kthread_should_stop()) {
		counter++;
		cond_resched();
	}
	return 0;
}

/* Two threads count without a lock: KCSAN. */
static void race(void)
{
	struct task_struct *racers[2];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(racers); i++)
		racers[i] = kthread_run(count, NULL, "broken/%u", i);
	msleep(10000);
	for (i = 0; i < ARRAY_SIZE(racers); i++)
		if (!IS_ERR(racers[i]))
			kthread_stop(racers[i]);
	pr_info("broken: counted to %lu\n", counter);
}

static const struct {
	const char *name;
	void (*make)(void);
} mistakes[] = {
	{ "leak", leak },
	{ "bounds", bounds },
	{ "shift", shift },
	{ "timer", timer },
	{ "work", work },
	{ "list", list },
	{ "sleep", sleep },
	{ "order", order },
	{ "key", key },
	{ "race", race },
	{ "hang", hang },
	{ "spin", spin },
	{ "queue", queue },
};

static int __init broken_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mistakes); i++)
		if (!strcmp(how, mistakes[i].name)) {
			mistakes[i].make();
			return 0;
		}
	pr_err("broken: there is no mistake how=%s\n", how);
	return -EINVAL;
}
module_init(broken_init);

static void __exit broken_exit(void)
{
}
module_exit(broken_exit);

MODULE_DESCRIPTION("Has a mistake, which a checker must find");
MODULE_LICENSE("GPL");
