/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What fifoctl and a transport share. A transport speaks to one kind of server. It is a
 * shared object of its own, which fifoctl loads when it needs it: so fifoctl itself needs
 * none of the libraries.
 *
 * A process has one connection. A transport keeps its state in static variables.
 */
#ifndef _TRANSPORT_H
#define _TRANSPORT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include "fifo.h"

/* The most settings that a file may have, and the longest line of it. */
#define SETTINGS_MAX	64
#define SETTING_LEN	1000

/* The most items that are sent before they are acknowledged. */
#define BATCH_MAX	1024

/**
 * struct setting - a line of the file of --config
 * @key: what comes before the first '='
 * @value: the rest
 */
struct setting {
	char *key;
	char *value;
};

/**
 * struct server - a server, and a stream of items there
 * @url: as it was given
 * @scheme: what kind of server
 * @host: its name or address
 * @port: its port, or 0: the usual one
 * @path: the topic, or the stream
 * @queue: the queue here
 * @settings: those of --config; @n of them
 * @n: how many
 */
struct server {
	const char *url;
	char scheme[16];
	char host[256];
	unsigned int port;
	const char *path;
	unsigned int queue;
	struct setting settings[SETTINGS_MAX];
	unsigned int n;
};

/**
 * struct sink - what a transport does with the messages that it receives
 * @put: puts a message into the queue, and waits for room. @type is the name of its type,
 *	or NULL for text. Returns false if the program is to stop: then it was not put, and
 *	must not be acknowledged
 * @has_room: is there room, so that put() will not wait?
 * @refuse: counts a message that is no item, with the reason
 * @wait: waits for events on a descriptor, at most so many milliseconds; below 0: without
 *	a limit. Returns false if the program is to stop
 * @wait_for_room: waits for room, too; not for the descriptor if that is below 0
 */
struct sink {
	bool (*put)(const char *type, const void *data, size_t len);
	bool (*has_room)(void);
	void (*refuse)(const char *why);
	bool (*wait)(struct pollfd fd, int timeout_ms);
	bool (*wait_for_room)(struct pollfd fd, int timeout_ms);
};

/**
 * struct transport - how to speak to a kind of server
 * @version: of fifoctl: the two must match
 * @open: gets ready to send. progress() connects
 * @send: sends @n items, at most %BATCH_MAX, which stay where they are until they are
 *	acknowledged. The items of the last call were
 * @waits_for: what progress() waits for
 * @progress: goes on with connecting, sending and receiving, without waiting. Returns
 *	whether the server has acknowledged all items of the last send()
 * @close: ends the connection; what is not acknowledged may or may not have arrived. A
 *	thread that connects may be left behind
 * @receive: receives messages until sink->put() or sink->wait() returns false, and
 *	acknowledges each after its put. It may leave such a thread behind, too
 *
 * What cannot be helped by trying again ends the program, with a message.
 */
struct transport {
	const char *version;
	void (*open)(const struct server *server);
	void (*send)(const struct fifo_item *items, unsigned int n);
	struct pollfd (*waits_for)(void);
	bool (*progress)(void);
	void (*close)(void);
	void (*receive)(const struct server *server, const struct sink *sink);
};

#endif /* _TRANSPORT_H */
