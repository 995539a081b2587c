/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Older 32-bit kernels make each of these two a single load or store, which does
 * not compile for 8 bytes.
 */
#ifndef _FIFO_COMPAT_ATOMIC_H
#define _FIFO_COMPAT_ATOMIC_H

#include_next <linux/atomic.h>

#ifndef CONFIG_64BIT
#undef atomic64_read_acquire
#define atomic64_read_acquire fifo_atomic64_read_acquire
static __always_inline s64 fifo_atomic64_read_acquire(const atomic64_t *v)
{
	s64 value = atomic64_read(v);

	/* At least as strong as (D) of fifo/engine/turns.h. */
	smp_mb();
	return value;
}

#undef atomic64_set_release
#define atomic64_set_release fifo_atomic64_set_release
static __always_inline void fifo_atomic64_set_release(atomic64_t *v, s64 value)
{
	/* At least as strong as (E) of fifo/engine/turns.h. */
	smp_mb();
	atomic64_set(v, value);
}
#endif

#endif /* _FIFO_COMPAT_ATOMIC_H */
