// SPDX-License-Identifier: GPL-2.0
/*
 * The counters of a queue, in /sys/class/misc/fifoN/: one value per file, or one histogram.
 *
 * A program reads them one by one while items move, so the ledger adds up only
 * if no task is inside an operation. Reading a counter settles what processes
 * did in their mappings first; reading a constant does not.
 */
#include <linux/device.h>
#include <linux/sysfs.h>
#include "engine.h"
#include "histogram.h"
#include "queue.h"
#include "sysfs.h"

static struct fifo_queue *to_queue(struct device *dev)
{
	struct miscdevice *misc = dev_get_drvdata(dev);

	return container_of(misc, struct fifo_queue, misc);
}

#define QUEUE_ATTR(_name, _settles, _format, _value)			\
static ssize_t _name##_show(struct device *dev,				\
			    struct device_attribute *attr, char *buf)	\
{									\
	struct fifo_queue *queue = to_queue(dev);			\
									\
	if (_settles)							\
		fifo_queue_settle_all(queue);				\
	return sysfs_emit(buf, _format "\n", _value);			\
}									\
static DEVICE_ATTR_RO(_name)

QUEUE_ATTR(size, false, "%u", queue->size);
QUEUE_ATTR(engine, false, "%s", queue->engine->name);
QUEUE_ATTR(overflow, false, "%s", fifo_overflow_names[queue->overflow]);
QUEUE_ATTR(depth, true, "%u", queue->engine->depth(queue));
QUEUE_ATTR(put, true, "%lld", (s64)fifo_items_put(queue));
QUEUE_ATTR(got, true, "%lld", (s64)fifo_items_got(queue));
QUEUE_ATTR(dropped, true, "%lld", (s64)atomic64_read(&queue->dropped));
QUEUE_ATTR(discarded, true, "%lld", (s64)atomic64_read(&queue->discarded));
QUEUE_ATTR(mapping_errors, true, "%lld", (s64)atomic64_read(&queue->mapping_errors));
QUEUE_ATTR(waiting_producers, true, "%d", fifo_waiting(&queue->ends[FIFO_PRODUCER].wait));
QUEUE_ATTR(waiting_consumers, true, "%d", fifo_waiting(&queue->ends[FIFO_CONSUMER].wait));

QUEUE_ATTR(oldest_age_ns, true, "%llu", fifo_queue_oldest_age(queue));

#define HISTOGRAM_ATTR(_name, _read)					\
static ssize_t _name##_show(struct device *dev,				\
			    struct device_attribute *attr, char *buf)	\
{									\
	struct fifo_queue *queue = to_queue(dev);			\
	struct fifo_histogram sum = { 0 };				\
									\
	fifo_queue_settle_all(queue);					\
	_read;								\
	return fifo_histogram_emit(&sum, buf);				\
}									\
static DEVICE_ATTR_RO(_name)

HISTOGRAM_ATTR(wait_histogram, fifo_queue_sojourns(queue, &sum));
HISTOGRAM_ATTR(producer_wait_histogram, fifo_waits_counted(queue, FIFO_PRODUCER, &sum));
HISTOGRAM_ATTR(consumer_wait_histogram, fifo_waits_counted(queue, FIFO_CONSUMER, &sum));

static struct attribute *fifo_queue_attrs[] = {
	&dev_attr_size.attr,
	&dev_attr_engine.attr,
	&dev_attr_overflow.attr,
	&dev_attr_depth.attr,
	&dev_attr_put.attr,
	&dev_attr_got.attr,
	&dev_attr_dropped.attr,
	&dev_attr_discarded.attr,
	&dev_attr_mapping_errors.attr,
	&dev_attr_waiting_producers.attr,
	&dev_attr_waiting_consumers.attr,
	&dev_attr_oldest_age_ns.attr,
	&dev_attr_wait_histogram.attr,
	&dev_attr_producer_wait_histogram.attr,
	&dev_attr_consumer_wait_histogram.attr,
	NULL
};

static const struct attribute_group fifo_queue_group = {
	.attrs = fifo_queue_attrs,
};

const struct attribute_group *fifo_queue_groups[] = {
	&fifo_queue_group,
	NULL
};
