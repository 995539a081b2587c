// SPDX-License-Identifier: GPL-2.0
/*
 * fifoctl forward: sends the items of a queue to a server.
 *
 * It releases items when the server has acknowledged them. Until then they are in the queue,
 * for this process or the next. It sends a batch at a time: the next begins when all of this
 * one is acknowledged, so that what comes again after a failure begins with the oldest item
 * that is missing.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include "fifoctl.h"
#include "libfifo.h"
#include "server.h"

/* How often a transport looks after its connection while nothing happens. */
#define LOOK_MS		5000

static const struct transport *transport;
static struct server server;
static struct fifo_end *end;

/* How long it goes on after a signal, in milliseconds, and until when. */
static unsigned int drain_ms = 5000;
static struct timespec limit;

/* A transport's thread may be at work. */
static noreturn void refuse(int error)
{
	char why[FIFO_EXPLAIN_LEN];

	warnx("%s", fifo_explain(server.queue, FIFO_CONSUMER, error, why,
				 sizeof(why)));
	server_leave(FAILED);
}

/* --- time -------------------------------------------------------------------- */

/* How many milliseconds are left until the limit. The limit is set when it is first asked. */
static long left_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!limit.tv_sec) {
		limit = now;
		limit.tv_sec += drain_ms / 1000;
		limit.tv_nsec += drain_ms % 1000 * 1000000;
	}
	return (limit.tv_sec - now.tv_sec) * 1000 +
	       (limit.tv_nsec - now.tv_nsec) / 1000000;
}

static bool over(void)
{
	return stopped() && left_ms() <= 0;
}

/* Waits for the transport and, with @item, for an item. */
static void wait_for_more(bool item)
{
	struct pollfd fds[] = {
		transport->waits_for(),
		{ .fd = fifo_fd(end), .events = POLLIN },
	};
	long left;

	if (!stopped()) {
		stop_poll(fds, item ? 2 : 1, LOOK_MS);
		return;
	}
	left = left_ms();
	if (left > LOOK_MS)
		left = LOOK_MS;
	if (left > 0 && poll(fds, 1, left) < 0 && errno != EINTR)
		err(FAILED, "poll");
}

/* --- items ------------------------------------------------------------------- */

/*
 * Returns how many of the oldest items there are, or 0. Only fifo_wait() is sure to show
 * those of a process that has mapped the other end.
 */
static int peek(const struct fifo_item **items, unsigned int most)
{
	int n = fifo_try_peek_many(end, items, most);

	if (n == -EAGAIN) {
		n = fifo_wait(end, 0);
		if (!n)
			n = fifo_try_peek_many(end, items, most);
	}
	if (n == -EAGAIN || n == -ETIMEDOUT || n == -EINTR)
		return 0;
	if (n < 0)
		refuse(-n);
	return n;
}

/* Returns false if time is over before the server has acknowledged them. */
static bool send_items(const struct fifo_item *items, unsigned int n)
{
	int error;

	transport->send(items, n);
	while (!transport->progress()) {
		if (over())
			return false;
		wait_for_more(false);
	}
	error = fifo_release(end, n);
	if (error)
		refuse(-error);
	return true;
}

/* Half the queue at most, so that producers go on with the other half. */
static unsigned int batch_size(void)
{
	unsigned int half = fifo_size(end) / 2;

	return half < BATCH_MAX ? half : BATCH_MAX;
}

/* Returns how many items the server has got. */
static unsigned long long forward(void)
{
	unsigned long long total = 0;
	const struct fifo_item *items;
	int n;

	while (!over()) {
		n = peek(&items, batch_size());
		if (n) {
			if (!send_items(items, n))
				break;
			total += n;
		} else if (!stopped()) {
			wait_for_more(true);
			transport->progress();
		} else {
			break;
		}
	}
	return total;
}

/* Threads of a library inherit the mask: signals are for this one. */
static void open_transport(void)
{
	sigset_t all, before;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	transport->open(&server);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static unsigned int parse_drain(const char *text)
{
	double seconds;
	char *rest;

	seconds = strtod(text, &rest);
	if (rest == text || *rest || !(seconds >= 0 && seconds <= 3600))
		misused("--drain %s: must be from 0 to 3600 seconds", text);
	return seconds * 1000 + 0.5;
}

static void parse_arguments(int argc, char **argv)
{
	static const struct option options[] = {
		{ "to", required_argument, NULL, 't' },
		{ "config", required_argument, NULL, 'c' },
		{ "drain", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	const char *config = NULL;
	int option;

	while ((option = next_option(argc, argv, ANYWHERE, options)) != -1) {
		if (option == 't')
			server_parse(&server, "--to", optarg);
		else if (option == 'c')
			config = optarg;
		else
			drain_ms = parse_drain(optarg);
	}
	server.queue = parse_queue(argv[optind]);
	optind++;
	no_more_arguments(argv);
	if (!server.url)
		misused("--to is missing: a URL such as mqtt://localhost/topic");
	if (config)
		server_configure(&server, config);
}

static int run(int argc, char **argv)
{
	const struct fifo_item *items;
	unsigned long long total;
	bool empty;

	parse_arguments(argc, argv);
	transport = server_transport(&server);
	end = fifo_open(server.queue, FIFO_CONSUMER);
	if (!end)
		refuse(errno);
	stop_on_signals();
	/* A library may write to a connection that the server has closed. */
	signal(SIGPIPE, SIG_IGN);
	open_transport();
	total = forward();
	empty = !peek(&items, 1);
	transport->close();
	printf("%llu items forwarded\n", total);
	flush_output();
	if (!empty)
		warnx("queue %u: what %s has not acknowledged stays in the queue",
		      server.queue, server.url);
	fifo_close(end);
	server_leave(empty ? 0 : FAILED);
}

const struct command command_forward = {
	.name = "forward",
	.arguments = "QUEUE --to URL [OPTION]...",
	.summary = "send items to a server",
	.help = "Sends the items of a queue with engine=ring to a server, until SIGTERM or\n"
		"Ctrl-C. An item leaves the queue when the server has acknowledged it: none is\n"
		"lost, and after a failure some come twice.\n\n"
		"  --to URL       mqtt://HOST[:PORT]/TOPIC, redis://HOST[:PORT]/STREAM or\n"
		"                 kafka://HOST[:PORT]/TOPIC\n"
		"  --config FILE  lines KEY=VALUE: username, password, cafile and others; for\n"
		"                 Kafka all properties of librdkafka\n"
		"  --drain S      after a signal, empty the queue for at most S seconds: 0 to\n"
		"                 3600, default 5; a second signal ends it at once\n",
	.run = run,
};
