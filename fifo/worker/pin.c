// SPDX-License-Identifier: GPL-2.0
/*
 * Pins: workers that run on one processor only, until that goes offline.
 *
 * How a worker stays there is its context's business. All continue after the processor has
 * gone: the kernel moves the timers that are armed there and the threads that are bound
 * there to another processor, and lets other kworkers do the works that are queued
 * there. But it would arm a new timer of a work on the dead
 * processor, where it expires only when that is back. So a worker loses its pin while the
 * processor is still there, under the worker's lock. A task that arms on a processor reads
 * the pin, and arms, under the same lock. A processor that comes back, as after a suspend,
 * gets no worker back.
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include "pin.h"
#include "run.h"

/* Guards the list. Taken by the kernel's hotplug of processors, inside its own lock. */
static DEFINE_MUTEX(pins_lock);
static LIST_HEAD(pins);

static enum cpuhp_state offline_state;

/*
 * For a worker that nobody else uses yet. No processor goes offline between the check
 * and adding it to the list. Returns 0, or -ENODEV if there is no such processor, or it is offline.
 */
int fifo_worker_pin(struct fifo_worker *worker, unsigned int cpu)
{
	int err = -ENODEV;

	cpus_read_lock();
	if (cpu < nr_cpu_ids && cpu_online(cpu)) {
		mutex_lock(&pins_lock);
		worker->cpu = cpu;
		list_add_tail(&worker->pin, &pins);
		mutex_unlock(&pins_lock);
		err = 0;
	}
	cpus_read_unlock();
	return err;
}

/* When it returns, @unpinned is not called any more. May be called again. */
void fifo_worker_unpin(struct fifo_worker *worker)
{
	if (list_empty(&worker->pin))
		return;
	mutex_lock(&pins_lock);
	list_del_init(&worker->pin);
	mutex_unlock(&pins_lock);
}

static void move_on(struct fifo_worker *worker)
{
	spin_lock_bh(&worker->lock);
	WRITE_ONCE(worker->cpu, FIFO_CPU_ANY);
	spin_unlock_bh(&worker->lock);
	if (worker->ops->unpinned)
		worker->ops->unpinned(worker->data);
}

/* Not static: KUnit has a kernel without hotplug. */
void fifo_pins_offline(unsigned int cpu)
{
	struct fifo_worker *worker;

	mutex_lock(&pins_lock);
	list_for_each_entry(worker, &pins, pin)
		if (worker->cpu == cpu)
			move_on(worker);
	mutex_unlock(&pins_lock);
}

static int goes_offline(unsigned int cpu)
{
	fifo_pins_offline(cpu);
	return 0;
}

int fifo_pins_init(void)
{
	int state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "fifo:pins",
					      NULL, goes_offline);

	if (state < 0)
		return state;
	offline_state = state;
	return 0;
}

/* No worker is left. */
void fifo_pins_exit(void)
{
	cpuhp_remove_state_nocalls(offline_state);
}
