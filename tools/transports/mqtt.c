// SPDX-License-Identifier: GPL-2.0
/*
 * MQTT 5, with libmosquitto. An item is a message of QoS 1; what is known about it are the
 * message's user properties.
 *
 * The library keeps what is not acknowledged, and sends it again after it has connected
 * again. Its own thread could do that beside a publish of ours, which then might overtake
 * what is sent again. So there is no such thread, and the order of a source stays.
 */
#include <err.h>
#include <errno.h>
#include <mqtt_protocol.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "mqtt.h"

static const struct server *server;
struct mosquitto *mqtt_client;

/* Of the last send(): how many items, and how many of them are acknowledged. */
static unsigned int sent;
static unsigned int acknowledged;

/* Items that the server has acknowledged, and has given to nobody. */
static unsigned long long unheard;

/* --- connecting -------------------------------------------------------------- */

void mqtt_check(int rc, const char *what)
{
	if (rc != MOSQ_ERR_SUCCESS)
		errx(FAILED, "%s: %s: %s", server->url, what,
		     mosquitto_strerror(rc));
}

/* A server that is busy may take us later. Any other refusal stays. */
void mqtt_connected(struct mosquitto *mosq, void *data, int code, int flags,
		    const mosquitto_property *properties)
{
	switch (code) {
	case 0:
		connection_made(server);
		break;
	case MQTT_RC_SERVER_UNAVAILABLE:
	case MQTT_RC_SERVER_BUSY:
	case MQTT_RC_QUOTA_EXCEEDED:
	case MQTT_RC_CONNECTION_RATE_EXCEEDED:
		break;
	default:
		errx(FAILED, "%s: the server refuses the connection: %s",
		     server->url, mosquitto_reason_string(code));
	}
}

static void set_option(enum mosq_opt_t option, int value)
{
	mqtt_check(mosquitto_int_option(mqtt_client, option, value), "option");
}

/* With a file of authorities the connection uses TLS. */
static void log_in(void)
{
	const char *cafile = setting(server, "cafile");

	mqtt_check(mosquitto_username_pw_set(mqtt_client,
					     setting(server, "username"),
					     setting(server, "password")),
		   "username");
	if (cafile)
		mqtt_check(mosquitto_tls_set(mqtt_client, cafile, NULL, NULL,
					     NULL, NULL), "cafile");
}

void mqtt_make(const struct server *to, const char *id, bool clean)
{
	static const char *const keys[] = { "username", "password", "cafile",
					    "client-id", NULL };

	server = to;
	settings_check(server, keys);
	mosquitto_lib_init();
	mqtt_client = mosquitto_new(id, clean, NULL);
	if (!mqtt_client)
		err(FAILED, "mosquitto_new");
	set_option(MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
	/* As many as the server takes. */
	set_option(MOSQ_OPT_SEND_MAXIMUM, 65535);
	log_in();
	mosquitto_connect_v5_callback_set(mqtt_client, mqtt_connected);
}

unsigned int mqtt_port(void)
{
	if (server->port)
		return server->port;
	return setting(server, "cafile") ? 8883 : 1883;
}

const char *mqtt_reason(int rc)
{
	return rc == MOSQ_ERR_ERRNO ? strerror(errno) : mosquitto_strerror(rc);
}

/* --- sending ----------------------------------------------------------------- */

static void on_publish(struct mosquitto *mosq, void *data, int mid, int code,
		       const mosquitto_property *properties)
{
	if (code >= 128)
		errx(FAILED, "%s: the server refuses an item: %s", server->url,
		     mosquitto_reason_string(code));
	if (code == MQTT_RC_NO_MATCHING_SUBSCRIBERS && !unheard++)
		warnx("%s: nobody has subscribed to this: the server throws items away",
		      server->url);
	acknowledged++;
}

static void mqtt_connect(void)
{
	int rc = mosquitto_connect_async(mqtt_client, server->host,
					 mqtt_port(), MQTT_KEEPALIVE);

	if (rc != MOSQ_ERR_SUCCESS)
		connection_failed(server, mqtt_reason(rc));
}

static void mqtt_open(const struct server *to)
{
	mqtt_make(to, setting(to, "client-id"), true);
	if (mosquitto_pub_topic_check(server->path) != MOSQ_ERR_SUCCESS)
		errx(FAILED, "%s: %s is no topic to publish to", server->url,
		     server->path);
	mosquitto_publish_v5_callback_set(mqtt_client, on_publish);
	fields_begin(server);
	mqtt_connect();
}

static void add_property(mosquitto_property **properties, const char *name,
			 const char *value)
{
	int rc = mosquitto_property_add_string_pair(properties,
						    MQTT_PROP_USER_PROPERTY,
						    name, value);

	mqtt_check(rc, "property");
}

static mosquitto_property *properties_of(const struct fifo_item *item)
{
	mosquitto_property *properties = NULL;
	struct fields fields;
	unsigned int i;

	fields_of(&fields, item);
	for (i = 0; i < FIELDS; i++)
		add_property(&properties, field_names[i], fields.text[i]);
	return properties;
}

/*
 * The library has the message even if it is not connected, or finds out now that it is not
 * any more: these errors say no more than that.
 */
static void publish(const struct fifo_item *item)
{
	mosquitto_property *properties = properties_of(item);
	int rc;

	rc = mosquitto_publish_v5(mqtt_client, NULL, server->path, item->len,
				  item->data, 1, false, properties);
	mosquitto_property_free_all(&properties);
	if (rc != MOSQ_ERR_NO_CONN && rc != MOSQ_ERR_CONN_LOST &&
	    rc != MOSQ_ERR_ERRNO)
		mqtt_check(rc, "publish");
}

static void mqtt_send(const struct fifo_item *items, unsigned int n)
{
	unsigned int i;

	sent = n;
	acknowledged = 0;
	for (i = 0; i < n; i++)
		publish(&items[i]);
}

struct pollfd mqtt_waits_for(void)
{
	struct pollfd fd = { .fd = mosquitto_socket(mqtt_client), .events = POLLIN };

	if (fd.fd < 0)
		fd.fd = connection_timer();
	else if (mosquitto_want_write(mqtt_client))
		fd.events |= POLLOUT;
	return fd;
}

static bool mqtt_progress(void)
{
	int rc;

	if (mosquitto_socket(mqtt_client) >= 0) {
		rc = mosquitto_loop(mqtt_client, 0, MQTT_PACKETS);
		/* After the server's DISCONNECT there is no error, and no socket. */
		if (rc != MOSQ_ERR_SUCCESS)
			connection_failed(server, mqtt_reason(rc));
		else if (mosquitto_socket(mqtt_client) < 0)
			connection_failed(server, "the server has ended the connection");
	} else if (connection_due()) {
		mqtt_connect();
	}
	return acknowledged == sent;
}

static void mqtt_close(void)
{
	if (unheard)
		warnx("%s: %llu items had no subscriber", server->url, unheard);
	mosquitto_disconnect(mqtt_client);
	mosquitto_destroy(mqtt_client);
	mosquitto_lib_cleanup();
}

const struct transport transport = {
	.version = VERSION,
	.open = mqtt_open,
	.send = mqtt_send,
	.waits_for = mqtt_waits_for,
	.progress = mqtt_progress,
	.close = mqtt_close,
	.receive = mqtt_receive,
};
