/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What transports share: settings, what a message says about its item, and when to connect
 * again.
 */
#ifndef _TRANSPORT_COMMON_H
#define _TRANSPORT_COMMON_H

#include "transport.h"

/* Exit status: something failed. */
#define FAILED	1

/* Each transport has this one, which fifoctl looks for. */
__attribute__((visibility("default")))
extern const struct transport transport;

/* --- settings ---------------------------------------------------------------- */

const char *setting(const struct server *server, const char *key);
void settings_check(const struct server *server, const char *const *keys);

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

void connection_failed(const struct server *server, const char *why);
void connection_made(const struct server *server);
int connection_timer(void);
bool connection_due(void);
bool connection_wait(const struct sink *sink);

#endif /* _TRANSPORT_COMMON_H */
