// SPDX-License-Identifier: GPL-2.0
/*
 * Starts processes that use items in place, with libfifo, and kills them at random moments,
 * one after the other.
 *
 *	peek readers QUEUE N KILLS SEED
 *		consumers, until N items were released. An item that was released must
 *		never be seen again, one that was not must be the next reader's first.
 *		Of each source, all items must have been seen, in order
 *	peek getters QUEUE N KILLS SEED
 *		the same with fifo_get_many(), which must lose items: this must fail
 *	peek producers QUEUE N KILLS SEED
 *		producers, until the numbers from 1 to N were put as text, each once
 *
 * After each kill the kernel's counters must be those of the last release or commit.
 * Prints how many processes were killed, how many of these between a peek and its release or
 * a reserve and its commit, and how many items came a second time.
 */
#include <err.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include "libfifo.h"
#include "mapped_end.h"

#define BATCH	64
#define SOURCES	16

/* What is known of an item. */
struct id {
	__u32 source;
	__u64 seq;
};

/**
 * struct shared - what outlives a process that is killed
 * @used: how many items were seen, or filled, by any of the processes
 * @done: how many were released, or committed, at least
 * @doing: how many are, if the call that was under way had its effect
 * @holds: it has looked at items, or filled them, that it has not released or committed
 * @repeated: how many items were seen by an earlier process, too
 * @seen: the items, in the order of the queue
 */
struct shared {
	atomic_ullong used;
	atomic_ullong done;
	atomic_ullong doing;
	atomic_bool holds;
	atomic_ullong repeated;
	struct id seen[];
};

static struct shared *shared;
static unsigned int queue;
static unsigned long long n;

static struct fifo_end *open_or_exit(enum fifo_role role)
{
	struct fifo_end *end = fifo_open(queue, role);

	if (!end)
		err(1, "fifo_open");
	return end;
}

static unsigned int random_up_to(unsigned long long most)
{
	return 1 + rand() % (most < BATCH ? most : BATCH);
}

/* --- a reader -------------------------------------------------------------- */

static bool is_seen(const struct fifo_item *item, unsigned long long index)
{
	const struct id *id = &shared->seen[index];

	return id->source == item->source && id->seq == item->seq;
}

/* @earlier: how many items earlier readers have seen. */
static void look_at(const struct fifo_item *items, int some, unsigned long long earlier)
{
	unsigned long long index = shared->done;

	for (; some--; items++, index++) {
		if (index < shared->used && !is_seen(items, index))
			errx(1, "item %llu is not what it was before", index);
		shared->seen[index] = (struct id){ items->source, items->seq };
		if (index >= shared->used)
			shared->used = index + 1;
		if (index < earlier)
			shared->repeated++;
	}
}

static void release(struct fifo_end *end, unsigned int some)
{
	int err;

	shared->doing = shared->done + some;
	err = fifo_release(end, some);
	if (err)
		errx(1, "fifo_release: %s", strerror(-err));
	shared->done = shared->doing;
}

static void read_items(void)
{
	struct fifo_end *end = open_or_exit(FIFO_CONSUMER);
	unsigned long long earlier = shared->used;
	const struct fifo_item *items;
	int some;

	while (shared->done < n) {
		some = fifo_peek_many(end, &items, random_up_to(BATCH));
		if (some < 1)
			errx(1, "fifo_peek_many: %d", some);
		shared->holds = true;
		look_at(items, some, earlier);
		release(end, random_up_to(some));
		shared->holds = false;
	}
}

/* An item is got before it is seen. */
static void get_items(void)
{
	struct fifo_end *end = open_or_exit(FIFO_CONSUMER);
	struct fifo_item items[BATCH];
	int some;

	while (shared->done < n) {
		some = fifo_get_many(end, items, random_up_to(BATCH));
		if (some < 1)
			errx(1, "fifo_get_many: %d", some);
		look_at(items, some, 0);
		shared->done += some;
	}
}

/* --- a producer ------------------------------------------------------------ */

static void fill(struct fifo_item *items, int some)
{
	unsigned long long number = shared->done;
	char text[FIFO_DATA_LEN];

	for (; some--; items++) {
		items->type = FIFO_ITEM_TEXT;
		items->len = snprintf(text, sizeof(text), "%llu", ++number);
		memcpy(items->data, text, items->len);
		if (number > shared->used)
			shared->used = number;
	}
}

static void commit(struct fifo_end *end, unsigned int some)
{
	int err;

	shared->doing = shared->done + some;
	err = fifo_commit(end, some);
	if (err)
		errx(1, "fifo_commit: %s", strerror(-err));
	shared->done = shared->doing;
}

static void put_items(void)
{
	struct fifo_end *end = open_or_exit(FIFO_PRODUCER);
	struct fifo_item *items;
	int some;

	while (shared->done < n) {
		some = fifo_reserve_many(end, &items, random_up_to(n - shared->done));
		if (some < 1)
			errx(1, "fifo_reserve_many: %d", some);
		shared->holds = true;
		fill(items, some);
		commit(end, random_up_to(some));
		shared->holds = false;
	}
}

/* --- all of them ----------------------------------------------------------- */

static const struct role {
	const char *name;
	void (*work)(void);
	const char *counter;
} roles[] = {
	{ "readers", read_items, "got" },
	{ "getters", get_items, "got" },
	{ "producers", put_items, "put" },
};

static const struct role *role;

/*
 * The kernel knows if a release or a commit that was under way had its effect. It must not
 * have got or put any other number of items.
 */
static void check_counter(void)
{
	unsigned long long have = queue_value(queue, role->counter);

	if (role->work != get_items && have != shared->done && have != shared->doing)
		errx(1, "%s is %llu, after %llu or %llu", role->counter, have,
		     shared->done, shared->doing);
	shared->done = have;
	shared->doing = have;
}

/* Starts a process, and kills it when it has come to an item. Was it killed? */
static bool run_until(unsigned long long item)
{
	pid_t ended = 0, pid = fork();
	int status;

	if (!pid) {
		role->work();
		_exit(0);
	}
	while (shared->used < item && !ended) {
		ended = waitpid(pid, &status, WNOHANG);
		sched_yield();
	}
	if (!ended) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status))
		exit(1);
	check_counter();
	return WIFSIGNALED(status);
}

/* Were all items of each source seen, in order? */
static void check_seen(void)
{
	struct id last[SOURCES] = { 0 };
	unsigned long long i;
	unsigned int s;

	for (i = 0; i < n; i++) {
		if (!shared->seen[i].seq)
			errx(1, "lost: nobody has seen item %llu of the queue", i);
		for (s = 0; last[s].source && last[s].source != shared->seen[i].source; s++)
			if (s == SOURCES - 1)
				errx(1, "there are more than %d sources", SOURCES);
		if (shared->seen[i].seq != last[s].seq + 1)
			errx(1, "source %#x: item %llu came after %llu",
			     shared->seen[i].source, shared->seen[i].seq, last[s].seq);
		last[s] = shared->seen[i];
	}
}

static void run_all(unsigned int kills)
{
	unsigned int i, killed = 0, held = 0;

	for (i = 0; i < kills; i++) {
		killed += run_until(n * i / kills + rand() % (n / kills));
		held += shared->holds;
		shared->holds = false;
	}
	run_until(ULLONG_MAX);
	if (role->work != put_items)
		check_seen();
	printf("killed=%u held=%u repeated=%llu\n", killed, held, shared->repeated);
}

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc == 6 && i < sizeof(roles) / sizeof(*roles); i++)
		if (!strcmp(argv[1], roles[i].name))
			role = &roles[i];
	if (!role)
		errx(2, "usage: peek readers|getters|producers QUEUE N KILLS SEED");
	queue = strtoul(argv[2], NULL, 10);
	n = strtoull(argv[3], NULL, 10);
	srand(strtoul(argv[5], NULL, 10));
	shared = mmap(NULL, sizeof(*shared) + n * sizeof(struct id),
		      PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(1, "mmap");
	run_all(strtoul(argv[4], NULL, 10));
	return 0;
}
