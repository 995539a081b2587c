// SPDX-License-Identifier: GPL-2.0
/*
 * Measures one thing, once, and prints the number.
 *
 *	fifobench WAY BATCH SECONDS	items a second that go this way, so many at a
 *					time; "none" where it cannot be had here
 *	fifobench latency WAY		microseconds from a put to the process that has
 *					waited for it running: the median and the 99th
 *					percentile
 *	fifobench count PAIR BATCH	instructions of a put and of a get, so many at a time
 *	fifobench ticks		the share of all instructions that ticks take
 *	fifobench taken RATE VALUE COUNTER N [TICKS]
 *					instructions that others take, once VALUE was
 *					written to the file RATE, for each that the file
 *					COUNTER counts, until it has counted N; and the
 *					median of those that are taken at a time. TICKS is
 *					that share; without it, nothing may run yet
 *	fifobench mark			says so to the plugin of QEMU
 *
 * The other side is another process, or the kernel: what is needed of fifo.ko,
 * producer.ko and consumer.ko was loaded by who calls this.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "bench.h"

/* Until caches are warm and the queue is as full as it gets. */
#define WARM_UP_NS	100000000

/* Operations between two looks at the clock. */
#define OPERATIONS	32

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

struct fifo_end *open_end(unsigned int queue, enum fifo_role role)
{
	struct fifo_end *end = fifo_open(queue, role);
	char why[FIFO_EXPLAIN_LEN];

	if (!end)
		errx(1, "%s", fifo_explain(queue, role, errno, why,
					   sizeof(why)));
	return end;
}

int open_device(unsigned int queue, int flags)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/dev/fifo%u", queue);
	fd = open(path, flags);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

/* It ends with this process, if not before. */
pid_t start_peer(void (*run)(unsigned int arg), unsigned int arg)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run(arg);
		_exit(0);
	}
	return pid;
}

void end_peer(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Moves items for so long. Returns how many there were a second. */
static double move_for(const struct way *way, unsigned int batch, uint64_t ns)
{
	uint64_t start = now_ns(), now;
	unsigned long long moved = 0;
	int i;

	do {
		for (i = 0; i < OPERATIONS; i++)
			moved += way->move(batch);
		now = now_ns();
	} while (now - start < ns);
	return moved * 1e9 / (now - start);
}

static int measure(const struct way *way, unsigned int batch, double seconds)
{
	pid_t peer = 0;

	if (!way->begin(batch)) {
		puts("none");
		return 0;
	}
	if (way->peer)
		peer = start_peer(way->peer, batch);
	move_for(way, batch, WARM_UP_NS);
	printf("%.0f\n", move_for(way, batch, seconds * 1e9));
	if (peer)
		end_peer(peer);
	return 0;
}

static const struct way *find_way(const char *name)
{
	const struct way *way;

	for (way = ways; way->name; way++)
		if (!strcmp(way->name, name))
			return way;
	if (!strcmp(way_bpf.name, name))
		return &way_bpf;
	errx(2, "there is no way %s", name);
}

int main(int argc, char **argv)
{
	unsigned int batch;
	double seconds;

	if (argc == 2 && !strcmp(argv[1], "mark"))
		return mark();
	if (argc == 3 && !strcmp(argv[1], "latency"))
		return measure_latency(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "count"))
		return measure_count(argv[2], strtoul(argv[3], NULL, 10));
	if (argc == 2 && !strcmp(argv[1], "ticks"))
		return measure_ticks();
	if ((argc == 6 || argc == 7) && !strcmp(argv[1], "taken"))
		return measure_taken(argv + 2);
	if (argc != 4)
		errx(2, "usage: fifobench WAY BATCH SECONDS, or as its source says");
	batch = strtoul(argv[2], NULL, 10);
	seconds = strtod(argv[3], NULL);
	if (!batch || batch > BATCH || !(seconds > 0))
		errx(2, "BATCH must be 1 to %d, SECONDS above 0", BATCH);
	return measure(find_way(argv[1]), batch, seconds);
}
