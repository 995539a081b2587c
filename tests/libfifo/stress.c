// SPDX-License-Identifier: GPL-2.0
/*
 * Tests libfifo against threads that play the kernel: two queues whose pages are a file in
 * memory. The linker redirects the library's open(), ioctl() and poll() to this program
 * (--wrap), so the unchanged library is tested.
 *
 *	stress get|put|peek|reserve SIZE BATCH ITEMS
 *
 * A thread plays the kernel's other end. Both sleep whenever they can, and only the
 * wake-ups of the header's protocol wake them: a lost one is a hang, which an alarm ends.
 * Each item must arrive whole, once, and in order. With peek and reserve the process uses
 * the items in place: what it has not released or committed is still there the next time.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "stress.h"

#define STUCK_SECONDS	20
#define BATCH_MAX	64

__u64 size, batch, items;
enum fifo_role role;
static bool in_place;

/* The kernel's side: its pages, and its own position. */
static int memory;
static struct fifo_map_control *control;
atomic_ullong *position;
static atomic_ullong *turns;
static struct fifo_item *slots;
static __u64 settled;
static atomic_uint *waiting;
static atomic_bool polling;
static atomic_ullong kicks, polls;

/* One end sleeps here until the other wakes it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t process = PTHREAD_COND_INITIALIZER;
static pthread_cond_t kernel = PTHREAD_COND_INITIALIZER;

void reject(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	putchar('\n');
	fflush(stdout);
	_exit(1);
}

/* --- what the library calls ------------------------------------------------ */

int __wrap_open(const char *path, int flags, ...)
{
	int access = role == FIFO_CONSUMER ? O_RDONLY : O_WRONLY;

	if (strcmp(path, "/dev/fifo7") || (flags & O_ACCMODE) != access)
		reject("open %s, flags %o", path, flags);
	return dup(memory);
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	if (request == FIFO_IOC_MAP)
		return dup(memory);
	if (request != FIFO_IOC_KICK)
		reject("ioctl %lx of %d", request, fd);
	atomic_fetch_add(&kicks, 1);
	pthread_mutex_lock(&lock);
	pthread_cond_signal(&kernel);
	pthread_mutex_unlock(&lock);
	return 0;
}

static bool process_ready(void)
{
	__u64 next = atomic_load(position);

	return atomic_load(&turns[next % size]) ==
	       next + (role == FIFO_CONSUMER);
}

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	if (n != 1 || timeout != -1)
		reject("poll of %lu for %d", n, timeout);
	atomic_fetch_add(&polls, 1);
	pthread_mutex_lock(&lock);
	atomic_store(&polling, true);
	while (!process_ready())
		pthread_cond_wait(&process, &lock);
	atomic_store(&polling, false);
	pthread_mutex_unlock(&lock);
	fds->revents = fds->events;
	return 1;
}

/* --- the kernel's end ------------------------------------------------------ */

static void wake_process(void)
{
	atomic_thread_fence(memory_order_seq_cst);
	if (!atomic_load(&polling))
		return;
	pthread_mutex_lock(&lock);
	pthread_cond_signal(&process);
	pthread_mutex_unlock(&lock);
}

/* Sleeps until the process's position differs from the settled one. */
static void wait_for_process(void)
{
	pthread_mutex_lock(&lock);
	atomic_store(waiting, 1);
	atomic_thread_fence(memory_order_seq_cst);
	while (atomic_load(position) == settled)
		pthread_cond_wait(&kernel, &lock);
	atomic_store(waiting, 0);
	pthread_mutex_unlock(&lock);
}

void fill(struct fifo_item *item, __u64 seq)
{
	unsigned int i;

	item->seq = seq;
	item->type = FIFO_ITEM_TEXT;
	item->len = 1 + seq % FIFO_DATA_LEN;
	for (i = 0; i < FIFO_DATA_LEN; i++)
		item->data[i] = seq + i;
}

void check(const struct fifo_item *item, __u64 seq)
{
	unsigned int i;

	if (item->seq != seq || item->len != 1 + seq % FIFO_DATA_LEN)
		reject("item %llu of %u bytes where %llu was due", item->seq,
		       item->len, seq);
	for (i = 0; i < FIFO_DATA_LEN; i++)
		if (item->data[i] != (__u8)(seq + i))
			reject("item %llu: byte %u is %u", seq, i,
			       item->data[i]);
}

/* Makes room of the slots that the process got. */
static void settle_got(void)
{
	__u64 next = atomic_load_explicit(position, memory_order_acquire);

	for (; settled != next; settled++)
		atomic_store_explicit(&turns[settled % size], settled + size,
				      memory_order_release);
}

static void *kernel_puts(void *unused)
{
	__u64 seq;

	for (seq = 0; seq < items; seq++) {
		while (atomic_load(&turns[seq % size]) != seq) {
			wait_for_process();
			settle_got();
		}
		fill(&slots[seq % size], seq);
		atomic_store_explicit(&turns[seq % size], seq + 1,
				      memory_order_release);
		wake_process();
	}
	return unused;
}

static void *kernel_gets(void *unused)
{
	__u64 next;

	while (settled < items) {
		wait_for_process();
		next = atomic_load_explicit(position, memory_order_acquire);
		for (; settled != next; settled++) {
			check(&slots[settled % size], settled);
			atomic_store_explicit(&turns[settled % size],
					      settled + size,
					      memory_order_release);
		}
		wake_process();
	}
	return unused;
}

/* --- the process's end ----------------------------------------------------- */

__u64 least(__u64 a, __u64 b)
{
	return a < b ? a : b;
}

static void process_gets(struct fifo_end *end)
{
	struct fifo_item got[BATCH_MAX];
	__u64 seq = 0;
	int i, n;

	while (seq < items) {
		n = batch == 1 ? fifo_get(end, got) :
				 fifo_get_many(end, got, batch);
		if (n < 0)
			reject("get: %d", n);
		for (i = 0; i < n + (batch == 1); i++)
			check(&got[i], seq++);
	}
}

static void process_puts(struct fifo_end *end)
{
	struct fifo_item put[BATCH_MAX];
	__u64 i, most, seq = 0;
	int n;

	while (seq < items) {
		most = least(batch, items - seq);
		for (i = 0; i < most; i++)
			fill(&put[i], seq + i);
		n = batch == 1 ? fifo_put(end, put) :
				 fifo_put_many(end, put, most);
		if (n < 0)
			reject("put: %d", n);
		seq += batch == 1 ? 1 : n;
	}
}

/* Calls that are refused, and move nothing. */
static void check_refusals(struct fifo_end *end)
{
	struct fifo_item item = { .type = FIFO_ITEM_TEXT, .len = 41 };
	bool gets = role == FIFO_CONSUMER;

	if (fifo_size(end) != size)
		reject("size %u", fifo_size(end));
	if (gets ? fifo_try_put(end, &item) != -EBADF :
		   fifo_try_get(end, &item) != -EBADF)
		reject("the wrong end is not refused");
	if (gets ? fifo_get_many(end, &item, 0) != -EINVAL :
		   fifo_put_many(end, &item, 0) != -EINVAL)
		reject("no items are not refused");
	if (gets ? fifo_try_get(end, &item) != -EAGAIN :
		   fifo_try_put(end, &item) != -EINVAL)
		reject("an empty queue, or 41 bytes, is not refused");
	item.len = 40;
	item.type = FIFO_ITEM_PROCESS;
	if (!gets && fifo_put(end, &item) != -EINVAL)
		reject("a process is not refused");
}

/* --- all of it ------------------------------------------------------------- */

static void *map(off_t offset, size_t len)
{
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, memory,
			offset);

	if (at == MAP_FAILED)
		reject("mmap: %m");
	return at;
}

static void make_queue(void)
{
	__u64 i;

	memory = memfd_create("queue", 0);
	if (memory < 0 ||
	    ftruncate(memory, FIFO_MAP_ITEMS + size * 64 + 4096))
		reject("memory: %m");
	control = map(FIFO_MAP_CONTROL, 4096);
	position = map(FIFO_MAP_POSITION, 4096);
	turns = map(FIFO_MAP_TURNS, size * 8);
	slots = map(FIFO_MAP_ITEMS, size * 64);
	control->version = FIFO_MAP_VERSION;
	control->size = size;
	waiting = (void *)&control->ends[!role].waiting;
	for (i = 0; i < size; i++)
		atomic_store(&turns[i], i);
}

int main(int argc, char **argv)
{
	struct fifo_end *end;
	pthread_t thread;

	if (argc != 5)
		reject("usage: stress get|put|peek|reserve SIZE BATCH ITEMS");
	in_place = !strcmp(argv[1], "peek") || !strcmp(argv[1], "reserve");
	role = !strcmp(argv[1], "get") || !strcmp(argv[1], "peek") ?
	       FIFO_CONSUMER : FIFO_PRODUCER;
	size = strtoull(argv[2], NULL, 10);
	batch = least(strtoull(argv[3], NULL, 10), BATCH_MAX);
	items = strtoull(argv[4], NULL, 10);
	make_queue();
	alarm(STUCK_SECONDS);
	end = fifo_open(7, role);
	if (!end)
		reject("fifo_open: %m");
	check_refusals(end);
	check_refusals_in_place(end);
	pthread_create(&thread, NULL, role == FIFO_CONSUMER ? kernel_puts :
							      kernel_gets, NULL);
	if (role == FIFO_CONSUMER)
		(in_place ? process_peeks : process_gets)(end);
	else
		(in_place ? process_reserves : process_puts)(end);
	pthread_join(thread, NULL);
	fifo_close(end);
	printf("%llu items, %llu kicks, %llu polls\n", items, kicks, polls);
	return 0;
}
