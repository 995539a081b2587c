// SPDX-License-Identifier: GPL-2.0
/*
 * MQTT 5: receiving. The server keeps what comes for this client, also while it is away.
 */
#include <err.h>
#include <mqtt_protocol.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include "mqtt.h"

static const struct server *server;
static const struct sink *sink;

/* How often to look after the connection while nothing happens, in milliseconds. */
#define LOOK_MS		5000

/* How long the server may leave us without a sign of life. */
#define UNHEARD_S	60

/* A message was not put, as the program is to stop. */
static bool stop;

/* When the connection began. */
static long long begun;

static const mosquitto_property *next_property(const mosquitto_property *from,
					       char **name, char **value,
					       bool again)
{
	return mosquitto_property_read_string_pair(from, MQTT_PROP_USER_PROPERTY,
						   name, value, again);
}

/* Returns the value of a user property, to be freed, or NULL. */
static char *user_property(const mosquitto_property *from, const char *wanted)
{
	char *name, *value;
	bool again = false;

	while ((from = next_property(from, &name, &value, again))) {
		bool found = !strcmp(name, wanted);

		free(name);
		if (found)
			return value;
		free(value);
		again = true;
	}
	return NULL;
}

/*
 * The library has queued the acknowledgment. As the client is a threaded one, the library leaves it
 * to mosquitto_loop_write(), which nobody calls any more if the message was not put.
 */
static void on_message(struct mosquitto *mosq, void *data,
		       const struct mosquitto_message *message,
		       const mosquitto_property *properties)
{
	char *type;

	if (stop)
		return;
	type = user_property(properties, field_names[FIELD_TYPE]);
	stop = !sink->put(type, message->payload, message->payloadlen);
	free(type);
}

static void on_subscribe(struct mosquitto *mosq, void *data, int mid, int n,
			 const int *granted, const mosquitto_property *properties)
{
	if (n && granted[0] >= 128)
		errx(FAILED, "%s: the server refuses the subscription: %s",
		     server->url, mosquitto_reason_string(granted[0]));
}

static void subscribe_on_connect(struct mosquitto *mosq, void *data, int code,
				 int flags, const mosquitto_property *properties)
{
	mqtt_connected(mosq, data, code, flags, properties);
	if (!code)
		mosquitto_subscribe_v5(mosq, NULL, server->path, 1,
				       MQTT_SUB_OPT_SEND_RETAIN_NEW, NULL);
}

/*
 * The server keeps what comes for this client, for ever.
 *
 * MQTT's own keepalive is off: while the queue is full, nothing is read, not even the
 * server's answer to a ping, so the library would take the server for dead. TCP's keepalive
 * is on instead.
 */
static enum dialled dial(char why[WHY_LEN])
{
	mosquitto_property *properties = NULL;
	int rc = mosquitto_property_add_int32(&properties,
					      MQTT_PROP_SESSION_EXPIRY_INTERVAL,
					      0xffffffff);

	mqtt_check(rc, "session");
	rc = mosquitto_connect_bind_v5(mqtt_client, server->host, mqtt_port(), 0,
				       NULL, properties);
	mosquitto_property_free_all(&properties);
	return mqtt_dialled(rc, why);
}

static void set_option(int level, int option, int value)
{
	if (setsockopt(mosquitto_socket(mqtt_client), level, option, &value,
		       sizeof(value)))
		err(FAILED, "setsockopt");
}

static long long seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void begin(void)
{
	set_option(SOL_SOCKET, SO_KEEPALIVE, 1);
	set_option(IPPROTO_TCP, TCP_KEEPIDLE, UNHEARD_S / 2);
	set_option(IPPROTO_TCP, TCP_KEEPINTVL, UNHEARD_S / 6);
	set_option(IPPROTO_TCP, TCP_KEEPCNT, 3);
	set_option(IPPROTO_TCP, TCP_USER_TIMEOUT, UNHEARD_S * 1000);
	begun = seconds();
}

static void make_receiver(const struct server *to)
{
	const char *given = setting(to, "client-id");
	static char id[NAME_LEN];

	server = to;
	name_receiver(id, server);
	mqtt_make(to, given ? given : id, false);
	if (mosquitto_sub_topic_check(server->path) != MOSQ_ERR_SUCCESS)
		errx(FAILED, "%s: %s is no topic to subscribe to", server->url,
		     server->path);
	mosquitto_threaded_set(mqtt_client, true);
	mosquitto_connect_v5_callback_set(mqtt_client, subscribe_on_connect);
	mosquitto_subscribe_v5_callback_set(mqtt_client, on_subscribe);
	mosquitto_message_v5_callback_set(mqtt_client, on_message);
}

/* Reads only if a message has room: what was read and not put would come again. */
static int receive_some(bool room)
{
	int rc = MOSQ_ERR_SUCCESS;

	if (room)
		rc = mosquitto_loop_read(mqtt_client, MQTT_PACKETS);
	if (!stop && rc == MOSQ_ERR_SUCCESS && mosquitto_want_write(mqtt_client))
		rc = mosquitto_loop_write(mqtt_client, MQTT_PACKETS);
	if (rc == MOSQ_ERR_SUCCESS)
		rc = mosquitto_loop_misc(mqtt_client);
	if (rc == MOSQ_ERR_SUCCESS && mosquitto_socket(mqtt_client) < 0)
		rc = MOSQ_ERR_CONN_LOST;
	if (rc == MOSQ_ERR_SUCCESS && !mqtt_greeted && seconds() - begun > UNHEARD_S)
		rc = MOSQ_ERR_KEEPALIVE;
	return rc;
}

/* While there is no room, the socket matters only if there is something to write. */
static void wait_for_more(bool room)
{
	struct pollfd fd = mqtt_waits_for();

	if (room) {
		stop = !sink->wait(fd, LOOK_MS);
		return;
	}
	if (!(fd.events & POLLOUT))
		fd.fd = -1;
	fd.events = POLLOUT;
	stop = !sink->wait_for_room(fd, LOOK_MS);
}

static void receive_while_connected(void)
{
	int rc = MOSQ_ERR_SUCCESS;
	bool room;

	while (!stop && rc == MOSQ_ERR_SUCCESS) {
		room = sink->has_room();
		wait_for_more(room);
		if (!stop)
			rc = receive_some(room);
	}
	if (!stop)
		mqtt_lost(mqtt_reason(rc));
}

/* Without a disconnect: it would send the acknowledgments that wait. */
void mqtt_receive(const struct server *from, const struct sink *to)
{
	sink = to;
	make_receiver(from);
	while (!stop && connection_wait(server, sink, dial)) {
		begin();
		receive_while_connected();
	}
}
