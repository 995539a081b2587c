// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Explains why a queue could not be opened, and what to do about it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "libfifo.h"
#include "sysfs.h"

/**
 * struct question - an error to explain
 * @queue: the queue
 * @role: which end of it
 * @err: the errno
 * @buf: for the answer
 * @size: its size
 */
struct question {
	unsigned int queue;
	enum fifo_role role;
	int err;
	char *buf;
	size_t size;
};

static void explain_missing(const struct question *q)
{
	unsigned int queues = fifo_sysfs_queues();

	if (!queues)
		snprintf(q->buf, q->size,
			 "fifo.ko is not loaded: insmod fifo.ko (with engine=ring for queues that are to be mapped)");
	else if (q->queue >= queues)
		snprintf(q->buf, q->size,
			 "no queue %u: fifo.ko has %u, from 0 to %u",
			 q->queue, queues, queues - 1);
	else
		snprintf(q->buf, q->size,
			 "queue %u is there, but /dev/fifo%u is not: mount -t devtmpfs none /dev",
			 q->queue, q->queue);
}

static void explain_not_mappable(const struct question *q)
{
	char engine[32], overflow[32];

	fifo_sysfs_read(q->queue, "engine", engine, sizeof(engine));
	fifo_sysfs_read(q->queue, "overflow", overflow, sizeof(overflow));
	if (strcmp(engine, "ring"))
		snprintf(q->buf, q->size,
			 "queue %u has engine=%s, only ring can be mapped: insmod fifo.ko engine=ring",
			 q->queue, engine);
	else if (q->role == FIFO_CONSUMER && !strcmp(overflow, "drop-oldest"))
		snprintf(q->buf, q->size,
			 "queue %u has overflow=drop-oldest, which takes items from a consumer that maps it: insmod fifo.ko engine=ring overflow=drop-newest, or block",
			 q->queue);
	else
		snprintf(q->buf, q->size,
			 "queue %u cannot be mapped: dmesg says why", q->queue);
}

static void explain_loading(const struct question *q)
{
	snprintf(q->buf, q->size,
		 "/dev/fifo%u is not ready, fifo.ko is being loaded or unloaded: try again",
		 q->queue);
}

static void explain_denied(const struct question *q)
{
	snprintf(q->buf, q->size,
		 "/dev/fifo%u may be opened by root, and by its group if ls -l shows one: use sudo, or join the group",
		 q->queue);
}

static void explain_busy(const struct question *q)
{
	const char *end = q->role == FIFO_CONSUMER ? "consumer" : "producer";

	snprintf(q->buf, q->size,
		 "queue %u has a %s: another process, or %s.ko; a mapping needs that end for itself",
		 q->queue, end, end);
}

static void explain_version(const struct question *q)
{
	snprintf(q->buf, q->size,
		 "fifo.ko and this program are of different releases, queue %u cannot be mapped: install both from one",
		 q->queue);
}

static void explain_overwritten(const struct question *q)
{
	snprintf(q->buf, q->size,
		 "queue %u: this process has overwritten its mapping of the queue, and must open it anew",
		 q->queue);
}

static void explain_other(const struct question *q)
{
	errno = q->err;
	snprintf(q->buf, q->size, "/dev/fifo%u: %m", q->queue);
}

static const struct {
	int err;
	void (*explain)(const struct question *q);
} answers[] = {
	{ ENOENT, explain_missing },
	{ ENODEV, explain_missing },
	{ ENXIO, explain_loading },
	{ EACCES, explain_denied },
	{ EPERM, explain_denied },
	{ EBUSY, explain_busy },
	{ EOPNOTSUPP, explain_not_mappable },
	{ EPROTONOSUPPORT, explain_version },
	{ ENOTTY, explain_version },
	{ EBADMSG, explain_overwritten },
};

const char *fifo_explain(unsigned int queue, enum fifo_role role, int err,
			 char *buf, size_t size)
{
	const struct question question = { queue, role, err, buf, size };
	size_t i;

	for (i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		if (answers[i].err == err) {
			answers[i].explain(&question);
			return buf;
		}
	}
	explain_other(&question);
	return buf;
}
