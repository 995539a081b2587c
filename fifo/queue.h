/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A queue: what all engines share, and the table of all queues.
 *
 * Lock order, outer first. A lock that is not named takes no other of ours, except that of
 * consumer/tally.c, which takes boottime.c's.
 *
 *	1. a module's param_lock    a write to /sys/module/.../rate holds it
 *	2. fifo_client.lock         mutex: starting allocates and sleeps
 *	3. fifo_text_reader.lock,   mutexes: an open file's; held while an operation
 *	   fifo_text_writer.lock    waits
 *	4. sources_lock             mutex: adding a name allocates
 *	   ports_lock               mutex: shows all ports
 *	   files_lock               mutex: shows all open files
 *	   pins_lock                mutex: tells owners, which log; takes 6. The kernel's lock
 *	                            of hotplug is outside it
 *	   client_log.c's printing  mutex: a console may take long for a line; takes 10
 *	                            and, for a line about a stop, 6
 *	5. an engine's own          semaphore: a mutex; others: a spinlock, also taken in
 *	                            softirqs. The ring has one only for mapped ends
 *	6. fifo_worker.lock         spinlock: arms a timer or queues work; also
 *	                            taken in softirqs
 *	7. fifo_leftovers.lock      spinlock: cancels the ports of readers
 *	8. wait queue locks         as the kernel's wake-ups take them, also in softirqs; a
 *	                            wake-up may arm a timer or queue work
 *	9. fifo_waiter.lock         spinlock: holds a task in place while it is woken; taken
 *	                            with softirqs off
 *	10. command.c's array,      spinlocks: innermost, also taken in softirqs; nothing
 *	    client_log.c's log_lock, is taken in them, and work is armed once they are
 *	    boottime.c's lock,      given back
 *	    consumer.ko's tally.c
 *	    and replies.c
 *	fifo_sojourns.sequence      no lock: its processor writes it with interrupts off, and
 *	                            readers try again
 *
 * No task holds 1, 2 or 4 while it moves an item, or 5 while it waits for an item or for
 * room.
 *
 * What guards a field of a struct is the end of its line in the struct's comment:
 *
 *	@lock, log_lock, ...     this lock is held. "Written under" it: a read is a hint
 *	pin.c, ...               the one lock of this file
 *	its own lock           the field is an object that locks itself, as a wait queue does
 *	itself                 only the functions of its type use it, and they need no lock
 *	atomic                 each access is one atomic operation
 *	constant               it is set before others can see it, and stays
 *	the user               only the task that is inside the port's operation uses it
 *	the run, @move's       only the worker's run uses it: there is one at a time
 */
#ifndef _FIFO_QUEUE_H
#define _FIFO_QUEUE_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include "fifo.h"
#include "sojourn.h"
#include "wait.h"

#define FIFO_QUEUES_MAX		16
#define FIFO_SIZE_MAX		1048576

struct fifo_engine;

/**
 * enum fifo_overflow - what a put does if the queue is full
 * @FIFO_BLOCK: it waits
 * @FIFO_DROP_NEWEST: its item is dropped
 * @FIFO_DROP_OLDEST: the oldest item is dropped to make room
 */
enum fifo_overflow {
	FIFO_BLOCK,
	FIFO_DROP_NEWEST,
	FIFO_DROP_OLDEST,
};

/**
 * struct fifo_end - what the producers of a queue share, or the consumers
 * @counts: those of each processor
 * @wait: where they wait
 * @queue: the queue; constant
 * @users: the number of ports, or -1 if a process has mapped this end, which it shares with
 *	nobody; atomic
 *
 * It has cache lines of its own: waiting at one end must not slow down the other.
 */
struct fifo_end {
	struct fifo_counts __percpu *counts;
	struct fifo_queue *queue;
	struct fifo_wait_point wait;
	atomic_t users;
} ____cacheline_aligned_in_smp;

/**
 * struct fifo_leftovers - text that closed files have got and not read: the next read
 *	begins with it
 * @lock: guards the rest; fifo_waiter.lock and those of wait queues are taken in it
 * @closed: the closed readers that hold it, oldest first; @lock
 * @waiting: the readers whose ports a new leftover cancels; @lock
 */
struct fifo_leftovers {
	spinlock_t lock;	/* both lists */
	struct list_head closed;
	struct list_head waiting;
};

/**
 * struct fifo_queue - a bounded queue
 * @index: which one; constant
 * @size: how many items fit; constant
 * @overflow: what a put does if it is full; constant
 * @engine: how it stores, excludes and claims; constant
 * @store: the engine's own; the pointer is constant
 * @misc: /dev/fifoN, and the counters in sysfs
 * @name: "fifoN"; constant
 * @leftovers: text that closed files have left; its own lock
 * @control: the page that a process may map to read; the pointer is constant
 * @ends: its producers and its consumers, by enum fifo_role
 * @sojourns: how long items were in it, for each processor that got some
 * @dropped: items lost to the overflow policy; atomic
 * @mapping_errors: how often a process that has mapped it began to write nonsense; atomic
 * @discarded: items left in the queue when it was destroyed; atomic
 *
 * The ledger, true whenever nobody is inside an operation:
 * put = got + dropped + discarded + depth, where put and got are the @items of the ends.
 */
struct fifo_queue {
	unsigned int index;
	unsigned int size;
	enum fifo_overflow overflow;
	const struct fifo_engine *engine;
	void *store;
	struct miscdevice misc;
	char name[16];
	struct fifo_leftovers leftovers;
	struct fifo_map_control *control;
	struct fifo_end ends[2];
	struct fifo_sojourns __percpu *sojourns;
	atomic64_t dropped ____cacheline_aligned_in_smp;
	atomic64_t discarded;
	atomic64_t mapping_errors;
};

extern const char *const fifo_overflow_names[];

struct fifo_queue *fifo_queues_alloc(unsigned int n);
int fifo_queues_init(unsigned int n);
void fifo_queues_discard(void);
void fifo_queues_free(void);
struct fifo_queue *fifo_queue_find(unsigned int index);

bool fifo_queue_settle(struct fifo_queue *queue);
void fifo_queue_settle_all(struct fifo_queue *queue);
bool fifo_queue_ready(const struct fifo_queue *queue, enum fifo_role role);
void fifo_queue_poll(struct fifo_queue *queue, enum fifo_role role,
		     struct file *file, poll_table *wait);

/*
 * Taking an end, and giving it back: clients share it, or a process has it for itself.
 *
 * (L) and (P) are the releases that give an end back. They pair with (M) and (Q), the full
 * barriers that take one: (L) with (Q), (P) with both. Without them the next owner may see
 * the ring as it was before the last owner settled it, or may still see that owner's
 * mapping.
 */
static inline bool fifo_end_share(struct fifo_end *end)
{
	/* (M) pairs with (P). */
	return atomic_inc_unless_negative(&end->users);
}

static inline void fifo_end_leave(struct fifo_end *end)
{
	/* (L) pairs with (Q). */
	atomic_dec_return_release(&end->users);
}

static inline bool fifo_end_own(struct fifo_end *end)
{
	/* (Q) pairs with (L) and (P). */
	return !atomic_cmpxchg(&end->users, 0, -1);
}

static inline void fifo_end_disown(struct fifo_end *end)
{
	/* (P) pairs with (M) and (Q). */
	atomic_set_release(&end->users, 0);
}

/* Counts items as put or as got: per processor, so that clients share no cache line. */
static inline void fifo_count(struct fifo_queue *queue, enum fifo_role role,
			      unsigned int n)
{
	this_cpu_add(queue->ends[role].counts->items, n);
}

/* Counts how long an operation waited. */
static inline void fifo_count_wait(struct fifo_queue *queue,
				   enum fifo_role role, u64 ns)
{
	this_cpu_inc(queue->ends[role].counts->waits.counts[fifo_bucket(ns)]);
}

/* The sums over all processors. They never decrease. */
u64 fifo_counted(const struct fifo_queue *queue, enum fifo_role role);
void fifo_waits_counted(const struct fifo_queue *queue, enum fifo_role role,
			struct fifo_histogram *sum);
void fifo_queue_sojourns(const struct fifo_queue *queue,
			 struct fifo_histogram *sum);
u64 fifo_queue_oldest_age(struct fifo_queue *queue);

static inline u64 fifo_items_put(const struct fifo_queue *queue)
{
	return fifo_counted(queue, FIFO_PRODUCER);
}

static inline u64 fifo_items_got(const struct fifo_queue *queue)
{
	return fifo_counted(queue, FIFO_CONSUMER);
}

#endif /* _FIFO_QUEUE_H */
