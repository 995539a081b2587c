// SPDX-License-Identifier: GPL-2.0
/*
 * Processes that load, unload, read, write, open, kill threads, take CPUs offline, eat
 * memory and make allocations fail, all at random and at the same time, while they
 * receive signals.
 *
 *	storm SECONDS SEED ACTOR[=N]…
 *
 * ACTOR is a name of the table below, N how many there are. A killed one is replaced.
 * After SECONDS the storm goes on until each kind has done something, for another minute
 * at most. Prints how often each did something, how often memory was lacking, and the
 * longest time of an unload.
 *
 * Each call must succeed, or fail with an error that the situation explains. Any other
 * error fails the storm, and so does a process that does not end with it. With "lean"
 * among the actors, lack of memory explains any failure.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST		32
#define IDLE_SECONDS	60
#define END_SECONDS	30
#define SIGNAL_US	100000
#define CHUNK		1048576
#define PIDS_MOST	1024

/* Shared by all processes. */
static struct shared {
	atomic_bool over;
	atomic_bool failed;
	atomic_ulong done[MOST];
	atomic_ulong lacking;
	unsigned long signals;
	atomic_long longest_unload;
} *shared;

static bool lean;
static unsigned int random_state;

static unsigned int below(unsigned int n)
{
	return rand_r(&random_state) % n;
}

static long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

/* Ends the list of errors of expect(). */
#define NONE	-1

/* The storm fails unless @ok, or errno is one of the arguments. */
static void expect(bool ok, const char *what, ...)
{
	int error = errno, allowed;
	va_list list;

	if (ok || error == EINTR)
		return;
	if (error == ENOMEM)
		shared->lacking++;
	if (lean && (error == ENOMEM || error == ENFILE || error == EAGAIN))
		return;
	va_start(list, what);
	do
		allowed = va_arg(list, int);
	while (allowed != NONE && allowed != error);
	va_end(list);
	if (allowed != NONE)
		return;
	fprintf(stderr, "storm: %s: %s\n", what, strerror(error));
	shared->failed = true;
	shared->over = true;
}

/* --- modules ------------------------------------------------------------------- */

/* Returns whether it was loaded. */
static bool load(const char *name, const char *params)
{
	char path[64];
	int fd, err;

	snprintf(path, sizeof(path), "/modules/%s.ko", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	expect(fd >= 0, path, NONE);
	if (fd < 0)
		return false;
	err = syscall(SYS_finit_module, fd, params, 0);
	/* It is loaded, it is being unloaded, fifo.ko is not loaded, a bad value. */
	expect(!err, params, EEXIST, EBUSY, ENOENT, EINVAL, ENODEV, NONE);
	close(fd);
	return !err;
}

/* Returns whether it was unloaded. */
static bool unload(const char *name)
{
	long began = now_us(), took;
	long longest = shared->longest_unload;

	if (syscall(SYS_delete_module, name, O_NONBLOCK)) {
		/* It is not loaded, it is in use, it is being loaded or unloaded. */
		expect(false, name, ENOENT, EWOULDBLOCK, EBUSY, NONE);
		return false;
	}
	took = now_us() - began;
	while (took > longest &&
	       !atomic_compare_exchange_weak(&shared->longest_unload, &longest,
					     took))
		;
	return true;
}

static const char *one_of(const char *const *words)
{
	unsigned int n = 0;

	while (words[n])
		n++;
	return words[below(n)];
}

static const char *const clients[] = { "producer", "consumer", NULL };

static const char *const rates[] = {
	"max", "1000", "10,max", "0.5", "100000,50,7", "0", "", "fast", "1,,2",
	"1,2,3,4,5,6,7,8,9", NULL
};

/* Some are invalid, or do not fit the queues. */
static bool act_client(void)
{
	static const char *const queues[] = {
		"0", "0", "0", "2", "3", "0,1,2,3", "3,2,1,0", "9",
		NULL
	};
	static const char *const contexts[] = {
		"work", "kthread", "timer", "work,kthread", NULL
	};
	static const char *const cpus[] = { "any", "0", "1", "1,any,0", NULL };
	static const char *const logs[] = { "off", "summary", "items", NULL };
	const char *name = one_of(clients);
	char params[128];

	if (below(2))
		return unload(name);
	snprintf(params, sizeof(params),
		 "rate=%s queue=%s context=%s cpu=%s log=%s instances=%u%s",
		 rates[below(5)], one_of(queues), one_of(contexts),
		 one_of(cpus), one_of(logs),
		 below(8) + 1, *name == 'p' && !below(4) ? " uid=0" : "");
	return load(name, params);
}

static bool act_fifo(void)
{
	static const char *const sizes[] = { "4", "2,4,32", "1024,2,1048576", NULL };
	static const char *const engines[] = {
		"semaphore", "waitqueue,list", "list,ring,semaphore", NULL
	};
	static const char *const policies[] = {
		"block", "drop-oldest,block", "block,drop-newest", NULL
	};
	char params[128];
	int tries;

	/* It is in use while a client is loaded, or a queue is open. */
	if (below(3)) {
		for (tries = 20; tries && !unload("fifo"); tries--) {
			unload("producer");
			unload("consumer");
		}
		usleep(below(20000));
		return tries;
	}
	snprintf(params, sizeof(params), "size=%s engine=%s overflow=%s",
		 one_of(sizes), one_of(engines), one_of(policies));
	return load("fifo", params);
}

/* --- files ------------------------------------------------------------------------ */

/* A file that matches, or NULL. */
static const char *any_file(const char *pattern)
{
	static char path[256];
	glob_t found;

	if (glob(pattern, GLOB_BRACE, NULL, &found))
		return NULL;
	snprintf(path, sizeof(path), "%s",
		 found.gl_pathv[below(found.gl_pathc)]);
	globfree(&found);
	return path;
}

static bool act_read(void)
{
	static const char *const shown[] = {
		"/sys/class/misc/fifo*/*", "/sys/kernel/debug/fifo/*",
		"/sys/module/{fifo,producer,consumer}/parameters/*", NULL
	};
	const char *path = any_file(one_of(shown));
	char text[4096];
	bool done;
	int fd;

	fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return false;
	/* Its module is being unloaded; it is write-only (uevent); a directory. */
	done = read(fd, text, sizeof(text)) >= 0;
	expect(done, path, ENODEV, EIO, EISDIR, NONE);
	close(fd);
	return done;
}

static bool act_rate(void)
{
	const char *path = any_file("/sys/module/{producer,consumer}/parameters/rate");
	const char *rate = one_of(rates);
	bool done;
	int fd;

	fd = path ? open(path, O_WRONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return false;
	/* A bad value, or its module is being unloaded. */
	done = write(fd, rate, strlen(rate)) >= 0;
	expect(done, path, EINVAL, ENODEV, NONE);
	close(fd);
	return done;
}

/* Sometimes it waits until a signal comes. */
static bool act_open(void)
{
	const char *path = any_file("/dev/fifo*");
	static const char lines[] = "from\nthe storm\n";
	int fd, nowait = below(1000) ? O_NONBLOCK : 0;
	char text[64];

	if (!path)
		return false;
	fd = open(path, O_RDWR | nowait | O_CLOEXEC);
	/* It is being unloaded, or not completely loaded. */
	expect(fd >= 0, path, ENOENT, ENODEV, ENXIO, NONE);
	if (fd < 0)
		return false;
	/* The queue is empty, or full. */
	expect(read(fd, text, sizeof(text)) >= 0, path, EAGAIN, NONE);
	expect(write(fd, lines, strlen(lines)) >= 0, path, EAGAIN, NONE);
	usleep(below(2000));
	close(fd);
	usleep(below(10000));
	return true;
}

/* Is it one of our threads? */
static bool is_ours(int pid)
{
	char path[32], name[16] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (read(fd, name, sizeof(name) - 1) < 0)
		*name = '\0';
	close(fd);
	return !strncmp(name, "producer/", 9) || !strncmp(name, "consumer/", 9);
}

/*
 * Kills one of our threads, found by its name. They are among the newest processes, which
 * come last in /proc: search backwards, or the storm kills this process before it is there.
 */
static bool act_kill(void)
{
	int pids[PIDS_MOST], n = 0;
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	if (!proc)
		return false;
	while (n < PIDS_MOST && (entry = readdir(proc)))
		if (isdigit(*entry->d_name))
			pids[n++] = atoi(entry->d_name);
	closedir(proc);
	while (n--)
		if (is_ours(pids[n]) && below(2))
			return !kill(pids[n], SIGKILL);
	return false;
}

/* --- the machine -------------------------------------------------------------------- */

/* Returns whether it was written. */
static bool put_number(const char *path, int number)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	char text[16];
	bool done;

	if (fd < 0)
		return false;
	snprintf(text, sizeof(text), "%d", number);
	done = write(fd, text, strlen(text)) >= 0;
	/* Another process changes it, or it is the last CPU. */
	expect(done, path, EBUSY, NONE);
	close(fd);
	return done;
}

/* Returns whether one was taken offline. */
static bool act_cpu(void)
{
	int online = below(2);
	char path[64];
	bool done;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/online",
		 1 + below(sysconf(_SC_NPROCESSORS_CONF) - 1));
	done = put_number(path, online);
	usleep(below(100000));
	return done && !online;
}

static void all_cpus(void)
{
	char path[64];
	long cpu;

	for (cpu = 1; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++) {
		snprintf(path, sizeof(path),
			 "/sys/devices/system/cpu/cpu%ld/online", cpu);
		put_number(path, 1);
	}
}

/* The percentage of allocations, of any process, that fail. */
#define PROBABILITY	"/sys/kernel/debug/failslab/probability"

static bool act_faults(void)
{
	bool done = put_number(PROBABILITY, 1 + below(5));

	usleep(below(200000));
	put_number(PROBABILITY, 0);
	usleep(below(50000));
	return done;
}

/* Until this has succeeded, any call may fail because of it. */
static void no_faults(void)
{
	while (!put_number(PROBABILITY, 0))
		;
}

/* Eats all memory, until the kernel kills this process. */
static bool act_memory(void)
{
	long most = sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
	long size;
	char *memory;

	put_number("/proc/self/oom_score_adj", 1000);
	memory = mmap(NULL, most, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	expect(memory != MAP_FAILED, "mmap", NONE);
	if (memory == MAP_FAILED)
		return false;
	for (size = 0; size <= most - CHUNK && !shared->over; size += CHUNK)
		memset(memory + size, 1, CHUNK);
	usleep(below(100000));
	munmap(memory, most);
	return true;
}

/* --- the storm ------------------------------------------------------------------------ */

static const struct actor {
	const char *name;
	bool (*act)(void);	/* returns whether it did something */
} actors[] = {
	{ "client", act_client },
	{ "fifo", act_fifo },
	{ "read", act_read },
	{ "rate", act_rate },
	{ "open", act_open },
	{ "kill", act_kill },
	{ "cpu", act_cpu },
	{ "memory", act_memory },
	{ "faults", act_faults },
	{ NULL, NULL }
};

static struct cast {
	unsigned int kind;
	pid_t pid;
} cast[MOST];
static unsigned int n_cast;

static void ignore(int sig)
{
	(void)sig;
}

static void play(unsigned int kind)
{
	/* Without SA_RESTART: a signal interrupts the current call. */
	sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = ignore }, NULL);
	while (!shared->over) {
		if (actors[kind].act())
			shared->done[kind]++;
		if (below(4) == 0)
			usleep(below(5000));
	}
	_exit(0);
}

/* Tries again if memory is lacking. */
static void start(struct cast *one)
{
	unsigned int seed = below(1U << 31);
	pid_t pid = fork();

	if (!pid) {
		random_state = seed;
		play(one->kind);
	}
	one->pid = pid > 0 ? pid : 0;
}

static void replace_dead(void)
{
	unsigned int i;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (i = 0; i < n_cast; i++)
			if (cast[i].pid == pid)
				cast[i].pid = 0;
	for (i = 0; i < n_cast && !shared->over; i++)
		if (!cast[i].pid)
			start(&cast[i]);
}

static void send_signal(void)
{
	static const int signals[] = { SIGKILL, SIGKILL, SIGUSR1, SIGTERM };
	struct cast *one = &cast[below(n_cast)];

	/* The kernel kills the eater of memory. */
	if (!one->pid || actors[one->kind].act == act_memory)
		return;
	kill(one->pid, signals[below(4)]);
	shared->signals++;
}

/* The actor that makes allocations fail has done nothing until one has failed. */
static bool has_done(unsigned int kind)
{
	return actors[kind].act == act_faults ? shared->lacking :
						shared->done[kind];
}

/* Has one kind done nothing yet? The eater of memory is killed before it is done. */
static bool anyone_idle(void)
{
	unsigned int i;

	for (i = 0; i < n_cast; i++)
		if (!has_done(cast[i].kind) &&
		    actors[cast[i].kind].act != act_memory)
			return true;
	return false;
}

/* A process that is still there after END_SECONDS hangs. Returns whether there is none. */
static bool end_all(void)
{
	long limit = now_us() + END_SECONDS * 1000000L;
	unsigned int i, left;

	shared->over = true;
	do {
		usleep(10000);
		replace_dead();
		for (i = left = 0; i < n_cast; i++) {
			if (!cast[i].pid)
				continue;
			kill(cast[i].pid, SIGUSR1);
			left++;
		}
	} while (left && now_us() < limit);
	for (i = 0; i < n_cast; i++)
		if (cast[i].pid)
			fprintf(stderr, "storm: %s, process %d, does not end\n",
				actors[cast[i].kind].name, cast[i].pid);
	return !left;
}

static void add(const char *name)
{
	size_t len = strcspn(name, "=");
	int n = name[len] ? atoi(name + len + 1) : 1;
	unsigned int kind;

	if (!strcmp(name, "lean")) {
		lean = true;
		return;
	}
	for (kind = 0; actors[kind].name; kind++)
		if (strlen(actors[kind].name) == len &&
		    !memcmp(actors[kind].name, name, len))
			break;
	if (!actors[kind].name || n_cast + n > MOST) {
		fprintf(stderr, "storm: cannot have %s\n", name);
		exit(2);
	}
	while (n--)
		cast[n_cast++].kind = kind;
}

static void report(void)
{
	unsigned int i;

	for (i = 0; actors[i].name; i++)
		if (shared->done[i])
			printf("%s=%lu ", actors[i].name, shared->done[i]);
	printf("lacking=%lu signals=%lu longest_unload_us=%ld\n",
	       shared->lacking, shared->signals, shared->longest_unload);
}

int main(int argc, char **argv)
{
	bool ended, faults;
	long until;
	int i;

	if (argc < 4)
		return 2;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 1;
	random_state = atoi(argv[2]);
	faults = !access(PROBABILITY, F_OK);
	for (i = 3; i < argc; i++)
		add(argv[i]);
	until = now_us() + atol(argv[1]) * 1000000L;
	while (!shared->over &&
	       (now_us() < until ||
		(anyone_idle() && now_us() < until + IDLE_SECONDS * 1000000L))) {
		replace_dead();
		usleep(below(SIGNAL_US));
		send_signal();
	}
	ended = end_all();
	if (faults)
		no_faults();
	all_cpus();
	report();
	return ended && !shared->failed ? 0 : 1;
}
