/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What sending to Redis and receiving from it share: the connection.
 */
#ifndef _TRANSPORT_REDIS_H
#define _TRANSPORT_REDIS_H

#include <hiredis/hiredis.h>
#include "common.h"

/* NULL while there is no connection. */
extern struct redisContext *redis_context;

/* What comes first on a connection. */
typedef enum dialled redis_greet_fn(struct redisContext *context,
				    char why[WHY_LEN]);

void redis_make(const struct server *with, const char *const *keys);
enum dialled redis_dial(redis_greet_fn *greet, char why[WHY_LEN]);
enum dialled redis_ask(struct redisContext *context, int argc,
		       const char **argv, const char *ignored,
		       char why[WHY_LEN]);
void redis_begin(void);
void redis_drop(const char *why);
void redis_refused(const char *error);

void redis_receive(const struct server *server, const struct sink *sink);

#endif /* _TRANSPORT_REDIS_H */
