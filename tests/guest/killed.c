// SPDX-License-Identifier: GPL-2.0
/*
 * Starts processes that move items from queue 0 to queue 1 through mappings of both, and
 * kills them at random moments, one after the other. Meanwhile it writes the numbers from
 * 1 on as text into queue 0, and reads them from queue 1.
 *
 *	killed ROUNDS SEED
 *
 * A process puts an item before it publishes that it has got it. So the numbers come out
 * in order, and each once, except that one number may come twice for each killed process.
 * After each kill the ledgers of both queues must add up, and match what was written and
 * read.
 */
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include "mapped_end.h"

/* The longest life of a process, in microseconds. */
#define LIFE_MOST	30000

static unsigned long written, lines_read, last, repeated;

static void fail(const char *what)
{
	printf("failed: %s: written=%lu read=%lu last=%lu repeated=%lu\n", what,
	       written, lines_read, last, repeated);
	exit(1);
}

static void wait_for(const struct mapped_end *end)
{
	struct pollfd one = { end->fd, POLLIN | POLLOUT, 0 };

	poll(&one, 1, -1);
}

/* Runs in the process that is killed; exits if it cannot have an end. */
static void move(void)
{
	struct mapped_end from, to;
	__u64 got, put;

	if (end_open(&from, 0, FIFO_CONSUMER) || end_open(&to, 1, FIFO_PRODUCER))
		_exit(1);
	got = *from.position;
	put = *to.position;
	for (;;) {
		if (!end_ready(&from, got)) {
			wait_for(&from);
		} else if (!end_ready(&to, put)) {
			wait_for(&to);
		} else {
			to.items[put % to.size] = from.items[got % from.size];
			if (end_move_to(&to, ++put) || end_move_to(&from, ++got))
				_exit(1);
		}
	}
}

static long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static void write_numbers(int in)
{
	char line[24];
	int len;

	for (;;) {
		len = snprintf(line, sizeof(line), "%lu\n", written + 1);
		if (write(in, line, len) != len)
			return;
		written++;
	}
}

static void read_numbers(int out, unsigned long killed)
{
	char line[64];
	unsigned long number;
	ssize_t len;

	/* Room for at least one line, and for less than two of the longest. */
	while ((len = read(out, line, FIFO_DATA_LEN + 1)) > 0) {
		char *at = line, *next;

		line[len] = '\0';
		for (; *at; at = next + 1, lines_read++) {
			number = strtoul(at, &next, 10);
			if (*next != '\n' || (number != last && number != last + 1))
				fail("order");
			repeated += number == last;
			last = number;
		}
	}
	if (repeated > killed)
		fail("repeated");
}

static void check_ledger(unsigned int queue)
{
	if (queue_value(queue, "put") != queue_value(queue, "got") +
					 queue_value(queue, "depth"))
		fail(queue ? "ledger of queue 1" : "ledger of queue 0");
}

static void check_ledgers(void)
{
	check_ledger(0);
	check_ledger(1);
	if (queue_value(0, "put") != (long long)written)
		fail("queue 0 has other items than were written");
	if (queue_value(1, "got") != (long long)lines_read)
		fail("queue 1 had other items than were read");
	if (queue_value(0, "mapping_errors") || queue_value(1, "mapping_errors"))
		fail("an honest process made no sense");
}

static void one_round(int in, int out, unsigned long killed)
{
	long until = now_us() + rand() % LIFE_MOST;
	int status;
	pid_t pid = fork();

	if (!pid)
		move();
	do {
		write_numbers(in);
		read_numbers(out, killed);
	} while (now_us() < until);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	if (!WIFSIGNALED(status))
		fail("a process could not have its ends");
	/* The items that it had moved are there; the one that it was moving may be there twice. */
	read_numbers(out, killed + 1);
	check_ledgers();
}

int main(int argc, char **argv)
{
	unsigned long i, rounds;
	int in, out;

	if (argc != 3)
		return 2;
	rounds = strtoul(argv[1], NULL, 10);
	srand(atoi(argv[2]));
	in = device_open(0, O_WRONLY | O_NONBLOCK);
	out = device_open(1, O_RDONLY | O_NONBLOCK);
	if (in < 0 || out < 0)
		return 2;
	for (i = 0; i < rounds; i++)
		one_round(in, out, i);
	printf("rounds=%lu written=%lu read=%lu repeated=%lu\n", rounds,
	       written, lines_read, repeated);
	return written && last ? 0 : 1;
}
