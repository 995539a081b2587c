/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFOCTL_H
#define _FIFOCTL_H

#include <getopt.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdnoreturn.h>
#include <sys/types.h>
#include <time.h>
#include "fifo.h"

/* Exit statuses: something failed; the command line makes no sense. */
#define FAILED	1
#define MISUSED	2

/**
 * struct command - a command of fifoctl
 * @name: the first argument of fifoctl
 * @arguments: for its usage line
 * @summary: what it does, in a few words
 * @help: what it does, and its options
 * @run: runs it, with the arguments from its name on; returns the exit status
 */
struct command {
	const char *name;
	const char *arguments;
	const char *summary;
	const char *help;
	int (*run)(int argc, char **argv);
};

extern const struct command command_list;
extern const struct command command_stat;
extern const struct command command_cat;
extern const struct command command_send;
extern const struct command command_watch;
extern const struct command command_top;
extern const struct command command_record;
extern const struct command command_plot;
extern const struct command command_metrics;
extern const struct command command_forward;
extern const struct command command_receive;

/* For next_option(): options may come anywhere, or only before other arguments. */
#define ANYWHERE	":h"
#define BEFORE_ALL	"+:h"

/* text.c: what may be a line, and a name. */
bool is_text(const void *bytes, size_t len);
void make_word(char *text);

/* fifoctl.c: arguments. Exits if one makes no sense. */
int next_option(int argc, char **argv, const char *letters,
		const struct option *options);
unsigned int parse_queue(const char *text);
unsigned long long parse_count(const char *text);
unsigned int parse_interval(const char *text);
unsigned int parse_any_queue(char **argv);
void no_more_arguments(char **argv);
void parse_times(int argc, char **argv, unsigned int *queue,
		 unsigned int *interval);
__attribute__((format(printf, 1, 2)))
noreturn void misused(const char *format, ...);
void flush_output(void);

/* How many lines a wait_histogram has. */
#define HISTOGRAM_BUCKETS	41

/**
 * struct histogram - how long waits took
 * @n: how many buckets it has, or 0 if fifo.ko is too old to count waits
 * @bounds: the longest wait of each bucket, in ns, ascending; the last is INFINITY
 * @counts: how many waits were at most that long
 */
struct histogram {
	unsigned int n;
	double bounds[HISTOGRAM_BUCKETS];
	unsigned long long counts[HISTOGRAM_BUCKETS];
};

/* histogram.c */
void histogram_read(struct histogram *histogram, unsigned int queue,
		    const char *name);
void histogram_difference(struct histogram *difference,
			  const struct histogram *from,
			  const struct histogram *to);
unsigned long long histogram_total(const struct histogram *histogram);
double histogram_percentile(const struct histogram *histogram, double percent);

/**
 * struct queue - a queue, as sysfs shows it
 * @index: its index
 * @engine: how it stores items
 * @overflow: what a put does if it is full
 * @size: how many items fit
 * @depth: how many it holds
 * @put: items put so far
 * @got: items got so far
 * @dropped: items dropped so far
 * @discarded: items that nobody can get any more
 * @errors: how often a process that maps it began to write nonsense
 * @producers: how many producers wait for room
 * @consumers: how many consumers wait for an item
 * @oldest_age: how long the item that is next to be got has been in the queue, in ns
 * @waits: how long the items that were got had been in it
 * @producer_waits: how long producers have waited for room
 * @consumer_waits: how long consumers have waited for an item
 */
struct queue {
	unsigned int index;
	char engine[16];
	char overflow[16];
	unsigned long long size;
	unsigned long long depth;
	unsigned long long put;
	unsigned long long got;
	unsigned long long dropped;
	unsigned long long discarded;
	unsigned long long errors;
	unsigned long long producers;
	unsigned long long consumers;
	unsigned long long oldest_age;
	struct histogram waits;
	struct histogram producer_waits;
	struct histogram consumer_waits;
};

/**
 * struct snapshot - the queues at one time
 * @time: the time, CLOCK_MONOTONIC
 * @date: the time, CLOCK_REALTIME
 * @n: how many queues
 * @queues: by ascending index
 */
struct snapshot {
	struct timespec time;
	struct timespec date;
	unsigned int n;
	struct queue *queues;
};

/* Stands for every queue. */
#define ALL_QUEUES	(~0u)

/* snapshot.c */
bool snapshot_try(struct snapshot *snapshot, unsigned int queue);
noreturn void snapshot_missing(unsigned int queue);
void snapshot_take(struct snapshot *snapshot, unsigned int queue);
void snapshot_replace(struct snapshot *old, struct snapshot *new);
void snapshot_free(struct snapshot *snapshot);

/* output.c */
void output_begin(const char *path, mode_t mode);
void output_cancel(void);
void output_end(const char *path);

/* format.c */
void print_string(const void *string, unsigned int len);
void print_json(const struct fifo_item *item);
void print_text(const struct fifo_item *item);

/* stop.c */
void stop_on_signals(void);
void stop_in_order(void);
int stopped(void);
int stop_poll(struct pollfd *fds, nfds_t n, int timeout_ms);
bool stop_wait(int fd, int timeout_ms);
void stop_as_signalled(void);

#endif /* _FIFOCTL_H */
