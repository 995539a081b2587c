// SPDX-License-Identifier: GPL-2.0
/*
 * Tries on mapped queues the mistakes that other code made with memory that a process
 * shares with the kernel. mapping.c has those of single calls. Queues 0 and 1 have
 * engine=ring and are empty; queue 2 has overflow=drop-newest.
 *
 *	mistakes CASE		prints "ok - WHAT" or "not ok - WHAT" for each result
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include "mapped_end.h"

static atomic_bool over;

static void result(bool passed, const char *what)
{
	printf("%s - %s\n", passed ? "ok" : "not ok", what);
	fflush(stdout);
}

static void must(bool done, const char *what)
{
	if (done)
		return;
	perror(what);
	exit(1);
}

static void take(struct mapped_end *end, unsigned int queue, enum fifo_role role)
{
	must(!end_open(end, queue, role), "cannot map");
}

static short events(int fd, int timeout_ms)
{
	struct pollfd one = { fd, POLLIN | POLLOUT, 0 };

	return poll(&one, 1, timeout_ms) < 0 ? -1 : one.revents;
}

/* Returns how many lines of text could be put. */
static unsigned int put_lines(int device, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n && write(device, "x\n", 2) == 2; i++)
		;
	return i;
}

/* --- double fetch (XSA-155), a length that is checked and then another ---------- */

/* The type and the length are in one word: one store changes both. */
static void *flip(void *data)
{
	static const __u32 words[] = {
		FIFO_ITEM_TEXT | 1 << 16, FIFO_ITEM_TEXT | (FIFO_DATA_LEN + 1) << 16,
		FIFO_ITEM_PROCESS | 1 << 16, FIFO_ITEM_TEXT | 0xffffU << 16
	};
	struct mapped_end *end = data;
	volatile __u32 *word;
	unsigned int i, k;

	for (k = 0; !over; k++)
		for (i = 0; i < end->size; i++) {
			word = (void *)&end->items[i].type;
			*word = words[k % 4];
		}
	return NULL;
}

/* A good item is a line of one byte. */
static unsigned int read_flipped(int device, unsigned int *bad)
{
	char line[512];
	ssize_t len = read(device, line, sizeof(line));
	unsigned int i, lines = 0;

	for (i = 0; len > 0 && i + 1 < len; i += 2, lines++)
		if (line[i] != 'a' || line[i + 1] != '\n') {
			++*bad;
			break;
		}
	return lines;
}

static void double_fetch(void)
{
	unsigned int i, lines = 0, bad = 0, refused = 0;
	int device = device_open(0, O_RDONLY | O_NONBLOCK);
	time_t limit = time(NULL) + 60;
	struct mapped_end end;
	pthread_t flipper;

	take(&end, 0, FIFO_PRODUCER);
	for (i = 0; i < end.size; i++) {
		end.items[i].type = FIFO_ITEM_TEXT;
		end.items[i].len = 1;
		memset(end.items[i].data, 'a', FIFO_DATA_LEN);
	}
	must(!pthread_create(&flipper, NULL, flip, &end), "pthread_create");
	for (i = 0; i < 5000 || (!(lines && refused) && time(NULL) < limit); i++) {
		__u64 next = *end.position;

		if (end_ready(&end, next))
			*end.position = next + 1;
		refused += end_kick(&end) < 0;
		lines += read_flipped(device, &bad);
	}
	over = true;
	pthread_join(flipper, NULL);
	/* The last item may be good now, and is then put when the end is released. */
	end_close(&end);
	lines += read_flipped(device, &bad);
	close(device);
	result(!bad, "a length or a type that changes is read once");
	result(lines && refused, "some of these were good, and some were not");
}

/* --- a request larger than the ring (CVE-2021-3489) ------------------------------ */

static void larger(void)
{
	int device = device_open(0, O_RDONLY | O_NONBLOCK);
	struct mapped_end end;
	unsigned int i, n;
	char text[4096];
	__u64 start;

	take(&end, 0, FIFO_PRODUCER);
	start = *end.position;
	for (i = 0; i < end.size; i++) {
		end.items[i].type = FIFO_ITEM_TEXT;
		end.items[i].len = 1;
		end.items[i].data[0] = 'b';
	}
	*end.position = start + end.size;
	result(!end_kick(&end), "all that fit, by one store");
	for (n = 0; n < 5 * end.size && end_ready(&end, start + end.size + n); n++)
		;
	result(!n, "no room for one more");
	*end.position = start + 5 * end.size;
	result(end_kick(&end) < 0 && errno == EBADMSG, "five times as many");
	result(queue_value(0, "depth") == (long long)end.size, "were not put");
	*end.position = start + end.size;
	result(!end_kick(&end), "what makes sense again is taken again");
	result(read(device, text, sizeof(text)) == 2 * (ssize_t)end.size,
	       "each is got once");
	close(device);
	end_close(&end);
}

/* --- a forged consumer position (CVE-2024-41009) --------------------------------- */

static void overrun(void)
{
	int device = device_open(0, O_WRONLY | O_NONBLOCK);
	struct mapped_end end;
	unsigned int put, i;
	__u64 start;

	take(&end, 0, FIFO_CONSUMER);
	start = *end.position;
	must(put_lines(device, 3) == 3, "write");
	*end.position = start + end.size;
	end_kick(&end);
	result(end_kick(&end) < 0 && errno == EBADMSG, "got what was not put");
	result(!queue_value(0, "depth"), "what was put is got");
	*end.position = start + 3;
	put = put_lines(device, 3 * end.size);
	result(put == end.size, "there is room for as many as fit");
	for (i = 0; i < 2 * end.size; i++) {
		*end.position = start + 1000000 + i;
		end_kick(&end);
		put += put_lines(device, 1);
	}
	result(put == end.size, "and for no more, whatever it says");
	for (i = 0; end_ready(&end, start + 3 + i); i++)
		;
	result(i == put, "nothing was written over what it has not got");
	*end.position = start + 3 + put;
	result(!end_kick(&end), "it may get them");
	close(device);
	end_close(&end);
}

/* --- pages that are freed while they are mapped (CVE-2024-0582) ------------------- */

static bool unload_refused(void)
{
	return syscall(SYS_delete_module, "fifo", O_NONBLOCK) < 0 &&
	       errno == EWOULDBLOCK;
}

static void freed(void)
{
	int device = device_open(0, O_WRONLY | O_NONBLOCK), pipes[2];
	struct mapped_end end;
	struct iovec page;

	must(!pipe2(pipes, O_NONBLOCK), "pipe");
	take(&end, 0, FIFO_CONSUMER);
	must(put_lines(device, 1) == 1, "write");
	close(device);
	close(end.fd);
	result(unload_refused(), "a mapping alone keeps fifo.ko");
	result(end_ready(&end, *end.position) &&
	       end.items[*end.position % end.size].data[0] == 'x',
	       "and its pages are there");
	page = (struct iovec){ end.items, sizeof(*end.items) };
	result(vmsplice(pipes[1], &page, 1, SPLICE_F_NONBLOCK) < 0 &&
	       errno == EFAULT, "none of them can be kept for later");
	*end.position += 1;
	end_close(&end);
	result(!end_open(&end, 0, FIFO_CONSUMER), "unmapped, the end can be taken");
	end_close(&end);
}

/* --- a lost notification ---------------------------------------------------------- */

#define LOST_MS		20000
#define ROUNDS		2000

/* Moves one item, either way. Returns false if it takes for ever. */
static bool pass_one(struct mapped_end *end)
{
	__u64 position = *end->position;

	while (!end_ready(end, position))
		if (!events(end->fd, LOST_MS))
			return false;
	if (end->role == FIFO_PRODUCER) {
		end->items[position % end->size].type = FIFO_ITEM_TEXT;
		end->items[position % end->size].len = 1;
	}
	return !end_move_to(end, position + 1);
}

static int answer(void)
{
	struct mapped_end from, to;
	unsigned int i;

	take(&from, 0, FIFO_CONSUMER);
	take(&to, 1, FIFO_PRODUCER);
	for (i = 0; i < ROUNDS; i++)
		if (!pass_one(&from) || !pass_one(&to))
			return 1;
	return 0;
}

static int answer_by_text(void)
{
	int from = device_open(0, O_RDONLY), to = device_open(1, O_WRONLY);
	char line[64];
	unsigned int i;

	alarm(LOST_MS / 1000 * 5);
	for (i = 0; i < ROUNDS; i++)
		if (read(from, line, 41) < 2 || write(to, "y\n", 2) != 2)
			return 1;
	return 0;
}

static void notify(int (*other)(void), const char *what)
{
	struct mapped_end to, from;
	unsigned int i;
	int status;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(other());
	take(&to, 0, FIFO_PRODUCER);
	take(&from, 1, FIFO_CONSUMER);
	for (i = 0; i < ROUNDS; i++)
		if (!pass_one(&to) || !pass_one(&from))
			break;
	result(i == ROUNDS, what);
	waitpid(pid, &status, 0);
	result(!status, "and for the other");
	end_close(&to);
	end_close(&from);
}

static void notified(void)
{
	notify(answer, "no notification is lost between two processes");
	notify(answer_by_text, "nor between a process and the kernel");
}

/* --- what poll says ---------------------------------------------------------------- */

static void *get_all(void *data)
{
	struct mapped_end *end = data;

	while (!over)
		if (end_ready(end, *end->position))
			end_move_to(end, *end->position + 1);
	return NULL;
}

static void *put_all(void *data)
{
	int device = *(int *)data;

	while (!over)
		put_lines(device, 64);
	return NULL;
}

static void polled(void)
{
	int device = device_open(0, O_WRONLY | O_NONBLOCK);
	unsigned int i, errors = 0;
	struct mapped_end end;
	pthread_t getter, putter;
	__u64 next;

	take(&end, 0, FIFO_CONSUMER);
	must(!pthread_create(&getter, NULL, get_all, &end) &&
	     !pthread_create(&putter, NULL, put_all, &device), "pthread_create");
	for (i = 0; i < 20000; i++)
		errors += !!(events(end.fd, 0) & POLLERR);
	over = true;
	pthread_join(getter, NULL);
	pthread_join(putter, NULL);
	result(!errors, "poll finds no fault with one who moves on meanwhile");
	while (end_ready(&end, *end.position))
		end_move_to(&end, *end.position + 1);
	*end.position += 1;
	result(events(end.fd, 0) & POLLERR, "poll tells of what was not there");
	*end.position -= 1;
	end_close(&end);
	close(device);
	take(&end, 0, FIFO_PRODUCER);
	next = *end.position;
	end.items[next % end.size].type = FIFO_ITEM_TEXT;
	end.items[next % end.size].len = FIFO_DATA_LEN + 1;
	*end.position = next + 1;
	result(events(end.fd, 0) & POLLERR, "and of an item that cannot be put");
	*end.position = next;
	result(events(end.fd, 0) == POLLOUT, "and no more when it is taken back");
	end_close(&end);
}

/* --- work that a process can have the kernel do ------------------------------------ */

#define READERS	16
#define KICKS		100

static long switches(pid_t pid)
{
	char path[64], line[128];
	long n = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	must(file, path);
	while (fgets(line, sizeof(line), file))
		sscanf(line, "voluntary_ctxt_switches: %ld", &n);
	fclose(file);
	return n;
}

static long all_switches(const pid_t *pids)
{
	long n = 0, i;

	for (i = 0; i < READERS; i++)
		n += switches(pids[i]);
	return n;
}

/*
 * Waits until they have slept this many times. Returns false after 10000 looks, at least
 * 1 ms apart.
 */
static bool have_slept(const pid_t *pids, long times)
{
	int tries;

	for (tries = 10000; all_switches(pids) < times && tries; tries--)
		usleep(1000);
	return tries;
}

/* On PREEMPT_RT a task that was woken may also sleep for locks. */
static int sleeps_for_one(void)
{
	struct utsname name;

	must(!uname(&name), "uname");
	return strstr(name.version, "PREEMPT_RT") ? READERS / 4 : 1;
}

/* Kicks again once the woken tasks sleep again: then each kick could wake all. */
static void crowd(void)
{
	long i, before, times, most = KICKS * sleeps_for_one() + READERS;
	struct mapped_end end;
	pid_t pids[READERS];
	char line[64], what[80];

	take(&end, 0, FIFO_PRODUCER);
	for (i = 0; i < READERS; i++) {
		pids[i] = fork();
		if (!pids[i])
			_exit(read(device_open(0, O_RDONLY), line, 41) < 0);
	}
	while (queue_value(0, "waiting_consumers") < READERS)
		usleep(1000);
	before = all_switches(pids);
	for (i = 1; i <= KICKS; i++) {
		must(!end_kick(&end), "kick");
		if (!have_slept(pids, before + i))
			break;
	}
	result(i > KICKS, "each kick wakes one");
	times = all_switches(pids) - before;
	snprintf(what, sizeof(what),
		 "and for nothing one at most: %ld <= %ld sleeps", times, most);
	result(times <= most, what);
	for (i = 0; i < READERS; i++)
		kill(pids[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	end_close(&end);
}

#define PART	1048576UL
#define PARTS	128UL

/* A megabyte of empty lines, which take long to put. */
static char *empty_lines(void)
{
	int fd = memfd_create("lines", 0);
	char *at = mmap(NULL, PART * PARTS, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	unsigned long i;

	must(at != MAP_FAILED && !ftruncate(fd, PART), "memory");
	for (i = 0; i < PARTS; i++)
		must(mmap(at + i * PART, PART, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_FIXED, fd, 0) != MAP_FAILED, "mmap");
	memset(at, '\n', PART);
	return at;
}

static void long_write(void)
{
	char *lines = empty_lines();
	int i, status, device = device_open(2, O_WRONLY);
	pid_t pid = fork(), ended = 0;

	if (!pid)
		_exit(write(device, lines, PART * PARTS) < 0);
	while (!queue_value(2, "dropped"))
		usleep(1000);
	kill(pid, SIGKILL);
	for (i = 0; i < 2000 && !ended; i++) {
		usleep(1000);
		ended = waitpid(pid, &status, WNOHANG);
	}
	result(ended == pid && WIFSIGNALED(status),
	       "a write that never waits can be killed");
}

/* Access mode 3 permits only ioctl(). */
static void neither(void)
{
	int fd = device_open(0, 3);

	result(fd >= 0 && ioctl(fd, FIFO_IOC_MAP, FIFO_MAP_VERSION) < 0 &&
	       errno == EINVAL, "opened for neither, it is neither end");
}

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	{ "double-fetch", double_fetch }, { "larger", larger },
	{ "overrun", overrun }, { "freed", freed }, { "notified", notified },
	{ "polled", polled }, { "crowd", crowd }, { "long-write", long_write },
	{ "neither", neither }
};

int main(int argc, char **argv)
{
	unsigned int i;

	for (i = 0; argc == 2 && i < sizeof(cases) / sizeof(*cases); i++)
		if (!strcmp(argv[1], cases[i].name)) {
			cases[i].run();
			return 0;
		}
	return 2;
}
