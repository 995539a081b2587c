/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What transports share: settings, names, what a message says about its item, and
 * connecting.
 */
#ifndef _TRANSPORT_COMMON_H
#define _TRANSPORT_COMMON_H

#include <stdnoreturn.h>
#include "transport.h"

/* Exit status: something failed. */
#define FAILED	1

noreturn void leave(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Each transport has this one, which fifoctl looks for. */
__attribute__((visibility("default")))
extern const struct transport transport;

/* --- settings ---------------------------------------------------------------- */

const char *setting(const struct server *server, const char *key);
void settings_check(const struct server *server, const char *const *keys);
void settings_need(const struct server *server, const char *key,
		   const char *needed);

/* --- names ------------------------------------------------------------------- */

#define NAME_LEN	128

void name_receiver(char name[NAME_LEN], const struct server *server);

/* --- messages ---------------------------------------------------------------- */

/* What a message says beside the payload of its item. */
enum field {
	FIELD_SOURCE,
	FIELD_SEQ,
	FIELD_TIME,
	FIELD_TYPE,
	FIELDS,
};

#define FIELD_LEN	64

extern const char *const field_names[FIELDS];

/**
 * struct fields - what a message says about its item, as text
 * @text: by enum field
 */
struct fields {
	char text[FIELDS][FIELD_LEN];
};

void fields_begin(const struct server *server);
void fields_of(struct fields *fields, const struct fifo_item *item);

/* --- connections ------------------------------------------------------------- */

#define WHY_LEN	256

/**
 * enum dialled - what came of a try to connect
 * @DIALLED: there is a connection
 * @DIAL_AGAIN: there is none; a later try may help
 * @DIAL_NO_MORE: nor can there be one
 */
enum dialled {
	DIALLED,
	DIAL_AGAIN,
	DIAL_NO_MORE,
};

/* Tries to connect, or says in @why what is wrong. */
typedef enum dialled dial_fn(char why[WHY_LEN]);

void connection_failed(const struct server *server, const char *why);
void connection_made(const struct server *server);
bool connection_dialling(void);
struct pollfd connection_waits_for(void);
bool connection_dial(const struct server *server, dial_fn *dial);
bool connection_wait(const struct server *server, const struct sink *sink,
		     dial_fn *dial);

#endif /* _TRANSPORT_COMMON_H */
