// SPDX-License-Identifier: GPL-2.0
/*
 * Moves items through a mapping, with libfifo, and checks each.
 *
 *	library put QUEUE N	puts the numbers from 1 to N as text
 *	library get QUEUE N	gets N items: those of each source in order, none twice,
 *				none missing. Prints "SOURCE ITEMS" for each source
 *	library numbers QUEUE N	gets the numbers from 1 to N, all of one source
 *	library lines N		reads them from standard input, a line each
 *	library overwrite QUEUE get|put
 *				overwrites its own position with nonsense when it would
 *				wait, and prints what the library returns
 *
 * N is at least 1. The exit status is 0 if everything was as expected.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libfifo.h"

/* The largest batch. Each is one item larger than the last, then it starts from 1 again. */
#define BATCH	64

#define SOURCES	16

static struct fifo_end *open_end(unsigned int queue, enum fifo_role role)
{
	struct fifo_end *end = fifo_open(queue, role);
	char why[FIFO_EXPLAIN_LEN];

	if (!end)
		errx(1, "%s", fifo_explain(queue, role, errno, why,
					   sizeof(why)));
	return end;
}

static unsigned int next_batch(unsigned long long left)
{
	static unsigned int size;

	size = size % BATCH + 1;
	return left < size ? left : size;
}

/* --- putting --------------------------------------------------------------- */

static void set_number(struct fifo_item *item, unsigned long long number)
{
	char text[FIFO_DATA_LEN];

	item->type = FIFO_ITEM_TEXT;
	item->len = snprintf(text, sizeof(text), "%llu", number);
	memcpy(item->data, text, item->len);
}

/* Puts all items, in as many operations as it takes. */
static void put_all(struct fifo_end *end, const struct fifo_item *items, int n)
{
	int put;

	for (; n; items += put, n -= put) {
		put = fifo_put_many(end, items, n);
		if (put < 0)
			errx(1, "put: %s", strerrorname_np(-put));
	}
}

static void put_numbers(struct fifo_end *end, unsigned long long n)
{
	struct fifo_item items[BATCH];
	unsigned long long done = 0;
	unsigned int i, batch;

	while (done < n) {
		batch = next_batch(n - done);
		for (i = 0; i < batch; i++)
			set_number(&items[i], ++done);
		put_all(end, items, batch);
	}
}

/* --- getting --------------------------------------------------------------- */

/**
 * struct source - a producer
 * @id: its number, from the items
 * @seq: the sequence number of its last item
 */
struct source {
	__u32 id;
	unsigned long long seq;
};

static struct source sources[SOURCES];
static unsigned int known;

static struct source *find_source(__u32 id)
{
	unsigned int i;

	for (i = 0; i < known; i++)
		if (sources[i].id == id)
			return &sources[i];
	if (known == SOURCES)
		errx(1, "there are more than %d sources", SOURCES);
	sources[known].id = id;
	return &sources[known++];
}

/* Is it the next item of its source? */
static void check_seq(const struct fifo_item *item)
{
	struct source *source = find_source(item->source);

	if (item->seq != source->seq + 1)
		errx(1, "source %#x: item %llu came after %llu", item->source,
		     item->seq, source->seq);
	source->seq = item->seq;
}

static void check_number(const struct fifo_item *item)
{
	struct fifo_item want;

	set_number(&want, item->seq);
	if (item->type != want.type || item->len != want.len ||
	    memcmp(item->data, want.data, want.len))
		errx(1, "item %llu is '%.*s'", item->seq,
		     item->len <= FIFO_DATA_LEN ? item->len : 0,
		     (const char *)item->data);
}

static void get_checked(struct fifo_end *end, unsigned long long n, int numbers)
{
	struct fifo_item items[BATCH];
	int i, got;

	for (; n; n -= got) {
		got = fifo_get_many(end, items, next_batch(n));
		if (got < 0)
			errx(1, "get: %s", strerrorname_np(-got));
		for (i = 0; i < got; i++) {
			check_seq(&items[i]);
			if (numbers)
				check_number(&items[i]);
		}
	}
}

static void print_sources(void)
{
	unsigned int i;

	for (i = 0; i < known; i++)
		printf("%#x %llu\n", sources[i].id, sources[i].seq);
}

static void check_lines(unsigned long long n)
{
	char line[64], want[64];
	unsigned long long i;

	for (i = 1; i <= n; i++) {
		snprintf(want, sizeof(want), "%llu\n", i);
		if (!fgets(line, sizeof(line), stdin))
			errx(1, "there are %llu lines", i - 1);
		if (strcmp(line, want))
			errx(1, "line %llu is %s", i, line);
	}
}

/* --- writing over the mapping ---------------------------------------------- */

/* Finds where the position of this process's only end is mapped. */
static __u64 *find_position(void)
{
	unsigned long start, end, offset;
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[256];

	while (maps && fgets(line, sizeof(line), maps))
		if (strstr(line, "[fifo]") &&
		    sscanf(line, "%lx-%lx %*s %lx", &start, &end, &offset) == 3 &&
		    offset == FIFO_MAP_POSITION) {
			fclose(maps);
			return (void *)start;
		}
	errx(1, "no position is mapped");
}

/* Prints what each function that waits returns, and what poll() reports. */
static void overwrite(unsigned int queue, enum fifo_role role)
{
	struct fifo_end *end = open_end(queue, role);
	__u64 *position = find_position();
	struct fifo_item item = { .type = FIFO_ITEM_TEXT, .len = 1, .data = "A" };
	__u64 before = *position;
	int err, wait;

	while (!(role == FIFO_CONSUMER ? fifo_try_get(end, &item) :
					 fifo_try_put(end, &item)))
		before++;
	__atomic_store_n(position, before + 0x123456789, __ATOMIC_SEQ_CST);
	wait = fifo_wait(end, 5000);
	err = role == FIFO_CONSUMER ? fifo_get(end, &item) : fifo_put(end, &item);
	printf("wait %s, %s %s", strerrorname_np(-wait),
	       role == FIFO_CONSUMER ? "get" : "put", strerrorname_np(-err));
	__atomic_store_n(position, before, __ATOMIC_SEQ_CST);
	wait = fifo_wait(end, 100);
	printf(", as it was %s\n", strerrorname_np(-wait));
	fifo_close(end);
}

static int usage(void)
{
	fputs("usage: library put|get|numbers QUEUE N | lines N | overwrite QUEUE get|put\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	unsigned int queue = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	unsigned long long n = strtoull(argc > 2 ? argv[argc - 1] : "", NULL, 10);

	if (argc == 3 && !strcmp(what, "lines"))
		check_lines(n);
	else if (argc == 4 && !strcmp(what, "put"))
		put_numbers(open_end(queue, FIFO_PRODUCER), n);
	else if (argc == 4 && !strcmp(what, "get"))
		get_checked(open_end(queue, FIFO_CONSUMER), n, 0);
	else if (argc == 4 && !strcmp(what, "numbers"))
		get_checked(open_end(queue, FIFO_CONSUMER), n, 1);
	else if (argc == 4 && !strcmp(what, "overwrite"))
		overwrite(queue, strcmp(argv[3], "get") ? FIFO_PRODUCER :
							  FIFO_CONSUMER);
	else
		return usage();
	print_sources();
	return 0;
}
