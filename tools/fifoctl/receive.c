// SPDX-License-Identifier: GPL-2.0
/*
 * fifoctl receive: puts what a server has into a queue.
 *
 * The transport acknowledges a message to the server after it was put: if this process dies
 * in between, the message comes again.
 */
#include <assert.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include "fifoctl.h"
#include "libfifo.h"
#include "server.h"
#include "types.h"

/* So many messages that are no items are reported each. The others are counted. */
#define REPORTED	10

static struct server server;
static struct fifo_end *end;
static unsigned long long received;
static unsigned long long refused;

/* A transport's thread may be at work. */
static noreturn void refuse_queue(int error)
{
	char why[FIFO_EXPLAIN_LEN];

	warnx("%s", fifo_explain(server.queue, FIFO_PRODUCER, error, why,
				 sizeof(why)));
	server_leave(FAILED);
}

static bool wait_for(struct pollfd fd, int timeout_ms)
{
	stop_poll(&fd, 1, timeout_ms);
	return !stopped();
}

static void refuse_message(const char *why)
{
	if (refused++ < REPORTED)
		warnx("%s: a message is dropped: %s", server.url, why);
}

/* Returns why a message cannot be an item, or NULL. Without @type it is text. */
static const char *message_wrong(struct fifo_item *item, const char *type,
				 const void *data, size_t len)
{
	if (!type_parse(type ? type : "text", &item->type))
		return "it has an unknown type";
	if (item->type == FIFO_ITEM_PROCESS)
		return "only the kernel puts processes";
	if (len > FIFO_DATA_LEN)
		return "it has more than 40 bytes";
	if (item->type == FIFO_ITEM_TEXT && !is_text(data, len))
		return "it is not UTF-8, or has control characters";
	return NULL;
}

static_assert(FIFO_DATA_LEN == 40, "message_wrong() says so");

static bool has_room(void)
{
	int error = fifo_wait(end, 0);

	if (error && error != -ETIMEDOUT && error != -EINTR)
		refuse_queue(-error);
	return !error;
}

static bool wait_for_room(struct pollfd fd, int timeout_ms)
{
	struct pollfd fds[] = {
		{ .fd = fifo_fd(end), .events = POLLOUT },
		fd,
	};

	stop_poll(fds, 2, timeout_ms);
	return !stopped();
}

/* Waits for room. Returns false if the program is to stop. */
static bool put_item(const struct fifo_item *item)
{
	const struct pollfd none = { .fd = -1 };
	int error;

	while ((error = fifo_try_put(end, item)) == -EAGAIN)
		if (!has_room() && !wait_for_room(none, -1))
			return false;
	if (error)
		refuse_queue(-error);
	received++;
	return true;
}

static bool put_message(const char *type, const void *data, size_t len)
{
	struct fifo_item item = { 0 };
	const char *wrong;

	if (stopped())
		return false;
	wrong = message_wrong(&item, type, data, len);
	if (wrong) {
		refuse_message(wrong);
		return true;
	}
	item.len = len;
	if (len)
		memcpy(item.data, data, len);
	return put_item(&item);
}

static void parse_arguments(int argc, char **argv)
{
	static const struct option options[] = {
		{ "from", required_argument, NULL, 'f' },
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	const char *config = NULL;
	int option;

	while ((option = next_option(argc, argv, ANYWHERE, options)) != -1) {
		if (option == 'f')
			server_parse(&server, "--from", optarg);
		else
			config = optarg;
	}
	server.queue = parse_queue(argv[optind]);
	optind++;
	no_more_arguments(argv);
	if (!server.url)
		misused("--from is missing: a URL such as mqtt://localhost/topic");
	if (config)
		server_configure(&server, config);
}

static int run(int argc, char **argv)
{
	static const struct sink sink = {
		.put = put_message,
		.has_room = has_room,
		.refuse = refuse_message,
		.wait = wait_for,
		.wait_for_room = wait_for_room,
	};
	const struct transport *transport;

	parse_arguments(argc, argv);
	transport = server_transport(&server);
	end = fifo_open(server.queue, FIFO_PRODUCER);
	if (!end)
		refuse_queue(errno);
	stop_on_signals();
	/* A library may write to a connection that the server has closed. */
	signal(SIGPIPE, SIG_IGN);
	transport->receive(&server, &sink);
	fifo_close(end);
	printf("%llu items received, %llu messages dropped\n", received,
	       refused);
	server_leave(0);
}

const struct command command_receive = {
	.name = "receive",
	.arguments = "QUEUE --from URL [--config FILE]",
	.summary = "put items from a server",
	.help = "Puts what a server has into a queue with engine=ring, until SIGTERM or Ctrl-C,\n"
		"and waits for room, whatever the overflow policy is. It acknowledges a message\n"
		"after the put: none is lost, and after a failure some come twice. A message\n"
		"that cannot be an item, as it has more than 40 bytes, is dropped and counted.\n\n"
		"  --from URL     mqtt://HOST[:PORT]/TOPIC, redis://HOST[:PORT]/STREAM or\n"
		"                 kafka://HOST[:PORT]/TOPIC\n"
		"  --config FILE  lines KEY=VALUE: username, password, cafile and others; for\n"
		"                 Kafka all properties of librdkafka\n",
	.run = run,
};
