// SPDX-License-Identifier: GPL-2.0
/*
 * moodycamel::ConcurrentQueue. Each thread has a token, which makes it faster. It keeps the
 * order of each producer only, in a queue of its own: each has room for SIZE items.
 */
#include <concurrentqueue/concurrentqueue.h>
#include "native.h"

struct traits : moodycamel::ConcurrentQueueDefaultTraits {
	static const size_t MAX_SUBQUEUE_SIZE = SIZE;
};

using queue = moodycamel::ConcurrentQueue<item, traits>;

struct end {
	queue *q;
	moodycamel::ProducerToken *producer;
	moodycamel::ConsumerToken *consumer;
};

static void *make(unsigned int producers, uint64_t)
{
	return new queue(SIZE * producers, producers, 0);
}

static void destroy(void *data)
{
	delete static_cast<queue *>(data);
}

static void *attach(void *data, bool produces)
{
	queue *q = static_cast<queue *>(data);

	if (produces)
		return new end{q, new moodycamel::ProducerToken(*q), nullptr};
	return new end{q, nullptr, new moodycamel::ConsumerToken(*q)};
}

static void detach(void *data, bool)
{
	end *e = static_cast<end *>(data);

	delete e->producer;
	delete e->consumer;
	delete e;
}

static unsigned int put(void *data, const item *items, unsigned int n)
{
	end *e = static_cast<end *>(data);

	if (n == 1)
		return e->q->enqueue(*e->producer, *items);
	return e->q->enqueue_bulk(*e->producer, items, n) ? n : 0;
}

static unsigned int get(void *data, item *items, unsigned int n)
{
	end *e = static_cast<end *>(data);

	if (n == 1)
		return e->q->try_dequeue(*e->consumer, *items);
	return e->q->try_dequeue_bulk(*e->consumer, items, n);
}

static const contender moodycamel_queue = {
	.name = "moodycamel::ConcurrentQueue",
	.package = "libconcurrentqueue-dev",
	.pairs_max = 0,
	.make = make,
	.destroy = destroy,
	.attach = attach,
	.detach = detach,
	.put = put,
	.get = get,
};

CONTENDER(moodycamel_queue);
