/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of the kernel that fifo/engine/, transfer.c and queue.c need, in user space:
 * included before each of their files, whose own includes of the kernel are empty then.
 * What costs time between two processors is as in the kernel: atomic operations, barriers,
 * the clock, and the layout of what they share. Softirqs are a counter of the thread.
 *
 * What only a task that sleeps would need is declared and has no body, or ends the program.
 */
#ifndef _NATIVE_KERNEL_H
#define _NATIVE_KERNEL_H

#include <assert.h>
#include <errno.h>
#include <linux/types.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "../../tests/ring/shim.h"
#include "lists.h"
#include "locks.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned int gfp_t;

/* --- the compiler ---------------------------------------------------------- */

#define ____cacheline_aligned	____cacheline_aligned_in_smp
#define noinline		__attribute__((noinline))
#ifndef __always_inline
#define __always_inline		inline __attribute__((always_inline))
#endif
#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define READ_ONCE(x)		(*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, value)	(*(volatile typeof(x) *)&(x) = (value))
#define BUILD_BUG_ON(condition)	static_assert(!(condition), #condition)
#define min(a, b)		((a) < (b) ? (a) : (b))
#define max(a, b)		((a) > (b) ? (a) : (b))
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define clamp_t(type, x, lo, hi)	min_t(type, max((type)(x), (type)(lo)), hi)
#define EXPORT_SYMBOL_GPL(name)	extern typeof(name) name
#define BIT(n)			(1ul << (n))
#define KBUILD_MODNAME		"fifo"

/* --- what is not needed here ----------------------------------------------- */

#define might_sleep()			((void)0)
#define lockdep_assert_held(lock)	((void)(lock))
#define cond_resched_tasks_rcu_qs()	((void)0)
#define pr_err(...)			((void)0)
#define pr_info(...)			((void)0)
#define sysfs_emit_at(...)		0
/* No checker looks on. */
#define data_race(x)			(x)

/* Tracepoints are off. */
#define TP_PROTO(...)			__VA_ARGS__
#define TRACE_EVENT(name, proto, ...)					\
static inline void trace_##name(proto)					\
{									\
}									\
									\
static inline bool trace_##name##_enabled(void)				\
{									\
	return false;							\
}

/* --- atomic operations ----------------------------------------------------- */

typedef struct {
	atomic_int counter;
} atomic_t;

static inline int atomic_read(const atomic_t *v)
{
	return atomic_load_explicit(&v->counter, memory_order_relaxed);
}

static inline void atomic64_inc(atomic64_t *v)
{
	atomic_fetch_add_explicit(&v->counter, 1, memory_order_relaxed);
}

bool atomic_inc_unless_negative(atomic_t *v);
int atomic_dec_return_release(atomic_t *v);
int atomic_cmpxchg(atomic_t *v, int old, int new);
void atomic_set_release(atomic_t *v, int i);

/* The callers say what it pairs with. */
static inline void smp_mb(void)
{
	atomic_thread_fence(memory_order_seq_cst);
}

/* No other queue stamps its items: so that they can be compared. */
extern bool kernel_clock_stopped;

static inline u64 ktime_get_ns(void)
{
	struct timespec now;

	if (kernel_clock_stopped)
		return 0;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* A tick is 4 ms. */
#define jiffies			((unsigned long)(ktime_get_ns() >> 22))

/* Only its own thread writes what a sequence guards, and no thread reads it meanwhile. */
typedef unsigned int seqcount_t;

#define local_irq_save(flags)			((flags) = 0)
#define local_irq_restore(flags)		((void)(flags))
#define seqcount_init(sequence)			(*(sequence) = 0)
#define write_seqcount_begin(sequence)		((void)++*(sequence))
#define write_seqcount_end(sequence)		((void)++*(sequence))
#define read_seqcount_begin(sequence)		(*(sequence))
#define read_seqcount_retry(sequence, value)	(*(sequence) != (value))

static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

/* --- memory: what the kernel's allocators align, and zero ------------------- */

#define PAGE_SIZE		4096ul
#define PAGE_ALIGN(size)	(((size) + PAGE_SIZE - 1) & -PAGE_SIZE)
#define array_size(n, size)	((size_t)(n) * (size))
#define struct_size(p, member, n)	(sizeof(*(p)) + (n) * sizeof((p)->member[0]))

#define GFP_KERNEL		0
#define GFP_ATOMIC		0
#define __GFP_ZERO		0
#define __GFP_NOWARN		0
#define __GFP_RETRY_MAYFAIL	0

void *kernel_zalloc(size_t size, size_t align);

#define kzalloc(size, gfp)	kernel_zalloc(size, 64)
#define kcalloc(n, size, gfp)	kernel_zalloc((n) * (size), 64)
#define kfree			free
#define __vmalloc(size, gfp)	kernel_zalloc(size, PAGE_SIZE)
#define vfree			free
#define get_zeroed_page(gfp)	((unsigned long)kernel_zalloc(PAGE_SIZE, PAGE_SIZE))
#define free_page(page)		free((void *)(page))

struct kmem_cache {
	size_t size;
};

#define kmem_cache_create(name, size, align, flags, init)		\
	((struct kmem_cache *)memcpy(malloc(sizeof(size_t)),		\
				     &(size_t){ size }, sizeof(size_t)))
#define kmem_cache_destroy(cache)	free(cache)
#define kmem_cache_alloc(cache, gfp)	((void)(gfp), malloc((cache)->size))
#define kmem_cache_free(cache, object)	free(object)

static inline bool is_power_of_2(unsigned long n)
{
	return n && !(n & (n - 1));
}

/* --- counts of each thread, for those of each processor --------------------- */

#define KERNEL_THREADS		64
#define KERNEL_LINES(size)	(((size) + 63) / 64 * 64)

extern __thread size_t kernel_thread;

#define __percpu
#define alloc_percpu(type)						\
	((type *)kernel_zalloc(KERNEL_THREADS * KERNEL_LINES(sizeof(type)), 64))
#define free_percpu(counts)	free(counts)
#define per_cpu_ptr(counts, thread)					\
	((typeof(counts))((char *)(counts) + (size_t)(thread) *		\
			  KERNEL_LINES(sizeof(*(counts)))))
#define this_cpu_ptr(counts)		per_cpu_ptr(counts, kernel_thread)
/* Of a member of the counts, as the kernel has it. */
#define this_cpu_member(count)						\
	((typeof(count) *)((char *)&(count) + kernel_thread *		\
			   KERNEL_LINES(sizeof(struct fifo_counts))))
#define this_cpu_add(count, n)	(*this_cpu_member(count) += (n))
#define this_cpu_inc(count)	this_cpu_add(count, 1)
#define this_cpu_read(count)	READ_ONCE(*this_cpu_member(count))
#define for_each_possible_cpu(i)	for ((i) = 0; (i) < KERNEL_THREADS; (i)++)

/* --- waiting: nobody does --------------------------------------------------- */

#define EPOLLIN		0x001
#define EPOLLOUT	0x004
#define EPOLLRDNORM	0x040
#define EPOLLWRNORM	0x100

struct fasync_struct;
struct file;
struct task_struct;
typedef struct poll_table_struct poll_table;

typedef struct {
	spinlock_t lock;	/* never taken */
	struct list_head head;
} wait_queue_head_t;

struct wait_queue_entry {
	unsigned int flags;
	void *private;
	void *func;
	struct list_head entry;
};

/* A caller has a barrier before it. */
bool waitqueue_active(const wait_queue_head_t *head);

/* As large as the kernel's. */
struct miscdevice {
	void *words[10];
};

#endif /* _NATIVE_KERNEL_H */
