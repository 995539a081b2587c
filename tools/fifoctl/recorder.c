// SPDX-License-Identifier: GPL-2.0
/*
 * Records fifo.ko's tracepoints: an instance of the kernel's tracing that is ours alone,
 * so that nothing of the user's tracing changes, and trace-cmd, which moves what comes
 * into the instance to the file.
 *
 * libtracecmd cannot write files. trace-cmd finds the instance there, and so leaves it
 * there: exit() removes it, whatever has happened.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "child.h"
#include "record.h"

/* How often to look whether trace-cmd has got further. */
#define LOOK_US	10000

/* How often to try to remove the instance. */
#define TRIES_MAX	100

static struct tracefs_instance *instance;
static const char *output;
static pid_t trace_cmd;
/* What trace-cmd prints. It is shown if trace-cmd fails. */
static int said;

/* The readers of a trace-cmd that was killed have it open until they are gone, too. */
static void remove_instance(void)
{
	unsigned int tries;

	tracefs_print_close(instance);
	for (tries = 0; tries < TRIES_MAX; tries++) {
		if (!tracefs_instance_destroy(instance))
			break;
		usleep(LOOK_US);
	}
	if (tries == TRIES_MAX)
		warn("the tracing instance %s remains",
		     tracefs_instance_get_name(instance));
	tracefs_instance_free(instance);
	instance = NULL;
}

/* What each processor's reader writes until trace-cmd makes one file of it. */
static void remove_parts(void)
{
	const char *name = tracefs_instance_get_name(instance);
	long cpu, cpus = sysconf(_SC_NPROCESSORS_CONF);
	char part[PATH_MAX];

	for (cpu = 0; cpu < cpus; cpu++) {
		snprintf(part, sizeof(part), "%s.%s.cpu%ld", output, name, cpu);
		unlink(part);
	}
}

/* At exit: the instance must not outlive the program. */
void recorder_remove(void)
{
	struct stat file;

	if (trace_cmd) {
		kill(-trace_cmd, SIGKILL);
		waitpid(trace_cmd, NULL, 0);
		trace_cmd = 0;
	}
	if (instance) {
		remove_parts();
		remove_instance();
	}
	if (!stat(output, &file) && S_ISREG(file.st_mode) && !file.st_size)
		unlink(output);
}

/* Removes what programs have left that were killed. */
static void remove_orphans(void)
{
	char **names = tracefs_instances("^fifoctl-[0-9]+$");
	struct tracefs_instance *orphan;
	int i;

	for (i = 0; names && names[i]; i++) {
		if (!kill(atoi(names[i] + strlen("fifoctl-")), 0))
			continue;
		orphan = tracefs_instance_create(names[i]);
		if (orphan)
			tracefs_instance_destroy(orphan);
		tracefs_instance_free(orphan);
	}
	tracefs_list_free(names);
}

/* Exits unless this process may trace, and fifo.ko is there to be traced. */
static void check_tracing(void)
{
	struct snapshot snapshot;
	const char *dir;

	snapshot_take(&snapshot, ALL_QUEUES);
	snapshot_free(&snapshot);
	if (tracefs_tracing_dir_is_mounted(false, &dir) <= 0)
		errx(FAILED, "tracefs is not mounted: mount -t tracefs trace /sys/kernel/tracing");
	if (access(dir, R_OK | W_OK | X_OK))
		err(FAILED, "%s: only root may trace", dir);
	if (!tracefs_dir_exists(NULL, "events/fifo"))
		errx(FAILED, "%s/events/fifo is missing: this kernel traces no modules",
		     dir);
}

static void check_output(void)
{
	int fd = open(output, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0)
		err(FAILED, "%s", output);
	close(fd);
}

/*
 * Enables the events first. Up to Linux 6.6 that gives the top buffer, which starts small,
 * its proper size; but not if another buffer was resized before.
 */
static void create_instance(void)
{
	char name[32];

	snprintf(name, sizeof(name), "fifoctl-%d", getpid());
	atexit(recorder_remove);
	instance = tracefs_instance_create(name);
	if (!instance)
		err(FAILED, "cannot create a tracing instance");
	if (tracefs_trace_off(instance) ||
	    tracefs_event_enable(instance, "fifo", NULL))
		err(FAILED, "cannot set up the tracing instance");
}

/* trace-cmd failed. Exits, and says what it said. */
static noreturn void fail(void)
{
	char text[1024];
	ssize_t len = pread(said, text, sizeof(text) - 1, 0);

	/* Its readers may still be there. */
	kill(-trace_cmd, SIGKILL);
	trace_cmd = 0;
	text[len > 0 ? len : 0] = '\0';
	errx(FAILED, "trace-cmd failed: %s", *text ? text : "it was killed");
}

/* Exits if trace-cmd does not run any more. */
void recorder_check(void)
{
	if (waitpid(trace_cmd, NULL, WNOHANG) == trace_cmd)
		fail();
}

/*
 * Without -d trace-cmd would turn the function tracer on, for all of the kernel. libtracecmd
 * 1.3 keeps all that it uncompresses: a compressed file could be too large for the memory.
 */
static void start_trace_cmd(const char *kib)
{
	const char *const argv[] = {
		"trace-cmd", "record", "-q", "-d", "-C", "mono",
		"-B", tracefs_instance_get_name(instance),
		"-b", kib, "--compression", "none", "-e", "fifo",
		"-o", output, NULL
	};

	said = memfd_create("trace-cmd", MFD_CLOEXEC);
	if (said < 0)
		err(FAILED, "memfd_create");
	trace_cmd = child_start(argv, (struct child_files){
		.in = -1, .out = said, .error = said, .background = true });
	if (errno == ENOENT)
		errx(FAILED, "cannot run trace-cmd: install the package trace-cmd");
	if (errno)
		err(FAILED, "cannot run trace-cmd");
}

/*
 * Records to @file, with buffers of @kib kB for each processor, once it returns: trace-cmd
 * turns tracing on when its readers run. Returns NULL if a signal came before that.
 */
struct tracefs_instance *recorder_start(const char *file, const char *kib)
{
	bool stop;

	output = file;
	check_tracing();
	check_output();
	remove_orphans();
	create_instance();
	start_trace_cmd(kib);
	do {
		/* A signal that comes once tracing is on ends a recording that began. */
		stop = stopped();
		if (tracefs_trace_is_on(instance) == 1)
			return instance;
		recorder_check();
		usleep(LOOK_US);
	} while (!stop);
	return NULL;
}

/* Returns what stands behind @name in the statistics of a processor's buffer. */
static unsigned long long statistic(const char *stats, const char *name)
{
	const char *line = strstr(stats, name);

	return line ? strtoull(line + strlen(name), NULL, 10) : 0;
}

static void add_statistics(int cpu, unsigned long long *events,
			   unsigned long long *lost)
{
	char name[64], *stats;

	snprintf(name, sizeof(name), "per_cpu/cpu%d/stats", cpu);
	stats = tracefs_instance_file_read(instance, name, NULL);
	if (!stats)
		return;
	*events += statistic(stats, "entries: ") +
		   statistic(stats, "read events: ");
	/* "commit overrun" contains "overrun", and comes later. */
	*lost += statistic(stats, "overrun: ") +
		 statistic(stats, "commit overrun: ") +
		 statistic(stats, "dropped events: ");
	free(stats);
}

/* Exits if fifo.ko was unloaded: then the kernel has emptied the buffers. */
static void check_events(void)
{
	if (tracefs_event_is_enabled(instance, "fifo", NULL) !=
	    TRACEFS_ALL_ENABLED)
		errx(FAILED, "fifo.ko was unloaded, and with that its events are lost");
}

static void add_all_statistics(unsigned long long *events,
			       unsigned long long *lost)
{
	long cpu, cpus = sysconf(_SC_NPROCESSORS_CONF);

	*events = 0;
	*lost = 0;
	for (cpu = 0; cpu < cpus; cpu++)
		add_statistics(cpu, events, lost);
}

/* Ends the events; notes may follow. Returns how many came into the buffers, notes included. */
unsigned long long recorder_halt(void)
{
	unsigned long long events, lost;

	check_events();
	if (tracefs_event_disable(instance, "fifo", NULL))
		err(FAILED, "cannot end the events");
	add_all_statistics(&events, &lost);
	return events;
}

/* Ends the recording. Returns how many events were lost. */
unsigned long long recorder_end(void)
{
	unsigned long long events, lost;

	tracefs_trace_off(instance);
	add_all_statistics(&events, &lost);
	return lost;
}

/*
 * Lets trace-cmd write the file. It may miss a signal that comes just before it sleeps,
 * and takes any number of them as one.
 */
void recorder_finish(void)
{
	int status;

	kill(trace_cmd, SIGINT);
	while (!waitpid(trace_cmd, &status, WNOHANG)) {
		usleep(LOOK_US);
		kill(trace_cmd, SIGINT);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		fail();
	trace_cmd = 0;
}
