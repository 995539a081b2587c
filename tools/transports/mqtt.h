/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What sending with MQTT and receiving with it share: the client.
 */
#ifndef _TRANSPORT_MQTT_H
#define _TRANSPORT_MQTT_H

#include <mosquitto.h>
#include "common.h"

/* Seconds without a packet, after which the two ask whether the other is still there. */
#define MQTT_KEEPALIVE	60

/* How many packets to read or write at a time. */
#define MQTT_PACKETS	1000

extern struct mosquitto *mqtt_client;
extern bool mqtt_greeted;

void mqtt_make(const struct server *to, const char *id, bool clean);
void mqtt_check(int rc, const char *what);
void mqtt_connected(struct mosquitto *mosq, void *data, int code, int flags,
		    const mosquitto_property *properties);
unsigned int mqtt_port(void);
const char *mqtt_reason(int rc);
void mqtt_lost(const char *why);
enum dialled mqtt_dialled(int rc, char why[WHY_LEN]);
struct pollfd mqtt_waits_for(void);

void mqtt_receive(const struct server *from, const struct sink *to);

#endif /* _TRANSPORT_MQTT_H */
