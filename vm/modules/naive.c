// SPDX-License-Identifier: GPL-2.0
/*
 * Producers with the usual pacing: delayed work that puts one item, and arms itself again
 * with a delay of HZ / rate ticks. The tests of rates must see that this drifts, and
 * scripts/bench rate shows it beside producer.ko.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/time64.h>
#include <linux/workqueue.h>
#include "fifo.h"

#define MOST	16

static unsigned int rate[MOST];
static int n;
module_param_array(rate, uint, &n, 0444);
MODULE_PARM_DESC(rate, "Items per second of each producer; producer i puts into queue i");

struct naive {
	struct fifo_port *port;
	struct workqueue_struct *wq;
	struct delayed_work work;
	unsigned long delay;
	u64 started;
	u64 items;
};

static struct naive naive[MOST];
static bool stopping;

static void put_one(struct work_struct *work)
{
	struct naive *me = container_of(to_delayed_work(work), struct naive,
					work);
	struct fifo_item item = { .type = FIFO_ITEM_TEXT, .len = 1, .data = "N" };

	if (!fifo_put(me->port, &item))
		me->items++;
	if (!READ_ONCE(stopping))
		queue_delayed_work(me->wq, &me->work, me->delay);
}

static int start(unsigned int i)
{
	struct naive *me = &naive[i];
	char name[FIFO_NAME_LEN];

	snprintf(name, sizeof(name), "naive[%u]", i);
	me->port = fifo_attach(i, FIFO_PRODUCER, name);
	if (IS_ERR(me->port))
		return PTR_ERR(me->port);
	me->wq = alloc_workqueue("naive/%u", WQ_UNBOUND, 1, i);
	if (!me->wq) {
		fifo_detach(me->port);
		return -ENOMEM;
	}
	INIT_DELAYED_WORK(&me->work, put_one);
	me->delay = HZ / rate[i];
	me->started = ktime_get_ns();
	queue_delayed_work(me->wq, &me->work, me->delay);
	return 0;
}

static void stop(unsigned int i)
{
	struct naive *me = &naive[i];
	u64 ms = div_u64(ktime_get_ns() - me->started, NSEC_PER_MSEC);
	u32 decimals;
	u64 s;

	s = div_u64_rem(ms, MSEC_PER_SEC, &decimals);
	pr_info("[%u] stopped: %llu items in %llu.%03u s\n", i,
		READ_ONCE(me->items), s, decimals);
	fifo_cancel(me->port);
	cancel_delayed_work_sync(&me->work);
	destroy_workqueue(me->wq);
	fifo_detach(me->port);
}

static void stop_first(unsigned int started)
{
	WRITE_ONCE(stopping, true);
	while (started--)
		stop(started);
}

static int __init naive_init(void)
{
	int i, err;

	for (i = 0; i < n; i++)
		if (!rate[i])
			return -EINVAL;
	for (i = 0; i < n; i++) {
		err = start(i);
		if (err) {
			stop_first(i);
			return err;
		}
	}
	return 0;
}
module_init(naive_init);

static void __exit naive_exit(void)
{
	stop_first(n);
}
module_exit(naive_exit);

MODULE_DESCRIPTION("Puts items at a rate, and misses it");
MODULE_LICENSE("GPL");
