/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's locks. Those that spin give the processor away after a while, since a thread
 * that holds one may have been preempted, which a kernel prevents.
 */
#ifndef _NATIVE_LOCKS_H
#define _NATIVE_LOCKS_H

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

/* Looks at a lock that is taken until the thread gives its processor away. */
#define LOCK_LOOKS	100

typedef struct {
	atomic_int taken;
} spinlock_t;

static inline void spin_lock_init(spinlock_t *lock)
{
	atomic_init(&lock->taken, 0);
}

static inline bool spin_trylock(spinlock_t *lock)
{
	int free = 0;

	return atomic_compare_exchange_strong_explicit(&lock->taken, &free, 1,
						       memory_order_acquire,
						       memory_order_relaxed);
}

static inline void spin_wait(const spinlock_t *lock)
{
	int looks;

	for (looks = 0; looks < LOCK_LOOKS; looks++) {
		if (!atomic_load_explicit(&lock->taken, memory_order_relaxed))
			return;
		__builtin_ia32_pause();
	}
	sched_yield();
}

static inline void spin_lock(spinlock_t *lock)
{
	while (!spin_trylock(lock))
		spin_wait(lock);
}

static inline void spin_unlock(spinlock_t *lock)
{
	atomic_store_explicit(&lock->taken, 0, memory_order_release);
}

/* How deep the thread is in parts that no softirq interrupts. */
extern __thread volatile int kernel_bh;

static inline void local_bh_disable(void)
{
	kernel_bh++;
}

static inline void local_bh_enable(void)
{
	kernel_bh--;
}

static inline void spin_lock_bh(spinlock_t *lock)
{
	local_bh_disable();
	spin_lock(lock);
}

static inline void spin_unlock_bh(spinlock_t *lock)
{
	spin_unlock(lock);
	local_bh_enable();
}

struct mutex {
	pthread_mutex_t lock;
};

#define mutex_init(mutex)	pthread_mutex_init(&(mutex)->lock, NULL)
#define mutex_destroy(mutex)	pthread_mutex_destroy(&(mutex)->lock)
#define mutex_lock(mutex)	pthread_mutex_lock(&(mutex)->lock)
#define mutex_trylock(mutex)	(!pthread_mutex_trylock(&(mutex)->lock))
#define mutex_unlock(mutex)	pthread_mutex_unlock(&(mutex)->lock)

/* Nobody sleeps in down(): the kernel's list of waiters is for its size only. */
struct semaphore {
	spinlock_t lock;	/* the count */
	unsigned int count;
	void *wait_list[2];
};

static inline void sema_init(struct semaphore *sem, int count)
{
	spin_lock_init(&sem->lock);
	sem->count = count;
}

/* As the kernel's: 0 if it was taken. */
static inline int down_trylock(struct semaphore *sem)
{
	int failed;

	spin_lock(&sem->lock);
	failed = !sem->count;
	sem->count -= !failed;
	spin_unlock(&sem->lock);
	return failed;
}

static inline void up(struct semaphore *sem)
{
	spin_lock(&sem->lock);
	sem->count++;
	spin_unlock(&sem->lock);
}

#endif /* _NATIVE_LOCKS_H */
