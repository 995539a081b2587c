// SPDX-License-Identifier: GPL-2.0
/*
 * Servers that items go to, or come from: their URLs, their settings, and the transports that
 * speak to them.
 */
#include <dlfcn.h>
#include <err.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fifoctl.h"
#include "server.h"

/**
 * struct kind - a kind of server
 * @scheme: the beginning of its URLs
 * @development: the package to build its transport with
 * @library: the package that its transport needs
 */
struct kind {
	const char *scheme;
	const char *development;
	const char *library;
};

static const struct kind kinds[] = {
	{ "mqtt", "libmosquitto-dev", "libmosquitto1" },
	{ "redis", "libhiredis-dev", "libhiredis0.14 or libhiredis1.1.0" },
	{ "kafka", "librdkafka-dev", "librdkafka1" },
};

#define KINDS	(sizeof(kinds) / sizeof(*kinds))

static const struct kind *find_kind(const char *scheme)
{
	size_t i;

	for (i = 0; i < KINDS; i++)
		if (!strcmp(kinds[i].scheme, scheme))
			return &kinds[i];
	return NULL;
}

/* --- URLs -------------------------------------------------------------------- */

/* Copies @len bytes of @text, if they are some and fit. */
static bool copy(char *to, size_t size, const char *text, size_t len)
{
	if (!len || len >= size)
		return false;
	memcpy(to, text, len);
	to[len] = '\0';
	return true;
}

static bool parse_port(unsigned int *port, const char *text, size_t len)
{
	char digits[6], *end;

	if (!copy(digits, sizeof(digits), text, len) || *digits < '0' ||
	    *digits > '9')
		return false;
	*port = strtoul(digits, &end, 10);
	return !*end && *port >= 1 && *port <= 65535;
}

/* An address of IPv6 is in brackets. */
static bool parse_host(struct server *server, const char *text, size_t len)
{
	const char *end, *colon;

	if (*text == '[') {
		end = memchr(text, ']', len);
		if (!end || !copy(server->host, sizeof(server->host), text + 1,
				  end - text - 1))
			return false;
		colon = end + 1;
	} else {
		colon = memchr(text, ':', len);
		if (!colon)
			colon = text + len;
		if (!copy(server->host, sizeof(server->host), text,
			  colon - text))
			return false;
	}
	if (colon == text + len)
		return true;
	return *colon == ':' && parse_port(&server->port, colon + 1,
					   text + len - colon - 1);
}

/*
 * SCHEME://HOST[:PORT]/PATH. A name and a password are refused: everybody sees the command
 * line of a process.
 */
void server_parse(struct server *server, const char *option, const char *url)
{
	const char *host, *slash;

	server->url = url;
	host = strstr(url, "://");
	if (!host || !copy(server->scheme, sizeof(server->scheme), url,
			   host - url) || !find_kind(server->scheme))
		misused("%s %s: must begin with mqtt://, redis:// or kafka://",
			option, url);
	host += 3;
	slash = strchr(host, '/');
	if (!slash || !slash[1])
		misused("%s %s: must end with /NAME: the topic or stream",
			option, url);
	if (memchr(host, '@', slash - host))
		misused("%s: a name and a password would show in ps: use --config FILE",
			option);
	if (!parse_host(server, host, slash - host))
		misused("%s %s: must have a host, and a port from 1 to 65535 or none",
			option, url);
	server->path = slash + 1;
}

/* --- settings ---------------------------------------------------------------- */

static noreturn void refuse_line(const char *path, unsigned int line,
				 const char *why)
{
	errx(FAILED, "%s: line %u: %s", path, line, why);
}

static void add_setting(struct server *server, const char *path,
			unsigned int line, char *text)
{
	char *equals = strchr(text, '=');
	unsigned int i;

	if (!equals || equals == text)
		refuse_line(path, line, "must be KEY=VALUE");
	if (server->n == SETTINGS_MAX)
		errx(FAILED, "%s: line %u: has more than %u settings", path,
		     line, SETTINGS_MAX);
	*equals = '\0';
	for (i = 0; i < server->n; i++)
		if (!strcmp(server->settings[i].key, text))
			errx(FAILED, "%s: line %u: has %s a second time", path,
			     line, text);
	server->settings[server->n].key = strdup(text);
	server->settings[server->n].value = strdup(equals + 1);
	if (!server->settings[server->n].key ||
	    !server->settings[server->n].value)
		err(FAILED, "strdup");
	server->n++;
}

/* A value may begin and end with any byte that a line may have. */
static void check_line(const char *path, unsigned int line, const char *text,
		       size_t len)
{
	if (len > SETTING_LEN)
		errx(FAILED, "%s: line %u: has more than %u bytes", path, line,
		     SETTING_LEN);
	if (memchr(text, '\0', len))
		refuse_line(path, line, "has a byte 0");
	if (len && text[len - 1] == '\r')
		refuse_line(path, line,
			    "ends with CR LF, as on Windows; must end with LF");
}

/* Reads lines KEY=VALUE. Empty lines, and those that begin with #, are none. */
void server_configure(struct server *server, const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned int line = 0;
	char *text = NULL;
	size_t size = 0;
	ssize_t len;

	if (!file)
		err(FAILED, "%s", path);
	while ((len = getline(&text, &size, file)) > 0) {
		line++;
		if (text[len - 1] == '\n')
			text[--len] = '\0';
		check_line(path, line, text, len);
		if (*text && *text != '#')
			add_setting(server, path, line, text);
	}
	if (ferror(file))
		err(FAILED, "%s", path);
	free(text);
	fclose(file);
}

/* --- transports -------------------------------------------------------------- */

/*
 * Ends the program if there is none. A program with more rights than its user trusts no
 * variable.
 */
const struct transport *server_transport(const struct server *server)
{
	const char *directory = secure_getenv("FIFOCTL_TRANSPORTS");
	const struct kind *kind = find_kind(server->scheme);
	const struct transport *transport;
	char path[PATH_MAX];
	void *object;

	if (!directory || !*directory)
		directory = TRANSPORTS;
	snprintf(path, PATH_MAX, "%s/%s.so", directory, server->scheme);
	if (access(path, F_OK))
		errx(FAILED, "%s:// was not built: there is no %s; install %s and build again",
		     kind->scheme, path, kind->development);
	object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!object)
		errx(FAILED, "%s; install %s", dlerror(), kind->library);
	transport = dlsym(object, "transport");
	if (!transport || strcmp(transport->version, VERSION))
		errx(FAILED, "%s is of another release of fifoctl", path);
	return transport;
}

/*
 * Ends the program. A transport may have left a thread behind that waits for a name server:
 * exit() would clean up the library that it is in.
 */
void server_leave(int status)
{
	flush_output();
	_exit(status);
}
