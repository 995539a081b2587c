// SPDX-License-Identifier: GPL-2.0
/*
 * A solution of the project of CSE330: a thread puts each process of a user into a queue, others
 * take them out, and add up how long they have been running.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#define THREADS	64

static unsigned int buff_size = 1;
module_param(buff_size, uint, 0444);
MODULE_PARM_DESC(buff_size, "Items that fit in the queue");

static unsigned int prod;
module_param(prod, uint, 0444);
MODULE_PARM_DESC(prod, "Producers, at most one");

static unsigned int cons;
module_param(cons, uint, 0444);
MODULE_PARM_DESC(cons, "Consumers");

static unsigned int uuid;
module_param(uuid, uint, 0444);
MODULE_PARM_DESC(uuid, "The user");

struct item {
	pid_t pid;
	u64 start;
};

static DEFINE_SPINLOCK(lock);	/* guards the five below */
static struct item *slots;
static unsigned int first;
static unsigned int count;
static unsigned int consumed;
static u64 elapsed;

static unsigned int produced;
static DECLARE_WAIT_QUEUE_HEAD(room);
static DECLARE_WAIT_QUEUE_HEAD(filled);
static struct task_struct *threads[THREADS];
static unsigned int started;

static bool try_put(const struct item *item)
{
	bool done = false;

	spin_lock(&lock);
	if (count < buff_size) {
		slots[(first + count) % buff_size] = *item;
		count++;
		done = true;
	}
	spin_unlock(&lock);
	return done;
}

static bool try_get(struct item *item)
{
	bool done = false;

	spin_lock(&lock);
	if (count) {
		*item = slots[first];
		first = (first + 1) % buff_size;
		count--;
		done = true;
	}
	spin_unlock(&lock);
	return done;
}

/* The user's processes as they are now: returns how many, or an error. */
static int take_census(struct item **found)
{
	unsigned int most = 0, n = 0;
	struct task_struct *task;
	struct item *list;

	rcu_read_lock();
	for_each_process(task)
		most++;
	rcu_read_unlock();
	list = kvmalloc_array(most + 1, sizeof(*list), GFP_KERNEL);
	if (!list)
		return -ENOMEM;
	rcu_read_lock();
	for_each_process(task) {
		if (from_kuid(&init_user_ns, task_uid(task)) == uuid && n < most)
			list[n++] = (struct item){ .pid = task->pid, .start = task->start_time };
	}
	rcu_read_unlock();
	*found = list;
	return n;
}

static void wait_for_the_end(void)
{
	set_current_state(TASK_INTERRUPTIBLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
}

static int produce(void *unused)
{
	struct item *all = NULL;
	int i, n = take_census(&all);

	for (i = 0; i < n && !kthread_should_stop(); i++) {
		bool done = false;

		wait_event_interruptible(room, (done = try_put(&all[i])) || kthread_should_stop());
		if (!done)
			break;
		wake_up(&filled);
		produced++;
		pr_info("[Producer-1] Produced Item#-%u for PID:%d\n", produced, all[i].pid);
	}
	kvfree(all);
	wait_for_the_end();
	return 0;
}

static void add(const struct item *item)
{
	u64 age = ktime_get_ns() - item->start;
	unsigned int number;

	spin_lock(&lock);
	elapsed += age;
	number = ++consumed;
	spin_unlock(&lock);
	pr_info("[%s] Consumed Item#-%u PID:%d\n", current->comm, number, item->pid);
}

static int consume(void *unused)
{
	while (!kthread_should_stop()) {
		struct item item;
		bool done = false;

		wait_event_interruptible(filled, (done = try_get(&item)) || kthread_should_stop());
		if (!done)
			continue;
		wake_up(&room);
		add(&item);
	}
	return 0;
}

static void stop(void)
{
	while (started)
		kthread_stop(threads[--started]);
	kvfree(slots);
}

static int start(int (*run)(void *), const char *name, unsigned int number)
{
	struct task_struct *thread = kthread_run(run, NULL, "%s-%u", name, number);

	if (IS_ERR(thread))
		return PTR_ERR(thread);
	threads[started++] = thread;
	return 0;
}

static int __init project_init(void)
{
	unsigned int i;
	int err = 0;

	if (!buff_size || prod > 1 || cons >= THREADS)
		return -EINVAL;
	slots = kvmalloc_array(buff_size, sizeof(*slots), GFP_KERNEL);
	if (!slots)
		return -ENOMEM;
	if (prod)
		err = start(produce, "Producer", 1);
	for (i = 1; i <= cons && !err; i++)
		err = start(consume, "Consumer", i);
	if (err)
		stop();
	return err;
}
module_init(project_init);

static void __exit project_exit(void)
{
	u64 seconds;

	stop();
	seconds = div_u64(elapsed, NSEC_PER_SEC);
	pr_info("Total number of items produced: %u\n", produced);
	pr_info("Total number of items consumed: %u\n", consumed);
	pr_info("The total elapsed time of all processes for UID %u is %llu:%llu:%llu\n", uuid,
		seconds / 3600, seconds / 60 % 60, seconds % 60);
}
module_exit(project_exit);

MODULE_DESCRIPTION("A user's processes in a queue");
MODULE_LICENSE("GPL");
