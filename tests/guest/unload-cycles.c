// SPDX-License-Identifier: GPL-2.0
/*
 * Loads and unloads modules again and again, and times the unloads: each cycle
 * loads modules in order, waits for conditions, unloads them in order, and
 * then does the same with the empty module, for comparison.
 *
 *	unload-cycles CYCLES SAMPLES MODULE… [-- CONDITION…]
 *
 * MODULE is "name parameter=value …", or "!name …" for a load that must fail.
 * CONDITION is "FILE=N" or, counted from the start of the cycle, "FILE+=N":
 * FILE, below /sys/class/misc, holds N or more. SAMPLES gets a line for each
 * unload: "name microseconds", for the empty module "empty microseconds".
 *
 * Producers and consumers get the context that the environment names, unless MODULE has
 * another. After each cycle no task may wait in a queue, and the ledgers must add up.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MOST		16
#define CONDITION_US	10000000L
#define STUCK_US	25000000L

static char *modules[MOST], *conditions[MOST];
static long wanted[MOST];
static int n_modules, n_conditions;
static FILE *samples;

/* When the current unload began, or 0; and its module, set before. */
static atomic_long unload_began;
static const char *unloading;

static long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static void die(const char *what, const char *which)
{
	fprintf(stderr, "unload-cycles: %s: %s (%s)\n", what, which,
		strerror(errno));
	exit(1);
}

/* An unload that hangs cannot be interrupted: report it, and turn the machine off. */
static void *watch(void *unused)
{
	FILE *log = fopen("/dev/kmsg", "w");
	long began;

	(void)unused;
	for (;;) {
		sleep(1);
		began = unload_began;
		if (!began || now_us() - began < STUCK_US)
			continue;
		fprintf(log, "<2>unload-cycles: unloading %s does not end\n",
			unloading);
		fflush(log);
		reboot(RB_POWER_OFF);
	}
	return NULL;
}

/* The name of a module in a list entry, and its parameters if @params. */
static const char *name_of(const char *spec, const char **params)
{
	static char name[64];
	size_t len;

	spec += *spec == '!';
	len = strcspn(spec, " ");
	snprintf(name, sizeof(name), "%.*s", (int)len, spec);
	if (params)
		*params = spec[len] ? spec + len + 1 : "";
	return name;
}

static void load_module(const char *spec)
{
	const char *given, *name = name_of(spec, &given);
	const char *context = getenv("context");
	char path[128], params[512];
	int fd, err;

	if (context && strcmp(name, "empty"))
		snprintf(params, sizeof(params), "context=%s %s", context, given);
	else
		snprintf(params, sizeof(params), "%s", given);

	snprintf(path, sizeof(path), "/modules/%s.ko", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("cannot open", path);
	err = syscall(SYS_finit_module, fd, params, 0);
	close(fd);
	if (*spec == '!' && !err)
		die("was not refused", spec);
	if (*spec != '!' && err)
		die("cannot load", spec);
}

static void unload_module(const char *spec)
{
	const char *name = name_of(spec, NULL);
	long took;

	if (*spec == '!')
		return;
	unloading = name;
	unload_began = now_us();
	if (syscall(SYS_delete_module, name, O_NONBLOCK))
		die("cannot unload", name);
	took = now_us() - unload_began;
	unload_began = 0;
	fprintf(samples, "%s %ld\n", name, took);
}

static long value(const char *file)
{
	char path[256], text[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/misc/%s", file);
	f = fopen(path, "r");
	if (!f || !fgets(text, sizeof(text), f))
		die("cannot read", path);
	fclose(f);
	return atol(text);
}

/* Splits "FILE=N" or "FILE+=N". Returns FILE, and the value that it must reach. */
static const char *parse(const char *condition, long *want)
{
	static char file[128];
	size_t len = strcspn(condition, "=+");

	snprintf(file, sizeof(file), "%.*s", (int)len, condition);
	if (condition[len] == '+')
		*want = value(file) + atol(condition + len + 2);
	else
		*want = atol(condition + len + 1);
	return file;
}

static void note_wanted(void)
{
	int i;

	for (i = 0; i < n_conditions; i++)
		parse(conditions[i], &wanted[i]);
}

static void await_conditions(void)
{
	long limit = now_us() + CONDITION_US, unused;
	int i;

	for (i = 0; i < n_conditions; i++)
		while (value(parse(conditions[i], &unused)) < wanted[i]) {
			if (now_us() > limit)
				die("did not come about", conditions[i]);
			usleep(500);
		}
}

static long queue_value(const char *queue, const char *name)
{
	char file[128];

	snprintf(file, sizeof(file), "%s/%s", strrchr(queue, '/') + 1, name);
	return value(file);
}

static void check_queues(void)
{
	glob_t queues;
	size_t i;
	char *q;

	if (glob("/sys/class/misc/fifo*", 0, NULL, &queues))
		die("cannot find", "the queues");
	for (i = 0; i < queues.gl_pathc; i++) {
		q = queues.gl_pathv[i];
		if (queue_value(q, "waiting_producers") ||
		    queue_value(q, "waiting_consumers"))
			die("somebody waits, and nobody is there", q);
		if (queue_value(q, "put") != queue_value(q, "got") +
		    queue_value(q, "dropped") + queue_value(q, "depth"))
			die("the ledger does not add up", q);
	}
	globfree(&queues);
}

static void cycle(void)
{
	int i;

	note_wanted();
	for (i = 0; i < n_modules; i++)
		load_module(modules[i]);
	await_conditions();
	for (i = 0; i < n_modules; i++)
		unload_module(modules[i]);
	check_queues();
	load_module("empty");
	unload_module("empty");
}

int main(int argc, char **argv)
{
	pthread_t watcher;
	long cycles;
	int i;

	if (argc < 4)
		die("what is to be unloaded", "no module");
	cycles = atol(argv[1]);
	samples = fopen(argv[2], "a");
	if (!samples)
		die("cannot open", argv[2]);
	for (i = 3; i < argc && strcmp(argv[i], "--") && n_modules < MOST; i++)
		modules[n_modules++] = argv[i];
	for (i++; i < argc && n_conditions < MOST; i++)
		conditions[n_conditions++] = argv[i];
	pthread_create(&watcher, NULL, watch, NULL);
	while (cycles--)
		cycle();
	return fclose(samples) ? 1 : 0;
}
