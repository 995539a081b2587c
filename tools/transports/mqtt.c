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
#include <time.h>
#include <unistd.h>
#include "mqtt.h"

static const struct server *server;
struct mosquitto *mqtt_client;

/* The server has taken the connection, and when. */
bool mqtt_greeted;
static struct timespec greeted_at;

/* How many connections in a row the server has taken, and ended soon after. */
static unsigned int soon;

/*
 * Of the last send(): the items, until the library has them; how many; and how many of them
 * are acknowledged.
 */
static const struct fifo_item *waiting;
static unsigned int sent;
static unsigned int acknowledged;

static const char *client_id;

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
		mqtt_greeted = true;
		clock_gettime(CLOCK_MONOTONIC, &greeted_at);
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

/* --- TLS --------------------------------------------------------------------- */

/* Why TLS has failed, if no other try can help. */
static char tls_failure[WHY_LEN];

/*
 * The library says no more than that TLS has failed, but what it logs does. This may be the
 * thread that dials, which must not end the program: the other one may be about to do so.
 */
static void on_log(struct mosquitto *mosq, void *data, int level,
		   const char *text)
{
	const char *cafile = setting(server, "cafile");

	if (level != MOSQ_LOG_ERR)
		return;
	if (strstr(text, "Unable to load CA certificates"))
		snprintf(tls_failure, WHY_LEN, "cafile=%s has no certificate",
			 cafile);
	else if (strstr(text, "certificate verify failed"))
		snprintf(tls_failure, WHY_LEN,
			 "has a certificate for another host, or by none of cafile=%s",
			 cafile);
}

/* With a file of authorities the connection uses TLS. */
static void use_tls(const char *cafile)
{
	if (access(cafile, R_OK))
		err(FAILED, "--config: cafile=%s", cafile);
	mqtt_check(mosquitto_tls_set(mqtt_client, cafile, NULL, NULL, NULL,
				     NULL), "cafile");
	mosquitto_log_callback_set(mqtt_client, on_log);
}

/* --- the client -------------------------------------------------------------- */

static void log_in(void)
{
	mqtt_check(mosquitto_username_pw_set(mqtt_client,
					     setting(server, "username"),
					     setting(server, "password")),
		   "username");
	if (setting(server, "cafile"))
		use_tls(setting(server, "cafile"));
}

void mqtt_make(const struct server *to, const char *id, bool clean)
{
	static const char *const keys[] = { "username", "password", "cafile",
					    "client-id", NULL };

	server = to;
	settings_check(server, keys);
	settings_need(server, "username", "password");
	settings_need(server, "password", "username");
	mosquitto_lib_init();
	mqtt_client = mosquitto_new(id, clean, NULL);
	if (!mqtt_client)
		err(FAILED, "mosquitto_new");
	client_id = id ? id : "of its choice";
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

/* How soon, in seconds, and how often until we take it that this does not change. */
#define SOON_S		5
#define SOON_MOST	10

/*
 * A connection has ended. A server ends the connection of a client when another client comes
 * with the same id, but few servers give that reason.
 */
void mqtt_lost(const char *why)
{
	struct timespec now;

	if (*tls_failure)
		errx(FAILED, "%s: %s", server->url, tls_failure);
	clock_gettime(CLOCK_MONOTONIC, &now);
	soon = mqtt_greeted && now.tv_sec - greeted_at.tv_sec < SOON_S ?
		       soon + 1 : 0;
	if (soon == SOON_MOST)
		errx(FAILED, "%s: ends each connection: is there another with client-id=%s?",
		     server->url, client_id);
	mqtt_greeted = false;
	connection_failed(server, why);
}

/* What came of a library's try to connect. */
enum dialled mqtt_dialled(int rc, char why[WHY_LEN])
{
	mqtt_greeted = false;
	if (rc != MOSQ_ERR_SUCCESS)
		soon = 0;
	if (*tls_failure) {
		memcpy(why, tls_failure, WHY_LEN);
		return DIAL_NO_MORE;
	}
	if (rc == MOSQ_ERR_SUCCESS)
		return DIALLED;
	snprintf(why, WHY_LEN, "%s", mqtt_reason(rc));
	return DIAL_AGAIN;
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

static enum dialled dial(char why[WHY_LEN])
{
	return mqtt_dialled(mosquitto_connect(mqtt_client, server->host,
					      mqtt_port(), MQTT_KEEPALIVE),
			    why);
}

static void mqtt_open(const struct server *to)
{
	mqtt_make(to, setting(to, "client-id"), true);
	if (mosquitto_pub_topic_check(server->path) != MOSQ_ERR_SUCCESS)
		errx(FAILED, "%s: %s is no topic to publish to", server->url,
		     server->path);
	mosquitto_publish_v5_callback_set(mqtt_client, on_publish);
	fields_begin(server);
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

/* What is sent before the server's greeting the library sends again after it. */
static void publish_waiting(void)
{
	unsigned int i;

	if (connection_dialling() || !mqtt_greeted)
		return;
	for (i = 0; waiting && i < sent; i++)
		publish(&waiting[i]);
	waiting = NULL;
}

static void mqtt_send(const struct fifo_item *items, unsigned int n)
{
	waiting = items;
	sent = n;
	acknowledged = 0;
	publish_waiting();
}

struct pollfd mqtt_waits_for(void)
{
	struct pollfd fd = { .events = POLLIN };

	if (connection_dialling() || mosquitto_socket(mqtt_client) < 0)
		return connection_waits_for();
	fd.fd = mosquitto_socket(mqtt_client);
	if (mosquitto_want_write(mqtt_client))
		fd.events |= POLLOUT;
	return fd;
}

static void look_after(void)
{
	int rc = mosquitto_loop(mqtt_client, 0, MQTT_PACKETS);

	/* After the server's DISCONNECT there is no error, and no socket. */
	if (rc != MOSQ_ERR_SUCCESS)
		mqtt_lost(mqtt_reason(rc));
	else if (mosquitto_socket(mqtt_client) < 0)
		mqtt_lost("the server has ended the connection");
}

static bool mqtt_progress(void)
{
	if (!connection_dialling() && mosquitto_socket(mqtt_client) >= 0)
		look_after();
	else
		connection_dial(server, dial);
	publish_waiting();
	return acknowledged == sent;
}

static void mqtt_close(void)
{
	if (unheard)
		warnx("%s: %llu items had no subscriber", server->url, unheard);
	if (!connection_dialling())
		mosquitto_disconnect(mqtt_client);
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
