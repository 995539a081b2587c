// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the first memory allocation of an operation fail, then the second, and so on,
 * until the operation has no more.
 *
 *	fail-nth load WHICH ITEMS MODULE…
 *	fail-nth last COUNT WHICH ITEMS MODULE…
 *	fail-nth open|read FILE
 *	fail-nth write FILE TEXT
 *
 * MODULE is "name parameter=value …". WHICH, from 0, is the module whose load fails;
 * those before it are loaded anew for each attempt. "last" begins with the last COUNT
 * allocations of a load: the module's init function comes after the kernel's loader.
 *
 * An attempt that fails must leave everything as it was: the modules and their users,
 * /dev, /sys/class/misc, /sys/module, caches, debugfs, and the FILE that is written. So
 * must each attempt once everything is unloaded. The next load, without a failure, must
 * work. A load that succeeds although an allocation has failed must have done its work:
 * with the rest of the modules loaded, ITEMS items go through each queue (all that are
 * put there, if ITEMS is 0), and all modules can be unloaded; or FILE shows TEXT.
 *
 * Prints "FAILED SWALLOWED ERRORS": how many failed allocations made the operation
 * fail, how many did not, and the errors, separated by commas.
 *
 * After each attempt that fails the kernel's log has the line "fail-nth: NUMBER failed".
 *
 * /proc/self/fail-nth counts the task's allocations from slabs and from the page
 * allocator, those of the kernel's module loader, too. /sys/kernel/debug/failslab and
 * fail_page_alloc choose which of them take part.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MOST_ERRORS	8
#define MANY		1000000
#define STATE_SIZE	65536
#define WORK_SECONDS	20

static int fail_nth_fd;
static char **modules;
static int n_modules, which;
static long items;
static const char *file, *text;
static int errors[MOST_ERRORS], n_errors;

static void die(const char *what, const char *which)
{
	fprintf(stderr, "fail-nth: %s: %s (%s)\n", what, which,
		strerror(errno));
	exit(1);
}

static void set_fail_nth(unsigned int n)
{
	char number[16];
	int len = snprintf(number, sizeof(number), "%u", n);

	if (pwrite(fail_nth_fd, number, len, 0) != len)
		die("cannot write", "fail-nth");
}

/* How many allocations are still to be counted: 0 if one has failed. */
static unsigned int get_fail_nth(void)
{
	char number[16] = "";

	if (pread(fail_nth_fd, number, sizeof(number) - 1, 0) < 0)
		die("cannot read", "fail-nth");
	return atoi(number);
}

/* --- operations: 0 or a negative errno ------------------------------------- */

static int load_module(const char *spec)
{
	size_t len = strcspn(spec, " ");
	char path[128];
	int fd, err;

	snprintf(path, sizeof(path), "/modules/%.*s.ko", (int)len, spec);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = syscall(SYS_finit_module, fd, spec[len] ? spec + len + 1 : "", 0);
	err = err ? -errno : 0;
	close(fd);
	return err;
}

static int load_which(void)
{
	return load_module(modules[which]);
}

static int open_file(void)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int read_file(void)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC), err = 0;
	char buffer[4096];

	if (fd < 0)
		return -errno;
	if (read(fd, buffer, sizeof(buffer)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int write_file(void)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static const struct {
	const char *name;
	int (*call)(void);
} operations[] = {
	{ "load", load_which },
	{ "last", load_which },
	{ "open", open_file },
	{ "read", read_file },
	{ "write", write_file },
	{ NULL, NULL }
};

/* --- what must not change ---------------------------------------------------- */

static void add_file(char *state, const char *path)
{
	size_t len = strlen(state);
	FILE *f = fopen(path, "r");

	if (!f)
		die("cannot open", path);
	len += fread(state + len, 1, STATE_SIZE - 1 - len, f);
	state[len] = '\0';
	fclose(f);
}

static void add_names(char *state, const char *path)
{
	struct dirent **names;
	int i, n = scandir(path, &names, NULL, alphasort);

	if (n < 0)
		die("cannot list", path);
	for (i = 0; i < n; i++) {
		snprintf(state + strlen(state), STATE_SIZE - strlen(state),
			 "%s/%s\n", path, names[i]->d_name);
		free(names[i]);
	}
	free(names);
}

static void take_state(char *state)
{
	*state = '\0';
	add_file(state, "/proc/modules");
	add_names(state, "/dev");
	add_names(state, "/sys/class/misc");
	add_names(state, "/sys/module");
	add_names(state, "/sys/kernel/slab");
	add_names(state, "/sys/kernel/debug");
	if (text)
		add_file(state, file);
}

/* @before is from take_state(). */
static void expect_state(unsigned int n, const char *before)
{
	static char after[STATE_SIZE];

	take_state(after);
	if (!strcmp(before, after))
		return;
	fprintf(stderr, "fail-nth: failing allocation %u left something behind\n",
		n);
	fprintf(stderr, "before:\n%safter:\n%s", before, after);
	exit(1);
}

/* --- what must work ------------------------------------------------------------ */

static void load_modules(int from, int to)
{
	int err;

	for (; from < to; from++) {
		err = load_module(modules[from]);
		if (err) {
			errno = -err;
			die("cannot load", modules[from]);
		}
	}
}

static void unload_modules(int from)
{
	char name[64];

	while (from--) {
		snprintf(name, sizeof(name), "%.*s",
			 (int)strcspn(modules[from], " "), modules[from]);
		if (syscall(SYS_delete_module, name, O_NONBLOCK))
			die("cannot unload", name);
	}
}

static long value(const char *queue, const char *name)
{
	char path[256], number[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", queue, name);
	f = fopen(path, "r");
	if (!f || !fgets(number, sizeof(number), f))
		die("cannot read", path);
	fclose(f);
	return atol(number);
}

static bool is_through(const char *queue)
{
	long put = value(queue, "put");

	return (items ? put == items : put > 0) && !value(queue, "depth") &&
		value(queue, "got") + value(queue, "dropped") == put;
}

static void await_items(void)
{
	time_t limit = time(NULL) + WORK_SECONDS;
	glob_t queues;
	size_t i;

	if (glob("/sys/class/misc/fifo*", 0, NULL, &queues))
		die("cannot find", "the queues");
	for (i = 0; i < queues.gl_pathc; i++)
		while (!is_through(queues.gl_pathv[i])) {
			if (time(NULL) > limit)
				die("items do not move", queues.gl_pathv[i]);
			usleep(2000);
		}
	globfree(&queues);
}

static void check_file(void)
{
	char shown[4096] = "";

	add_file(shown, file);
	if (strcmp(shown, text))
		die("does not show what was written", file);
}

static void check_work(void)
{
	if (n_modules) {
		load_modules(which + 1, n_modules);
		await_items();
		unload_modules(n_modules);
	} else if (text) {
		check_file();
	}
}

/* --- attempts ------------------------------------------------------------------ */

static void note_error(int err)
{
	int i;

	for (i = 0; i < n_errors; i++)
		if (errors[i] == err)
			return;
	if (n_errors < MOST_ERRORS)
		errors[n_errors++] = err;
}

static void log_failure(unsigned int n)
{
	FILE *log = fopen("/dev/kmsg", "w");

	if (!log)
		die("cannot open", "/dev/kmsg");
	fprintf(log, "<6>fail-nth: %u failed\n", n);
	fclose(log);
}

/*
 * Returns the operation's error or 0, and how many allocations more it would have had
 * to make until one fails: 0 when one has failed.
 */
static int attempt(int (*operation)(void), unsigned int n, unsigned int *left)
{
	static char begin[STATE_SIZE], before[STATE_SIZE];
	int err;

	take_state(begin);
	load_modules(0, which);
	take_state(before);
	set_fail_nth(n);
	err = operation();
	*left = get_fail_nth();
	set_fail_nth(0);
	errno = -err;
	if (err && *left)
		die("fails when no allocation does", "the operation");
	if (err) {
		log_failure(n);
		expect_state(n, before);
	}
	if (err && n_modules)
		load_modules(which, which + 1);
	if (!err || n_modules)
		check_work();
	if (n_modules)
		expect_state(n, begin);
	return err;
}

/* The number of the allocation that is followed by @count more. */
static unsigned int number_of(int (*operation)(void), unsigned int count)
{
	unsigned int left, all;

	attempt(operation, MANY, &left);
	all = MANY - left;
	return all > count ? all - count : 1;
}

/* Lets allocation @first fail, then the next, and so on. */
static void each_allocation(int (*operation)(void), unsigned int first)
{
	unsigned int n, failures = 0, swallowed = 0, left = 0;
	int i, err;

	for (n = first; !left; n++) {
		err = attempt(operation, n, &left);
		if (err) {
			note_error(-err);
			failures++;
		} else if (!left) {
			swallowed++;
		}
	}
	printf("%u %u ", failures, swallowed);
	for (i = 0; i < n_errors; i++)
		printf("%s%s", i ? "," : "", strerrorname_np(errors[i]));
	printf("\n");
}

static void usage(void)
{
	fprintf(stderr, "fail-nth: its source says how it is used\n");
	exit(2);
}

int main(int argc, char **argv)
{
	unsigned int op, last = 0;

	if (argc < 3)
		usage();
	for (op = 0; operations[op].name; op++)
		if (!strcmp(argv[1], operations[op].name))
			break;
	if (!operations[op].name)
		usage();
	if (!strcmp(argv[1], "last")) {
		last = atoi(argv[2]);
		argv++;
		argc--;
	}
	if (operations[op].call == load_which) {
		if (argc < 5)
			usage();
		which = atoi(argv[2]);
		items = atol(argv[3]);
		modules = argv + 4;
		n_modules = argc - 4;
	} else {
		file = argv[2];
		text = argv[3];
	}
	fail_nth_fd = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth_fd < 0)
		die("cannot open", "/proc/self/fail-nth");
	/* A page fault allocates, too. */
	mlockall(MCL_CURRENT | MCL_FUTURE);
	each_allocation(operations[op].call,
			last ? number_of(operations[op].call, last) : 1);
	return 0;
}
