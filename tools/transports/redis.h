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

bool redis_connect(const struct server *server);
void redis_drop(const char *why);
void redis_refused(const char *error);
bool redis_command(int argc, const char **argv, const char *ignored);

void redis_receive(const struct server *server, const struct sink *sink);

#endif /* _TRANSPORT_REDIS_H */
