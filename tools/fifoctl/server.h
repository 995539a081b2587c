/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SERVER_H
#define _SERVER_H

#include <stdnoreturn.h>
#include "../transports/transport.h"

void server_parse(struct server *server, const char *option, const char *url);
void server_configure(struct server *server, const char *path);
const struct transport *server_transport(const struct server *server);
noreturn void server_leave(int status);

#endif /* _SERVER_H */
