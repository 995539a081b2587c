// SPDX-License-Identifier: GPL-2.0
/*
 * MQTT 5: receiving. The server keeps what comes for this client, also while it is away.
 */
#include <err.h>
#include <mqtt_protocol.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "mqtt.h"

static const struct server *server;
static const struct sink *sink;

/* A message was not put, as the program is to stop. */
static bool stop;

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

/* The server keeps what comes for this client, for ever. */
static int connect_session(void)
{
	mosquitto_property *properties = NULL;
	int rc = mosquitto_property_add_int32(&properties,
					      MQTT_PROP_SESSION_EXPIRY_INTERVAL,
					      0xffffffff);

	mqtt_check(rc, "session");
	rc = mosquitto_connect_bind_v5(mqtt_client, server->host, mqtt_port(),
				       MQTT_KEEPALIVE, NULL, properties);
	mosquitto_property_free_all(&properties);
	return rc;
}

static void make_receiver(const struct server *to)
{
	const char *given = setting(to, "client-id");
	char id[128], host[64] = "";

	server = to;
	gethostname(host, sizeof(host) - 1);
	snprintf(id, sizeof(id), "fifoctl-%s-%u", host, to->queue);
	mqtt_make(to, given ? given : id, false);
	if (mosquitto_sub_topic_check(server->path) != MOSQ_ERR_SUCCESS)
		errx(FAILED, "%s: %s is no topic to subscribe to", server->url,
		     server->path);
	mosquitto_threaded_set(mqtt_client, true);
	mosquitto_connect_v5_callback_set(mqtt_client, subscribe_on_connect);
	mosquitto_subscribe_v5_callback_set(mqtt_client, on_subscribe);
	mosquitto_message_v5_callback_set(mqtt_client, on_message);
}

static int receive_some(void)
{
	int rc = mosquitto_loop_read(mqtt_client, MQTT_PACKETS);

	if (!stop && rc == MOSQ_ERR_SUCCESS && mosquitto_want_write(mqtt_client))
		rc = mosquitto_loop_write(mqtt_client, MQTT_PACKETS);
	return rc == MOSQ_ERR_SUCCESS ? mosquitto_loop_misc(mqtt_client) : rc;
}

/* Without a disconnect: it would send the acknowledgments that wait. */
void mqtt_receive(const struct server *from, const struct sink *to)
{
	int rc;

	sink = to;
	make_receiver(from);
	rc = connect_session();
	while (!stop) {
		if (rc != MOSQ_ERR_SUCCESS) {
			connection_failed(server, mqtt_reason(rc));
			if (!connection_wait(sink))
				return;
			rc = connect_session();
		} else {
			stop = !sink->wait(mqtt_waits_for(), MQTT_KEEPALIVE * 250);
			if (!stop)
				rc = receive_some();
		}
	}
}
