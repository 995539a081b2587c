// SPDX-License-Identifier: GPL-2.0
/*
 * Maps an end of a queue, and writes nonsense over everything that it may write, from
 * several threads. Now and then they kick, poll, and restore a valid position, so that
 * items move, too.
 *
 *	scribble consumer|producer QUEUE SCRIBBLES SEED
 *
 * Prints the number of stores, kicks and polls, and of kicks that reported nonsense.
 * Fails if a call returns what it must not.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include "mapped_end.h"

#define THREADS	4

static struct mapped_end end;
static unsigned long per_thread;
static atomic_ulong kicks, refused, polls, failures;

/* splitmix64: a state for each thread. */
static __u64 random_of(__u64 *state)
{
	__u64 z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

#define ONE_OF(values, state) \
	((values)[random_of(state) % (sizeof(values) / sizeof(*(values)))])

/* Guesses from the turns which positions are near the kernel's. */
static __u64 true_position(void)
{
	__u64 i, turn, least_filled = ~0ULL, least_free = ~0ULL;

	for (i = 0; i < end.size; i++) {
		turn = end.turns[i];
		if (turn % end.size == i && turn < least_free)
			least_free = turn;
		else if (turn % end.size != i && turn - 1 < least_filled)
			least_filled = turn - 1;
	}
	if (end.role == FIFO_CONSUMER && least_filled != ~0ULL)
		return least_filled;
	return least_free != ~0ULL ? least_free : least_filled + end.size;
}

static void scribble_position(__u64 *state)
{
	static const __u64 chosen[] = {
		0, 1, ~0ULL, 1ULL << 63, (1ULL << 63) - 1, 1ULL << 32,
		(1ULL << 32) - 1, 1ULL << 31, (1ULL << 31) - 1
	};
	const __u64 size = end.size, around[] = {
		0, 1, -1, 2, size / 2, size - 1, size, size + 1, 2 * size,
		-size, -size - 1, 1 - size, 1ULL << 63, 1ULL << 32, -(1ULL << 32)
	};
	__u64 value;

	switch (random_of(state) % 4) {
	case 0:
		value = ONE_OF(chosen, state);
		break;
	case 1:
		value = random_of(state);
		break;
	case 2:
		value = *end.position ^ 1ULL << random_of(state) % 64;
		break;
	default:
		value = end.turns[random_of(state) % size] +
			ONE_OF(around, state);
	}
	*end.position = value;
}

/* Writes to the rest of the page, which the kernel never reads. */
static void scribble_page(__u64 *state)
{
	end.position[random_of(state) % (whole_pages(1) / sizeof(__u64))] =
		random_of(state);
}

static void scribble_item(__u64 *state)
{
	static const __u16 lens[] = {
		0, 1, FIFO_DATA_LEN - 1, FIFO_DATA_LEN, FIFO_DATA_LEN + 1, 63, 64,
		65, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xfffe, 0xffff
	};
	static const __u16 types[] = {
		0, FIFO_ITEM_TEXT, FIFO_ITEM_PROCESS, FIFO_ITEM_COMMAND,
		FIFO_ITEM_REPLY, 5, 255, 256, 0x7fff, 0x8000, 0xffff
	};
	volatile struct fifo_item *item = &end.items[random_of(state) % end.size];

	switch (random_of(state) % 4) {
	case 0:
		item->len = ONE_OF(lens, state);
		break;
	case 1:
		item->type = ONE_OF(types, state);
		break;
	case 2:
		((volatile __u64 *)item)[random_of(state) % 8] = random_of(state);
		break;
	default:
		memset((void *)item, random_of(state) & 1 ? 0xff : 0, sizeof(*item));
	}
}

static void fail_call(const char *what)
{
	atomic_fetch_add(&failures, 1);
	perror(what);
}

/* A kick: its result depends only on whether the end makes sense. */
static void call_kick(void)
{
	atomic_fetch_add(&kicks, 1);
	if (!end_kick(&end))
		return;
	if (errno == EBADMSG)
		atomic_fetch_add(&refused, 1);
	else
		fail_call("kick");
}

static void call_poll(void)
{
	struct pollfd one = { end.fd, POLLIN | POLLOUT, 0 };

	atomic_fetch_add(&polls, 1);
	if (poll(&one, 1, 0) < 0 || one.revents & (POLLHUP | POLLNVAL))
		fail_call("poll");
}

/* Does what an honest process does: puts good items, and moves the position on. */
static void make_sense(__u64 *state)
{
	__u64 i, position = true_position(), n = random_of(state) % end.size;

	for (i = 0; i < n && end_ready(&end, position + i); i++) {
		if (end.role == FIFO_CONSUMER)
			continue;
		end.items[(position + i) % end.size].type = FIFO_ITEM_TEXT;
		end.items[(position + i) % end.size].len = 1;
	}
	*end.position = position + i;
	call_kick();
}

static void *scribble(void *seed)
{
	__u64 state = (unsigned long)seed;
	unsigned long i;

	for (i = 0; i < per_thread; i++) {
		if (end.role == FIFO_PRODUCER && random_of(&state) % 2)
			scribble_item(&state);
		else if (random_of(&state) % 8)
			scribble_position(&state);
		else
			scribble_page(&state);
		if (i % 16 == 0)
			call_kick();
		if (i % 64 == 0)
			call_poll();
		if (i % 32 == 0)
			make_sense(&state);
	}
	return NULL;
}

static int run(unsigned long seed)
{
	pthread_t threads[THREADS];
	unsigned long i;

	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, scribble,
				   (void *)(seed * THREADS + i)))
			return -1;
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("scribbles=%lu kicks=%lu refused=%lu polls=%lu\n",
	       per_thread * THREADS, kicks, refused, polls);
	return failures ? -1 : 0;
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return 2;
	per_thread = strtoul(argv[3], NULL, 10) / THREADS;
	if (end_open(&end, atoi(argv[2]), !strcmp(argv[1], "consumer") ?
		     FIFO_CONSUMER : FIFO_PRODUCER)) {
		perror("map");
		return 1;
	}
	return run(strtoul(argv[4], NULL, 10)) ? 1 : 0;
}
