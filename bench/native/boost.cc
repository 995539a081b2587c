// SPDX-License-Identifier: GPL-2.0
/*
 * Boost's lock-free queues: queue, for many, and spsc_queue, for one at each end. They have
 * room for SIZE items. queue has no batches.
 */
#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>
#include "native.h"

using many = boost::lockfree::queue<item, boost::lockfree::capacity<SIZE>>;
using one = boost::lockfree::spsc_queue<item, boost::lockfree::capacity<SIZE>>;

template<typename T> static void *make(unsigned int, uint64_t)
{
	return new T;
}

template<typename T> static void destroy(void *queue)
{
	delete static_cast<T *>(queue);
}

static unsigned int many_put(void *queue, const item *items, unsigned int n)
{
	many *q = static_cast<many *>(queue);
	unsigned int i = 0;

	while (i < n && q->bounded_push(items[i]))
		i++;
	return i;
}

static unsigned int many_get(void *queue, item *items, unsigned int n)
{
	many *q = static_cast<many *>(queue);
	unsigned int i = 0;

	while (i < n && q->pop(items[i]))
		i++;
	return i;
}

static unsigned int one_put(void *queue, const item *items, unsigned int n)
{
	one *q = static_cast<one *>(queue);

	return n == 1 ? q->push(*items) : q->push(items, n);
}

static unsigned int one_get(void *queue, item *items, unsigned int n)
{
	one *q = static_cast<one *>(queue);

	return n == 1 ? q->pop(*items) : q->pop(items, n);
}

static const contender boost_queue = {
	.name = "boost::lockfree::queue",
	.package = "libboost-dev",
	.pairs_max = 0,
	.make = make<many>,
	.destroy = destroy<many>,
	.attach = nullptr,
	.detach = nullptr,
	.put = many_put,
	.get = many_get,
};

CONTENDER(boost_queue);

static const contender boost_spsc = {
	.name = "boost::lockfree::spsc_queue",
	.package = "libboost-dev",
	.pairs_max = 1,
	.make = make<one>,
	.destroy = destroy<one>,
	.attach = nullptr,
	.detach = nullptr,
	.put = one_put,
	.get = one_get,
};

CONTENDER(boost_spsc);
