// SPDX-License-Identifier: GPL-2.0
/*
 * fifoctl send: puts text, one item per line.
 */
#include <assert.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "fifoctl.h"
#include "libfifo.h"

static noreturn void refuse(unsigned int queue)
{
	char why[FIFO_EXPLAIN_LEN];

	errx(FAILED, "%s", fifo_explain(queue, FIFO_PRODUCER, errno, why,
					sizeof(why)));
}

static int open_queue(unsigned int queue)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/dev/fifo%u", queue);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		refuse(queue);
	return fd;
}

static void write_all(int fd, unsigned int queue, const char *text, size_t len)
{
	ssize_t n;

	for (; len; text += n, len -= n) {
		n = write(fd, text, len);
		if (n < 0 && errno != EINTR)
			refuse(queue);
		n = n < 0 ? 0 : n;
	}
}

/* Why a line cannot be an item, or NULL. */
static const char *line_wrong(const char *line, size_t len)
{
	if (len > FIFO_DATA_LEN)
		return "has more than 40 bytes";
	if (!is_text(line, len))
		return "is not UTF-8, or has control characters";
	return NULL;
}

static_assert(FIFO_DATA_LEN == 40, "line_wrong() says so");

/* --- from the command line ------------------------------------------------- */

/* Checks all texts before it sends the first. */
static void send_arguments(unsigned int queue, char **texts)
{
	char line[FIFO_DATA_LEN + 1];
	const char *wrong;
	size_t len;
	int i, fd;

	for (i = 0; texts[i]; i++) {
		wrong = line_wrong(texts[i], strlen(texts[i]));
		if (wrong)
			misused("'%s' %s", texts[i], wrong);
	}
	fd = open_queue(queue);
	for (i = 0; texts[i]; i++) {
		len = strlen(texts[i]);
		memcpy(line, texts[i], len);
		line[len] = '\n';
		write_all(fd, queue, line, len + 1);
	}
	close(fd);
}

/* --- from standard input --------------------------------------------------- */

/* A buffer of lines. An unfinished line stays in it. */
struct lines {
	char text[65536];
	size_t len;
	unsigned long long number;
	const char *wrong;
};

/* Counts the complete and valid lines. Returns their length. */
static size_t scan_lines(struct lines *lines)
{
	const char *end;
	size_t done = 0;

	while (!lines->wrong) {
		const char *line = lines->text + done;

		end = memchr(line, '\n', lines->len - done);
		if (!end && lines->len - done <= FIFO_DATA_LEN)
			break;
		lines->wrong = line_wrong(line, end ? (size_t)(end - line) :
						lines->len - done);
		if (lines->wrong)
			break;
		done += end + 1 - line;
		lines->number++;
	}
	return done;
}

/* Reads more, and ends the last line. Returns false at the end of the input. */
static bool read_lines(struct lines *lines)
{
	ssize_t n;

	do
		n = read(STDIN_FILENO, lines->text + lines->len,
			 sizeof(lines->text) - lines->len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		err(FAILED, "standard input");
	if (!n && lines->len)
		lines->text[lines->len++] = '\n';
	lines->len += n;
	return n;
}

static void send_input(unsigned int queue)
{
	static struct lines lines;
	int fd = open_queue(queue);
	bool more;
	size_t len;

	do {
		more = read_lines(&lines);
		len = scan_lines(&lines);
		write_all(fd, queue, lines.text, len);
		if (lines.wrong)
			errx(FAILED, "line %llu %s: it and what follows was not sent",
			     lines.number + 1, lines.wrong);
		lines.len -= len;
		memmove(lines.text, lines.text + len, lines.len);
	} while (more);
	close(fd);
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	unsigned int queue;

	next_option(argc, argv, BEFORE_ALL, options);
	queue = parse_queue(argv[optind]);
	optind++;
	if (argv[optind])
		send_arguments(queue, argv + optind);
	else
		send_input(queue);
	return 0;
}

const struct command command_send = {
	.name = "send",
	.arguments = "QUEUE [TEXT...]",
	.summary = "put text into a queue",
	.help = "Puts an item for each TEXT, or without any for each line of standard input. If\n"
		"the queue is full, its overflow policy applies. A text has up to 40 bytes of\n"
		"UTF-8; tabs are its only control characters.\n",
	.run = run,
};
