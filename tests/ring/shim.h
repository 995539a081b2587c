/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of the kernel that fifo/engine/turns.h needs, built on C11's atomics.
 *
 *	-DYIELD_ONE_IN=n	a thread may lose its processor between look and
 *				claim, and between claim and hand-over
 *
 * Broken on purpose; the tests must notice each:
 *
 *	-DBROKEN_ACQUIRE	(D) of turns.h orders nothing
 *	-DBROKEN_RELEASE	(E) of turns.h orders nothing
 *	-DBROKEN_CLAIM		a claim does not see that another was faster
 */
#ifndef _RING_SHIM_H
#define _RING_SHIM_H

#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <threads.h>

#ifdef BROKEN_ACQUIRE
#define SHIM_ACQUIRE	memory_order_relaxed
#else
#define SHIM_ACQUIRE	memory_order_acquire
#endif

#ifdef BROKEN_RELEASE
#define SHIM_RELEASE	memory_order_relaxed
#else
#define SHIM_RELEASE	memory_order_release
#endif

#define ____cacheline_aligned_in_smp	__attribute__((aligned(64)))

typedef unsigned long long u64;
typedef long long s64;

typedef struct {
	atomic_llong counter;
} atomic64_t;

#ifdef YIELD_ONE_IN
static inline void maybe_yield(void)
{
	static thread_local unsigned int luck;

	if (!luck)
		luck = (uintptr_t)&luck >> 4;
	luck = luck * 1664525 + 1013904223;
	if ((luck >> 16) % YIELD_ONE_IN == 0)
		sched_yield();
}
#else
static inline void maybe_yield(void)
{
}
#endif

static inline s64 atomic64_read(const atomic64_t *v)
{
	return atomic_load_explicit(&v->counter, memory_order_relaxed);
}

static inline s64 atomic64_read_acquire(const atomic64_t *v)
{
	return atomic_load_explicit(&v->counter, SHIM_ACQUIRE);
}

static inline void atomic64_set(atomic64_t *v, s64 i)
{
	atomic_store_explicit(&v->counter, i, memory_order_relaxed);
}

static inline void atomic64_set_release(atomic64_t *v, s64 i)
{
	maybe_yield();
	atomic_store_explicit(&v->counter, i, SHIM_RELEASE);
}

static inline bool atomic64_try_cmpxchg_relaxed(atomic64_t *v, s64 *old,
						s64 new)
{
	maybe_yield();
#ifdef BROKEN_CLAIM
	(void)old;
	atomic64_set(v, new);
	return true;
#else
	return atomic_compare_exchange_strong_explicit(&v->counter, old, new,
						       memory_order_relaxed,
						       memory_order_relaxed);
#endif
}

#endif /* _RING_SHIM_H */
