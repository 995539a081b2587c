// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the ports from debugfs.
 *
 * The file stays open no longer than it is read: while it is open, fifo.ko cannot be
 * unloaded.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fifoctl.h"
#include "ports.h"

#define PORTS_FILE	"/sys/kernel/debug/fifo/ports"

/* Grows by half: a file of debugfs has no size. */
static char *grow(char *text, size_t *size)
{
	*size += *size / 2;
	text = realloc(text, *size);
	if (!text)
		err(FAILED, NULL);
	return text;
}

/* Returns the whole file, which the caller frees, or NULL and sets errno. */
static char *read_file(const char *path)
{
	size_t size = 32768, len = 0;
	char *text = malloc(size);
	ssize_t n;
	int fd, error;

	if (!text)
		err(FAILED, NULL);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		free(text);
		return NULL;
	}
	while ((n = read(fd, text + len, size - len - 1)) > 0) {
		len += n;
		if (len == size - 1)
			text = grow(text, &size);
	}
	error = errno;
	close(fd);
	text[len] = '\0';
	if (!n)
		return text;
	free(text);
	errno = error;
	return NULL;
}

/* --- a line ---------------------------------------------------------------- */

/* Cuts the next word off the line. Returns "" at its end. */
static const char *next_word(char **line)
{
	char *word = *line;

	*line += strcspn(*line, " ");
	if (**line)
		*(*line)++ = '\0';
	return word;
}

static void copy_word(char *to, size_t size, char **line)
{
	const char *word = next_word(line);
	size_t len = strnlen(word, size - 1);

	memcpy(to, word, len);
	to[len] = '\0';
}

/* "5/s" or "max"; "-" of a port without a worker. */
static double parse_rate(const char *word)
{
	char *end;
	double rate;

	if (!strcmp(word, "max"))
		return INFINITY;
	rate = strtod(word, &end);
	return end == word ? NAN : rate;
}

/* An older fifo.ko does not say how long a port waits. */
static void parse_port(struct port *port, char *line)
{
	port->queue = strtoul(next_word(&line), NULL, 10);
	port->producer = !strcmp(next_word(&line), "producer");
	copy_word(port->name, sizeof(port->name), &line);
	copy_word(port->context, sizeof(port->context), &line);
	port->rate = parse_rate(next_word(&line));
	port->moved = strtoull(next_word(&line), NULL, 10);
	copy_word(port->cpu, sizeof(port->cpu), &line);
	port->waiting = strtoull(next_word(&line), NULL, 10) * 1000;
}

/* --- all ------------------------------------------------------------------- */

static unsigned int count_lines(const char *text)
{
	unsigned int n = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

/* The first line names the columns. */
static void parse_ports(struct ports *ports, char *text)
{
	unsigned int lines = count_lines(text);
	char *line, *rest = text;

	strsep(&rest, "\n");
	ports->ports = calloc(lines + 1, sizeof(*ports->ports));
	if (!ports->ports)
		err(FAILED, NULL);
	while (rest && *rest) {
		line = strsep(&rest, "\n");
		parse_port(&ports->ports[ports->n++], line);
	}
}

/* Leaves it empty, with an error, if they cannot be read. */
void ports_read(struct ports *ports)
{
	char *text = read_file(PORTS_FILE);

	*ports = (struct ports){ 0 };
	if (!text) {
		ports->error = errno;
		return;
	}
	parse_ports(ports, text);
	free(text);
}

void ports_free(struct ports *ports)
{
	free(ports->ports);
	*ports = (struct ports){ 0 };
}

bool port_has_worker(const struct port *port)
{
	return !isnan(port->rate);
}

static bool same_port(const struct port *a, const struct port *b)
{
	return a->queue == b->queue && a->producer == b->producer &&
	       !strcmp(a->name, b->name);
}

/*
 * Finds the port at another time, or NULL. Ports keep their order, so it is mostly at
 * @hint: behind the one that was found before.
 */
const struct port *ports_find(const struct ports *ports,
			      const struct port *port, unsigned int hint)
{
	unsigned int i, at;

	for (i = 0; i < ports->n; i++) {
		at = (hint + i) % ports->n;
		if (same_port(&ports->ports[at], port))
			return &ports->ports[at];
	}
	return NULL;
}

const char *ports_explain(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return "the ports are shown to root only";
	case ENOENT:
		return "no ports: debugfs is not mounted at /sys/kernel/debug";
	default:
		return "the ports cannot be read";
	}
}
