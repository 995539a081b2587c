// SPDX-License-Identifier: GPL-2.0
/*
 * The engines of fifo.ko, as they are in the tree: all that fifo_try_put(), fifo_try_get()
 * and their batches do.
 */
#include "engine.h"
#include "port.h"
#include "queue.h"
#include "transfer.h"
#include "native.h"

__thread size_t kernel_thread;
__thread volatile int kernel_bh;

bool kernel_clock_stopped;

static atomic_size_t threads;

void *kernel_zalloc(size_t size, size_t align)
{
	size_t whole = (size + align - 1) / align * align;
	void *memory = aligned_alloc(align, whole);

	return memory ? memset(memory, 0, whole) : NULL;
}

/* --- instead of wait.c and poll.c: nobody waits, and nobody polls ------------ */

void fifo_wait_point_init(struct fifo_wait_point *point, enum fifo_role role,
			  struct fifo_map_end *flags,
			  bool (*ready)(struct fifo_wait_point *point))
{
	(void)flags;
	point->pollers.role = role;
	point->ready = ready;
}

int fifo_wait(struct fifo_waiter *waiter, enum fifo_patience patience,
	      bool (*try)(void *data), void *data, u64 *ns)
{
	(void)waiter;
	(void)patience;
	(void)try;
	(void)data;
	(void)ns;
	abort();
}

bool fifo_stall(struct fifo_waiter *waiter)
{
	(void)waiter;
	abort();
}

bool fifo_stall_end(struct fifo_waiter *waiter, u64 *ns)
{
	(void)waiter;
	(void)ns;
	abort();
}

void fifo_wake_present(struct fifo_wait_point *point, unsigned int n)
{
	(void)point;
	(void)n;
	abort();
}

void fifo_pollers_join(struct fifo_pollers *pollers, struct file *file,
		       poll_table *wait)
{
	(void)pollers;
	(void)file;
	(void)wait;
	abort();
}

void fifo_pollers_tell(struct fifo_pollers *pollers)
{
	(void)pollers;
	abort();
}

/* --- a queue and its ports ------------------------------------------------- */

static void *make_queue(const struct fifo_engine *engine, bool stamped)
{
	struct fifo_queue *queue = fifo_queues_alloc(1);

	queue->size = SIZE;
	queue->engine = engine;
	if (fifo_queues_init(1))
		abort();
	kernel_clock_stopped = !stamped;
	atomic_store(&threads, 0);
	return queue;
}

static void destroy_queue(void *queue)
{
	(void)queue;
	fifo_queues_free();
}

static void *attach_port(void *queue, bool produces)
{
	struct fifo_port *port = kzalloc(sizeof(*port), GFP_KERNEL);

	kernel_thread = atomic_fetch_add(&threads, 1);
	port->queue = queue;
	port->role = produces ? FIFO_PRODUCER : FIFO_CONSUMER;
	port->source = kernel_thread;
	INIT_LIST_HEAD(&port->nodes);
	return port;
}

static void detach_port(void *end, bool produces)
{
	struct fifo_port *port = end;

	(void)produces;
	if (port->queue->engine->detach)
		port->queue->engine->detach(port);
	kfree(port);
}

/* 0 is all that may come instead of a number of items. */
static unsigned int moved(int result)
{
	if (result < 0 && result != -EAGAIN)
		abort();
	return max(result, 0);
}

static unsigned int put(void *port, const struct item *items, unsigned int n)
{
	const struct fifo_item *from = (const void *)items;

	return n == 1 ? moved(fifo_try_put(port, from) ?: 1) :
			moved(fifo_try_put_many(port, from, n));
}

static unsigned int get(void *port, struct item *items, unsigned int n)
{
	struct fifo_item *to = (void *)items;

	return n == 1 ? moved(fifo_try_get(port, to) ?: 1) :
			moved(fifo_try_get_many(port, to, n));
}

static_assert(sizeof(struct item) == sizeof(struct fifo_item), "an item");

#define ENGINE(id, name_, engine, stamped)				\
static void *make_##id(unsigned int producers, uint64_t items)		\
{									\
	(void)producers;						\
	(void)items;							\
	return make_queue(&fifo_engine_##engine, stamped);		\
}									\
									\
static const struct contender id = {					\
	.name = name_,							\
	.package = "-",							\
	.make = make_##id,						\
	.destroy = destroy_queue,					\
	.attach = attach_port,						\
	.detach = detach_port,						\
	.put = put,							\
	.get = get,							\
};									\
									\
CONTENDER(id)

ENGINE(ring, "fifo:ring", ring, true);
ENGINE(unstamped, "fifo:ring(no-stamp)", ring, false);
ENGINE(waitqueue, "fifo:waitqueue", waitqueue, true);
ENGINE(list, "fifo:list", list, true);
ENGINE(semaphore, "fifo:semaphore", semaphore, true);
