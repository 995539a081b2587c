/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is measured: queues of items of 64 bytes, with room for SIZE of them.
 */
#ifndef _NATIVE_H
#define _NATIVE_H

#include <stdbool.h>
#include <stdint.h>

#define SIZE	1024

/* The most items at a time. */
#define BATCH	64

#define WORDS	5

/**
 * struct item - as large as struct fifo_item, whose first fields the queue may fill
 * @seq: of the queue
 * @time: of the queue
 * @source: of the queue
 * @type: of a private kind
 * @len: bytes of @words
 * @words: what a producer puts there must come out
 */
struct item {
	uint64_t seq;
	uint64_t time;
	uint32_t source;
	uint16_t type;
	uint16_t len;
	uint64_t words[WORDS];
};

/**
 * struct contender - a queue
 * @name: as it is printed, one word
 * @package: of Debian, or "-"
 * @pairs_max: the most producers, and the most consumers, that it can have; 0: any
 * @make: makes one, for a run with this many producers and items
 * @destroy: frees it, when it is empty
 * @attach: what a thread hands to @put or @get; NULL: the queue itself. In the thread
 * @detach: the thread has done its last operation; NULL: nothing
 * @put: puts up to @n items, as many as fit. Returns how many
 * @get: gets up to @n items. Returns how many
 */
struct contender {
	const char *name;
	const char *package;
	unsigned int pairs_max;
	void *(*make)(unsigned int producers, uint64_t items);
	void (*destroy)(void *queue);
	void *(*attach)(void *queue, bool produces);
	void (*detach)(void *end, bool produces);
	unsigned int (*put)(void *end, const struct item *items,
			    unsigned int n);
	unsigned int (*get)(void *end, struct item *items, unsigned int n);
};

/* Has a contender take part, in the order of linking. */
#define CONTENDER(name)							\
static const struct contender *const name##_entry			\
	__attribute__((section("contenders"), used)) = &(name)

#ifndef __cplusplus
/* All of them, as the linker has collected them. */
extern const struct contender *const __start_contenders[];
extern const struct contender *const __stop_contenders[];

unsigned int processors(void);
uint64_t now_ns(void);

/* Returns the nanoseconds that it took, and whether no thread was preempted. */
uint64_t run(const struct contender *contender, unsigned int pairs,
	     unsigned int batch, uint64_t items, bool *quiet);
#endif

#endif /* _NATIVE_H */
