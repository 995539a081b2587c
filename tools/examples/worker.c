// SPDX-License-Identifier: GPL-2.0
/*
 * A process that takes commands from one queue and puts replies into another, through
 * shared memory.
 *
 *	worker [--commands QUEUE] [--replies QUEUE]
 *
 * A reply has the id and the data of its command. The worker puts all replies of a
 * batch before it takes more commands. So it waits for room if the queue of replies is
 * full, and otherwise for commands. SIGTERM or SIGINT ends it; then it prints its
 * counts.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libfifo.h"

/* How many commands it takes at a time, for the price of one barrier. */
#define BATCH	64

/**
 * struct worker - the two ends, and what it did
 * @commands: consumer of the queue of commands
 * @replies: producer of the queue of replies
 * @items: a batch of replies
 * @first: index of the next one to put
 * @n: how many are in the batch
 * @taken: commands taken
 * @replied: replies put
 * @ignored: items that were not commands
 */
struct worker {
	struct fifo_end *commands;
	struct fifo_end *replies;
	struct fifo_item items[BATCH];
	unsigned int first;
	unsigned int n;
	unsigned long long taken;
	unsigned long long replied;
	unsigned long long ignored;
};

static volatile sig_atomic_t stop;

static void note_signal(int signal)
{
	(void)signal;
	stop = 1;
}

static bool is_command(const struct fifo_item *item)
{
	return item->type == FIFO_ITEM_COMMAND && item->len >= sizeof(__u64);
}

/* Turns commands into replies: only the type changes. Returns 0, or an error of libfifo. */
static int take_commands(struct worker *worker)
{
	struct fifo_item items[BATCH];
	int i, n;

	n = fifo_try_get_many(worker->commands, items, BATCH);
	worker->first = 0;
	worker->n = 0;
	for (i = 0; i < n; i++) {
		if (!is_command(&items[i])) {
			worker->ignored++;
			continue;
		}
		items[i].type = FIFO_ITEM_REPLY;
		worker->items[worker->n++] = items[i];
		worker->taken++;
	}
	return n < 0 ? n : 0;
}

static int put_replies(struct worker *worker)
{
	int n;

	n = fifo_try_put_many(worker->replies, worker->items + worker->first,
			      worker->n - worker->first);
	if (n < 0)
		return n;
	worker->first += n;
	worker->replied += n;
	return 0;
}

static bool has_replies(const struct worker *worker)
{
	return worker->first < worker->n;
}

/* Lets signals in only while it sleeps: none can come between the test and the sleep. */
static int poll_unless_stopped(struct pollfd *fds, nfds_t n)
{
	sigset_t held, before;
	int ready = 0;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigprocmask(SIG_BLOCK, &held, &before);
	if (!stop)
		ready = ppoll(fds, n, NULL, &before);
	if (ready < 0 && errno != EINTR)
		err(1, "ppoll");
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ready;
}

/* Waits for room if there are replies to put, otherwise for a command. */
static void wait_for_more(const struct worker *worker)
{
	struct pollfd fds[] = {
		{ .fd = fifo_fd(worker->commands) },
		{ .fd = fifo_fd(worker->replies) },
	};

	if (has_replies(worker))
		fds[1].events = POLLOUT;
	else
		fds[0].events = POLLIN;
	if (poll_unless_stopped(fds, 2) > 0 &&
	    (fds[0].revents | fds[1].revents) & POLLERR)
		errx(1, "the mapping of a queue was written over");
}

static void work(struct worker *worker)
{
	int error;

	while (!stop) {
		error = has_replies(worker) ? put_replies(worker) :
					      take_commands(worker);
		if (error == -EAGAIN)
			wait_for_more(worker);
		else if (error)
			errx(1, "%s", strerror(-error));
	}
}

static void stop_on_signals(void)
{
	struct sigaction action = { .sa_handler = note_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static struct fifo_end *open_end(unsigned int queue, enum fifo_role role)
{
	struct fifo_end *end = fifo_open(queue, role);
	char why[FIFO_EXPLAIN_LEN];

	if (!end)
		errx(1, "%s", fifo_explain(queue, role, errno, why,
					   sizeof(why)));
	return end;
}

static unsigned int parse_queue(const char *text)
{
	char *end;
	unsigned long queue = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || queue > 999999)
		errx(2, "queue '%s': must be a number, as 0 of /dev/fifo0",
		     text);
	return queue;
}

static void print_usage(FILE *to)
{
	fprintf(to, "usage: worker [--commands QUEUE] [--replies QUEUE]\n\n"
		"Takes commands from a queue (default 0), and puts replies with the same data\n"
		"into another (default 1), until SIGTERM or Ctrl-C.\n");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "commands", required_argument, NULL, 'c' },
		{ "replies", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	unsigned int queues[] = { 0, 1 };
	static struct worker worker;
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			queues[0] = parse_queue(optarg);
			break;
		case 'r':
			queues[1] = parse_queue(optarg);
			break;
		default:
			print_usage(option == 'h' ? stdout : stderr);
			return option == 'h' ? 0 : 2;
		}
	}
	if (argv[optind])
		errx(2, "'%s' is one argument too many", argv[optind]);
	stop_on_signals();
	worker.commands = open_end(queues[0], FIFO_CONSUMER);
	worker.replies = open_end(queues[1], FIFO_PRODUCER);
	work(&worker);
	printf("worker: %llu commands, %llu replies, %llu other items\n",
	       worker.taken, worker.replied, worker.ignored);
	fifo_close(worker.replies);
	fifo_close(worker.commands);
	return 0;
}
