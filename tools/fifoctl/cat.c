// SPDX-License-Identifier: GPL-2.0
/*
 * fifoctl cat: gets items, through the device or a mapping, and prints them.
 *
 * An item that was got is gone from the queue, so cat prints each item that it gets.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "fifoctl.h"
#include "libfifo.h"

/* How many items it gets at a time. */
#define BATCH	64

/* Stands for "no --count". */
#define NO_END	(~0ull)

static noreturn void refuse(unsigned int queue, int error)
{
	char why[FIFO_EXPLAIN_LEN];

	errx(FAILED, "%s", fifo_explain(queue, FIFO_CONSUMER, error, why,
					sizeof(why)));
}

static unsigned long long least(unsigned long long a, unsigned long long b)
{
	return a < b ? a : b;
}

/* --- through the device ---------------------------------------------------- */

static void write_all(const char *text, size_t len)
{
	ssize_t n;

	for (; len; text += n, len -= n) {
		n = write(STDOUT_FILENO, text, len);
		if (n < 0 && errno != EINTR)
			err(FAILED, "standard output");
		n = n < 0 ? 0 : n;
	}
}

static unsigned int count_lines(const char *text, size_t len)
{
	unsigned int n = 0;

	for (; len; len--)
		n += *text++ == '\n';
	return n;
}

/*
 * A line has at least one byte: a read of at most @left bytes gets no item too many. The
 * device keeps the rest of a line that did not fit, so read until the line is complete.
 */
static void cat_device(unsigned int queue, unsigned long long left)
{
	char path[32], text[65536];
	bool begun = false;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/dev/fifo%u", queue);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		refuse(queue, errno);
	while (left && (begun || !stopped())) {
		n = read(fd, text, least(left, sizeof(text)));
		if (n < 0 && errno == EAGAIN) {
			stop_wait(fd, -1);
		} else if (n < 0 && errno != EINTR) {
			refuse(queue, errno);
		} else if (n > 0) {
			write_all(text, n);
			begun = text[n - 1] != '\n';
			if (left != NO_END)
				left -= count_lines(text, n);
		}
	}
	close(fd);
}

/* --- through a mapping ----------------------------------------------------- */

/* Prints a batch. Returns how many items it had, or a negative errno. */
static int print_batch(struct fifo_end *end, unsigned long long left,
		       void (*print)(const struct fifo_item *item))
{
	struct fifo_item items[BATCH];
	int i, n;

	n = fifo_try_get_many(end, items, least(left, BATCH));
	for (i = 0; i < n; i++)
		print(&items[i]);
	return n;
}

static void cat_mapped(unsigned int queue, unsigned long long left,
		       void (*print)(const struct fifo_item *item))
{
	struct fifo_end *end = fifo_open(queue, FIFO_CONSUMER);
	int n;

	if (!end)
		refuse(queue, errno);
	while (left && !stopped()) {
		n = print_batch(end, left, print);
		if (n == -EAGAIN) {
			flush_output();
			stop_wait(fifo_fd(end), -1);
		} else if (n < 0) {
			refuse(queue, -n);
		} else if (left != NO_END) {
			left -= n;
		}
	}
	fifo_close(end);
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "count", required_argument, NULL, 'n' },
		{ "map", no_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	unsigned long long count = NO_END;
	bool json = false, map = false;
	unsigned int queue;
	int option;

	while ((option = next_option(argc, argv, ANYWHERE, options)) != -1) {
		if (option == 'n')
			count = parse_count(optarg);
		json |= option == 'j';
		map |= option == 'm';
	}
	queue = parse_queue(argv[optind]);
	optind++;
	no_more_arguments(argv);
	stop_on_signals();
	if (json || map)
		cat_mapped(queue, count, json ? print_json : print_text);
	else
		cat_device(queue, count);
	if (stopped())
		stop_as_signalled();
	return 0;
}

const struct command command_cat = {
	.name = "cat",
	.arguments = "QUEUE [--json] [--count N] [--map]",
	.summary = "get items and print them",
	.help = "Gets items, and prints a line for each, until Ctrl-C, which loses none. Other\n"
		"consumers of the queue get other items.\n\n"
		"  --json     print JSON: seq, time, source, type, len, data; implies --map\n"
		"  --count N  stop after N items\n"
		"  --map      use shared memory: faster; needs engine=ring, and no other consumer\n",
	.run = run,
};
