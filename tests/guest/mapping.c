// SPDX-License-Identifier: GPL-2.0
/*
 * Tries what a process may and may not do with its end of a queue, by system calls
 * alone. The queue is /dev/fifo0, with engine=ring.
 *
 *	mapping permissions	prints "ok - WHAT" or "not ok - WHAT" for each case
 *	mapping lifetime	likewise: fork, mremap, munmap, a second process
 *	mapping kicks		likewise: kicks for nothing
 *	mapping nonsense	likewise: positions and items that make no sense
 *	mapping refused FILE	prints why a consumer cannot map this device
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "mapped_end.h"

#define DEVICE	"/dev/fifo0"

static long page;

static void result(int passed, const char *format, ...)
{
	va_list args;

	printf("%s - ", passed ? "ok" : "not ok");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

/* Did a call fail with this error? 0 stands for success. */
static void expect(int failed, int error, const char *what)
{
	int got = failed ? errno : 0;

	result(got == error, "%s: %s%s%s", what,
	       error ? strerrorname_np(error) : "done",
	       got == error ? "" : ", got ",
	       got == error ? "" : got ? strerrorname_np(got) : "done");
}

struct region {
	const char *name;
	unsigned long offset;
	size_t unit;
	/* May a consumer write to it, and a producer? */
	int writable[2];
};

static const struct region regions[] = {
	{ "control", FIFO_MAP_CONTROL, 0, { 0, 0 } },
	{ "position", FIFO_MAP_POSITION, 0, { 1, 1 } },
	{ "turns", FIFO_MAP_TURNS, sizeof(__u64), { 0, 0 } },
	{ "items", FIFO_MAP_ITEMS, sizeof(struct fifo_item), { 0, 1 } },
};

enum { CONTROL, POSITION, TURNS, ITEMS, REGIONS };

/* A mapped end. */
struct end {
	int fd;
	void *at[REGIONS];
	struct fifo_map_control *control;
	struct fifo_map_position *position;
	struct fifo_item *items;
};

static size_t length(const struct region *region)
{
	return whole_pages(region->unit ? region->unit * queue_value(0, "size") :
					  1);
}

static void *map(int fd, const struct region *region, int prot)
{
	return mmap(NULL, length(region), prot, MAP_SHARED, fd, region->offset);
}

static int map_end(struct end *end, enum fifo_role role)
{
	int i, writes = role == FIFO_PRODUCER;

	end->fd = end_take(0, role);
	if (end->fd < 0)
		return -1;
	for (i = 0; i < REGIONS; i++) {
		end->at[i] = map(end->fd, &regions[i], PROT_READ |
				 (regions[i].writable[writes] ? PROT_WRITE : 0));
		if (end->at[i] == MAP_FAILED)
			return -1;
	}
	end->control = end->at[CONTROL];
	end->position = end->at[POSITION];
	end->items = end->at[ITEMS];
	return 0;
}

static void unmap_end(struct end *end)
{
	int i;

	for (i = 0; i < REGIONS; i++)
		munmap(end->at[i], length(&regions[i]));
	close(end->fd);
}

/* --- permissions -------------------------------------------------------------- */

static const struct {
	const char *name;
	int prot;
} protections[] = {
	{ "none", PROT_NONE },
	{ "read", PROT_READ },
	{ "write", PROT_WRITE },
	{ "read, write", PROT_READ | PROT_WRITE },
	{ "read, execute", PROT_READ | PROT_EXEC },
};

static int allowed(const struct region *region, int writes, int prot)
{
	return !(prot & PROT_EXEC) &&
	       (!(prot & PROT_WRITE) || region->writable[writes]);
}

/*
 * The error of an executable mapping: from Linux 6.17 on, the kernel itself refuses it for
 * each descriptor without a file, such as an eventfd's.
 */
static int refusal_of_code(void)
{
	int fd = eventfd(0, 0), error;

	mmap(NULL, page, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	error = errno == EPERM ? EPERM : EACCES;
	close(fd);
	return error;
}

static void try_protections(int fd, const struct region *region, int writes)
{
	const char *who = writes ? "producer" : "consumer";
	unsigned int i, k;
	char what[128];
	void *at;

	for (i = 0; i < sizeof(protections) / sizeof(*protections); i++) {
		int prot = protections[i].prot;
		int ok = allowed(region, writes, prot);
		int refusal = prot & PROT_EXEC ? refusal_of_code() : EACCES;

		at = map(fd, region, prot);
		snprintf(what, sizeof(what), "%s maps %s: %s", who,
			 region->name, protections[i].name);
		expect(at == MAP_FAILED, ok ? 0 : refusal, what);
		if (at == MAP_FAILED)
			continue;
		for (k = 0; k < sizeof(protections) / sizeof(*protections); k++) {
			prot = protections[k].prot;
			snprintf(what, sizeof(what), "%s: %s: %s, then %s", who,
				 region->name, protections[i].name,
				 protections[k].name);
			expect(mprotect(at, length(region), prot),
			       allowed(region, writes, prot) ? 0 : EACCES, what);
		}
		munmap(at, length(region));
	}
}

static void try_shapes(int fd, const struct region *region)
{
	size_t len = length(region);
	char what[128];

	snprintf(what, sizeof(what), "%s: a page too much", region->name);
	expect(mmap(NULL, len + page, PROT_READ, MAP_SHARED, fd,
		    region->offset) == MAP_FAILED, EINVAL, what);
	snprintf(what, sizeof(what), "%s: from its second page", region->name);
	expect(mmap(NULL, len, PROT_READ, MAP_SHARED, fd,
		    region->offset + page) == MAP_FAILED, EINVAL, what);
	snprintf(what, sizeof(what), "%s: private", region->name);
	expect(mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd,
		    region->offset) == MAP_FAILED, EINVAL, what);
}

static void try_remaps(int fd, const struct region *region)
{
	size_t len = length(region);
	void *at = map(fd, region, PROT_READ), *moved;
	char what[128];

	snprintf(what, sizeof(what), "%s: mremap to grow", region->name);
	expect(mremap(at, len, len + page, MREMAP_MAYMOVE) == MAP_FAILED,
	       EFAULT, what);
	snprintf(what, sizeof(what), "%s: mremap to have it twice", region->name);
	moved = mremap(at, 0, len, MREMAP_MAYMOVE);
	result(moved == MAP_FAILED, "%s: refused", what);
	snprintf(what, sizeof(what), "%s: madvise to be inherited", region->name);
	expect(madvise(at, len, MADV_DOFORK), EINVAL, what);
	munmap(at, len);
}

static void permissions(void)
{
	unsigned int i;
	int fd, writes;

	fd = open(DEVICE, O_RDWR);
	expect(ioctl(fd, FIFO_IOC_MAP, FIFO_MAP_VERSION) < 0, EINVAL,
	       "opened to read and write: neither end");
	expect(mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED,
	       ENODEV, "the device itself is not mapped");
	expect(ioctl(fd, FIFO_IOC_KICK) < 0, ENOTTY, "nor kicked");
	close(fd);
	fd = open(DEVICE, O_RDONLY);
	expect(ioctl(fd, FIFO_IOC_MAP, FIFO_MAP_VERSION + 1) < 0,
	       EPROTONOSUPPORT, "a version that is not known");
	close(fd);
	for (writes = 0; writes < 2; writes++) {
		fd = end_take(0, writes ? FIFO_PRODUCER : FIFO_CONSUMER);
		expect(fd < 0, 0, writes ? "a producer" : "a consumer");
		for (i = 0; i < REGIONS; i++) {
			try_protections(fd, &regions[i], writes);
			try_shapes(fd, &regions[i]);
			try_remaps(fd, &regions[i]);
		}
		expect(mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0x7000000) ==
		       MAP_FAILED, EINVAL, "an offset where nothing is");
		expect(ioctl(fd, 12345) < 0, ENOTTY, "another ioctl");
		expect(read(fd, &i, 1) < 0, EINVAL, "read");
		expect(write(fd, &i, 1) < 0, EINVAL, "write");
		close(fd);
	}
}

/* --- lifetime ------------------------------------------------------------------ */

/* Accesses an address in a child. Returns the signal that killed it, or 0. */
static int child_reads(const char *at)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(*at == 'x');
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void lifetime(void)
{
	struct fifo_item item;
	struct end end;
	void *moved;
	int fd;

	expect(map_end(&end, FIFO_CONSUMER), 0, "a consumer maps");
	fd = end_take(0, FIFO_CONSUMER);
	expect(fd < 0, EBUSY, "a second one");
	fd = open(DEVICE, O_RDONLY);
	expect(read(fd, &item, 1) < 0, EBUSY, "one that reads text");
	close(fd);
	fd = end_take(0, FIFO_PRODUCER);
	expect(fd < 0, 0, "the other end");
	close(fd);
	result(child_reads(end.at[CONTROL]) == SIGSEGV,
	       "a child does not inherit the mapping");
	moved = mremap(end.at[CONTROL], page, page, MREMAP_MAYMOVE |
		       MREMAP_FIXED, (char *)end.at[CONTROL] + (1 << 30));
	expect(moved == MAP_FAILED, 0, "it can be moved");
	if (moved != MAP_FAILED)
		end.at[CONTROL] = moved;
	result(((struct fifo_map_control *)end.at[CONTROL])->version ==
	       FIFO_MAP_VERSION, "and is still the same");
	munmap(end.at[TURNS], length(&regions[TURNS]));
	end.at[TURNS] = map(end.fd, &regions[TURNS], PROT_READ);
	result(end.at[TURNS] != MAP_FAILED, "unmapped, it can be mapped again");
	close(end.fd);
	fd = end_take(0, FIFO_CONSUMER);
	expect(fd < 0, EBUSY, "closed but mapped, the end is still taken");
	unmap_end(&end);
	fd = end_take(0, FIFO_CONSUMER);
	expect(fd < 0, 0, "unmapped, it can be taken");
	close(fd);
}

/* --- kicks --------------------------------------------------------------------- */

static void wait_in_read(int fd)
{
	char line[64];

	if (read(fd, line, sizeof(line)) < 0)
		perror("read");
}

static void wait_in_poll(int fd)
{
	struct pollfd one = { fd, POLLIN, 0 };

	poll(&one, 1, -1);
	wait_in_read(fd);
}

/* Does it become true within seconds? */
static int comes(const volatile __u32 *flag)
{
	int tries = 5000;

	while (!*flag && tries--)
		usleep(1000);
	return !!*flag;
}

/*
 * Another process waits for an item. A kick clears the flag that says so: if it is for
 * nothing, the other must set it again, or no item would be told to it any more.
 */
static void try_kick(struct end *end, void (*wait)(int fd),
		     const volatile __u32 *flag, const char *what)
{
	struct fifo_item *item;
	pid_t pid;

	expect(ioctl(end->fd, FIFO_IOC_KICK) < 0, 0, "nobody waits yet");
	pid = fork();
	if (!pid) {
		wait(open(DEVICE, O_RDONLY));
		_exit(0);
	}
	result(comes(flag), "one that waits in %s is announced", what);
	expect(ioctl(end->fd, FIFO_IOC_KICK) < 0, 0, "a kick for nothing");
	result(comes(flag), "and announces itself again after it");
	item = &end->items[end->position->next % end->control->size];
	item->type = FIFO_ITEM_TEXT;
	item->len = 1;
	item->data[0] = 'x';
	end->position->next++;
	expect(ioctl(end->fd, FIFO_IOC_KICK) < 0, 0, "a kick for an item");
	result(waitpid(pid, NULL, 0) == pid, "ends its wait");
}

static void kicks(void)
{
	struct fifo_map_end *readers;
	struct end end;

	if (map_end(&end, FIFO_PRODUCER))
		exit(1);
	readers = &end.control->ends[FIFO_CONSUMER];
	try_kick(&end, wait_in_read, &readers->waiting, "read()");
	try_kick(&end, wait_in_poll, &readers->polled, "poll()");
	unmap_end(&end);
}

/* --- nonsense ------------------------------------------------------------------ */

static short events(int fd)
{
	struct pollfd one = { fd, POLLIN | POLLOUT, 0 };

	return poll(&one, 1, 0) < 0 ? -1 : one.revents;
}

static void try_position(struct end *end, __u64 good, __u64 position,
			 const char *what)
{
	end->position->next = position;
	expect(ioctl(end->fd, FIFO_IOC_KICK) < 0, EBADMSG, what);
	result(events(end->fd) & POLLERR || position - good <= end->control->size,
	       "%s: poll says so, or nothing", what);
	end->position->next = good;
	expect(ioctl(end->fd, FIFO_IOC_KICK) < 0, 0, "and back");
}

/* Puts the first item of a new producer, with its position moved on. */
static void try_item(struct end *end, __u16 type, __u16 len, int error,
		     const char *what)
{
	__u64 next = end->position->next;
	struct fifo_item *item = &end->items[next % end->control->size];

	item->type = type;
	item->len = len;
	end->position->next = next + 1;
	expect(ioctl(end->fd, FIFO_IOC_KICK) < 0, error, what);
	if (error)
		end->position->next = next;
}

static void nonsense(void)
{
	struct end end;
	unsigned int size;
	__u64 start;

	if (map_end(&end, FIFO_PRODUCER))
		exit(1);
	size = end.control->size;
	start = end.position->next;
	try_position(&end, start, start - 1, "a producer goes back");
	try_position(&end, start, start + size + 1, "a producer is beyond");
	try_position(&end, start, start + (1ULL << 63), "by half of everything");
	try_position(&end, start, start + (1ULL << 32), "by 2^32");
	try_position(&end, start, 0x8000000000000000ULL - 1 + start, "by a signed most");
	try_item(&end, FIFO_ITEM_TEXT, FIFO_DATA_LEN + 1, EBADMSG, "an item that is too long");
	try_item(&end, FIFO_ITEM_TEXT, 65535, EBADMSG, "by far");
	try_item(&end, FIFO_ITEM_PROCESS, 40, EBADMSG, "an item that only the kernel puts");
	try_item(&end, FIFO_ITEM_TEXT, 1, 0, "a good one");
	end.position->next = start + size;
	expect(ioctl(end.fd, FIFO_IOC_KICK) < 0, 0, "all that fit (of whatever was there)");
	end.position->next = start + size + 1;
	expect(ioctl(end.fd, FIFO_IOC_KICK) < 0, EBADMSG, "one more than fits");
	unmap_end(&end);
	if (map_end(&end, FIFO_CONSUMER))
		exit(1);
	start = end.position->next;
	try_position(&end, start, start - 1, "a consumer goes back");
	try_position(&end, start, start + size + 1, "a consumer is beyond");
	end.position->next = start + 1;
	expect(ioctl(end.fd, FIFO_IOC_KICK) < 0, 0, "a consumer gets one");
	end.position->next = start + size + 1;
	ioctl(end.fd, FIFO_IOC_KICK);
	expect(ioctl(end.fd, FIFO_IOC_KICK) < 0, EBADMSG,
	       "a consumer gets what was not put");
	unmap_end(&end);
}

static void refused(const char *device)
{
	int fd = open(device, O_RDONLY);

	puts(ioctl(fd, FIFO_IOC_MAP, FIFO_MAP_VERSION) < 0 ?
	     strerrorname_np(errno) : "mapped");
}

int main(int argc, char **argv)
{
	page = sysconf(_SC_PAGESIZE);
	if (argc == 3 && !strcmp(argv[1], "refused")) {
		refused(argv[2]);
		return 0;
	}
	if (argc != 2)
		return 2;
	if (!strcmp(argv[1], "permissions"))
		permissions();
	else if (!strcmp(argv[1], "lifetime"))
		lifetime();
	else if (!strcmp(argv[1], "kicks"))
		kicks();
	else if (!strcmp(argv[1], "nonsense"))
		nonsense();
	else
		return 2;
	return 0;
}
