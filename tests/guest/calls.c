// SPDX-License-Identifier: GPL-2.0
/*
 * Random system calls on the devices of the queues and on the descriptors and
 * addresses of mapped ends, by several processes, each of which is replaced by
 * another now and then.
 *
 *	calls CALLS PROCESSES SEED QUEUE…
 *
 * If the kernel has failslab, allocations fail in one call of four. Any result of a call
 * is right: the test looks at what the kernel reports about itself. Prints the number of
 * calls, of those that succeeded, and of those in which an allocation failed.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include "mapped_end.h"

#define FDS		12
#define MAPPINGS	12
#define LIFE		5000
#define WAIT_US		20000
#define PAGE		4096UL

/* Shared by all processes. */
static struct shared {
	atomic_ulong done, succeeded, failed_allocations;
} *shared;

struct mapping {
	char *at;
	size_t len;
};

static unsigned int queues[16], n_queues;
static int fds[FDS], sockets[2], pipes[2], epoll, fail_nth = -1;
static struct mapping mappings[MAPPINGS];
static unsigned int random_state;
static char buffer[1 << 17];

static unsigned int below(unsigned int n)
{
	return rand_r(&random_state) % n;
}

#define ONE_OF(values) ((values)[below(sizeof(values) / sizeof(*(values)))])

static unsigned long random_long(void)
{
	static const unsigned long chosen[] = {
		0, 1, 2, 40, 41, PAGE - 1, PAGE, PAGE + 1, 65536, 1UL << 24,
		1UL << 25, 1UL << 26, 1UL << 31, 1UL << 32, 1UL << 62, 1UL << 63,
		-1UL, -PAGE
	};

	if (below(2))
		return ONE_OF(chosen);
	return (unsigned long)rand_r(&random_state) << below(33);
}

/* A valid address, or an invalid one. */
static void *random_address(void)
{
	switch (below(4)) {
	case 0:
		return (void *)random_long();
	case 1:
		return mappings[below(MAPPINGS)].at;
	default:
		return buffer;
	}
}

static int *some_fd(void)
{
	return &fds[below(FDS)];
}

/* Closing must not wait for room for an unfinished line: only a kill would end that. */
static int close_fd(int fd)
{
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return close(fd);
}

/* Maps over another mapping. */
static long keep_fd(int fd)
{
	int *place = some_fd();

	if (fd < 0)
		return -1;
	if (*place >= 0)
		close_fd(*place);
	*place = fd;
	return 0;
}

static long call_open(void)
{
	static const int more[] = {
		0, 0, O_NONBLOCK, O_NONBLOCK, O_APPEND, O_TRUNC, O_DIRECT,
		O_DIRECTORY, O_CREAT, O_EXCL | O_CREAT, O_PATH, O_SYNC, O_ASYNC
	};

	return keep_fd(device_open(queues[below(n_queues)],
				   below(4) | ONE_OF(more)));
}

static long call_take(void)
{
	return keep_fd(end_take(queues[below(n_queues)], below(2)));
}

static long call_close(void)
{
	int *fd = some_fd(), old = *fd;

	*fd = -1;
	return close_fd(old);
}

static long call_read(void)
{
	return read(*some_fd(), random_address(),
		    below(2) ? below(sizeof(buffer)) : random_long());
}

static long call_write(void)
{
	unsigned int i, len = below(4) ? below(200) : below(sizeof(buffer));

	for (i = 0; i < len; i++)
		buffer[i] = below(20) ? 'a' + i % 26 : below(8) ? '\n' : below(256);
	return write(*some_fd(), below(8) ? buffer : random_address(), len);
}

static long call_vectors(void)
{
	struct iovec vectors[3];
	unsigned int i;

	for (i = 0; i < 3; i++)
		vectors[i] = (struct iovec){ random_address(), below(5000) };
	return below(2) ? readv(*some_fd(), vectors, below(4)) :
			  pwritev(*some_fd(), vectors, below(4), random_long());
}

static long call_poll(void)
{
	struct pollfd two[2] = {
		{ *some_fd(), below(0x10000), 0 }, { *some_fd(), POLLIN | POLLOUT, 0 }
	};

	return poll(two, 2, below(8) ? 0 : 1);
}

static long call_epoll(void)
{
	static const int ops[] = { EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD };
	static const unsigned int more[] = {
		0, EPOLLET, EPOLLONESHOT, EPOLLEXCLUSIVE, EPOLLEXCLUSIVE | EPOLLET
	};
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLOUT | ONE_OF(more)
	};

	if (below(2))
		return epoll_wait(epoll, &event, 1, 0);
	return epoll_ctl(epoll, ONE_OF(ops), *some_fd(), &event);
}

static long call_mmap(void)
{
	static const unsigned long offsets[] = {
		FIFO_MAP_CONTROL, FIFO_MAP_POSITION, FIFO_MAP_TURNS,
		FIFO_MAP_ITEMS
	};
	static const size_t lens[] = { 0, 1, PAGE, PAGE, PAGE, 2 * PAGE, 16 * PAGE };
	static const int flags[] = {
		MAP_SHARED, MAP_SHARED, MAP_SHARED, MAP_PRIVATE, MAP_SHARED_VALIDATE,
		MAP_SHARED | MAP_POPULATE, MAP_SHARED | MAP_LOCKED, 0
	};
	struct mapping *place = &mappings[below(MAPPINGS)];
	size_t len = below(8) ? ONE_OF(lens) : random_long();
	char *at;

	at = mmap(NULL, len, below(8) ? below(4) : below(16), ONE_OF(flags),
		  *some_fd(), below(8) ? ONE_OF(offsets) : random_long());
	if (at == MAP_FAILED)
		return -1;
	if (place->at)
		munmap(place->at, place->len);
	*place = (struct mapping){ at, whole_pages(len) };
	return 0;
}

/* Picks a part of a mapping. */
static char *part(size_t *len)
{
	struct mapping *mapping = &mappings[below(MAPPINGS)];
	size_t pages = mapping->len / PAGE, first = pages ? below(pages) : 0;

	*len = pages ? (1 + below(pages - first)) * PAGE : PAGE;
	return mapping->at ? mapping->at + first * PAGE : NULL;
}

static long call_munmap(void)
{
	size_t len;
	char *at = part(&len);

	return at ? munmap(at, len) : -1;
}

static long call_mprotect(void)
{
	size_t len;
	char *at = part(&len);

	return mprotect(at, len, below(8));
}

static long call_mremap(void)
{
	struct mapping *mapping = &mappings[below(MAPPINGS)];
	size_t len = below(2) ? mapping->len : below(32) * PAGE;
	char *at;

	if (!mapping->at)
		return -1;
	at = mremap(mapping->at, below(4) ? mapping->len : 0, len,
		    below(2) * MREMAP_MAYMOVE);
	if (at == MAP_FAILED)
		return -1;
	*mapping = (struct mapping){ at, len };
	return 0;
}

static long call_advise(void)
{
	static const int advice[] = {
		MADV_NORMAL, MADV_WILLNEED, MADV_DONTNEED, MADV_FREE, MADV_REMOVE,
		MADV_DONTFORK, MADV_DOFORK, MADV_MERGEABLE, MADV_HUGEPAGE,
		MADV_DODUMP, MADV_WIPEONFORK, MADV_COLD, MADV_PAGEOUT,
		22 /* MADV_POPULATE_READ */, 23 /* MADV_POPULATE_WRITE */
	};
	size_t len;
	char *at = part(&len);

	switch (below(4)) {
	case 0:
		return msync(at, len, below(8));
	case 1:
		return mlock(at, len);
	case 2:
		return remap_file_pages(at, len, 0, random_long(), 0);
	default:
		return madvise(at, len, ONE_OF(advice));
	}
}

/* Has the kernel read or write there, on behalf of the process. */
static long call_pages(void)
{
	size_t len;
	char *at = part(&len);
	struct iovec there = { at, len }, here = { buffer, sizeof(buffer) };

	switch (below(4)) {
	case 0:
		return vmsplice(pipes[1], &there, 1, SPLICE_F_NONBLOCK |
						     below(2) * SPLICE_F_GIFT);
	case 1:
		return process_vm_readv(getpid(), &here, 1, &there, 1, 0);
	case 2:
		return process_vm_writev(getpid(), &here, 1, &there, 1, 0);
	default:
		return syscall(SYS_getrandom, at, len, 0);
	}
}

static long call_splice(void)
{
	switch (below(3)) {
	case 0:
		return splice(*some_fd(), NULL, pipes[1], NULL, 100, SPLICE_F_NONBLOCK);
	case 1:
		return splice(pipes[0], NULL, *some_fd(), NULL, 100, SPLICE_F_NONBLOCK);
	default:
		return sendfile(*some_fd(), *some_fd(), NULL, below(5000));
	}
}

static long call_drain(void)
{
	return read(pipes[0], buffer, sizeof(buffer));
}

static long call_seek(void)
{
	return lseek(*some_fd(), random_long(), below(6));
}

static long call_ioctl(void)
{
	static const unsigned long requests[] = {
		FIFO_IOC_MAP, FIFO_IOC_KICK, FIFO_IOC_KICK, _IO(0xFC, 2),
		_IOW(0xFC, 0, int), _IOR(0xFC, 1, int), 0x5421 /* FIONBIO */
	};

	return keep_fd(ioctl(*some_fd(), below(4) ? ONE_OF(requests) :
			     random_long(), below(2) ? FIFO_MAP_VERSION :
			     random_long()));
}

static long call_dup(void)
{
	return keep_fd(dup(*some_fd()));
}

static long call_flags(void)
{
	if (below(2))
		return fcntl(*some_fd(), F_SETFL, ONE_OF(((int[]){
			0, O_NONBLOCK, O_APPEND, O_NONBLOCK | O_ASYNC })));
	return ftruncate(*some_fd(), random_long());
}

/* Sends a descriptor to itself, or leaves it in the socket. */
static long call_send(void)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec byte = { buffer, 1 };
	struct msghdr message = {
		.msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control)
	};

	if (below(2))
		return recvmsg(sockets[1], &message, MSG_DONTWAIT) < 0 ? -1 :
		       message.msg_controllen < sizeof(control) ? -1 :
		       keep_fd(*(int *)CMSG_DATA(&control.header));
	control.header = (struct cmsghdr){
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
		.cmsg_len = CMSG_LEN(sizeof(int))
	};
	*(int *)CMSG_DATA(&control.header) = *some_fd();
	return sendmsg(sockets[0], &message, MSG_DONTWAIT);
}

/* Sets what a process does not inherit: a timer for its waits, and failing allocations. */
static void begin(void)
{
	struct itimerval timer = { { 0, WAIT_US }, { 0, WAIT_US } };

	setitimer(ITIMER_REAL, &timer, NULL);
	if (fail_nth >= 0)
		close(fail_nth);
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
}

static long call_anything(void);

static long call_fork(void)
{
	unsigned int i;
	pid_t pid = fork();

	if (!pid) {
		random_state += 12345;
		begin();
		for (i = 0; i < 20; i++)
			call_anything();
		_exit(0);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return pid;
}

static const struct {
	long (*call)(void);
	unsigned int weight;
} calls[] = {
	{ call_open, 8 }, { call_take, 8 }, { call_close, 8 }, { call_read, 8 },
	{ call_write, 8 }, { call_vectors, 4 }, { call_poll, 8 }, { call_epoll, 4 },
	{ call_mmap, 16 }, { call_munmap, 4 }, { call_mprotect, 4 },
	{ call_mremap, 4 }, { call_advise, 8 }, { call_pages, 4 },
	{ call_splice, 3 }, { call_drain, 2 }, { call_seek, 2 }, { call_ioctl, 12 },
	{ call_dup, 4 }, { call_flags, 3 }, { call_send, 3 }
};

static void fail_after(unsigned int allocations)
{
	char text[2] = { '0' + allocations, '\0' };

	if (fail_nth >= 0 && pwrite(fail_nth, text, 1, 0) != 1)
		_exit(1);
}

/* Has an allocation failed since? Then the count is 0. */
static bool has_failed(void)
{
	char left = '1';

	return fail_nth >= 0 && pread(fail_nth, &left, 1, 0) == 1 && left == '0';
}

static unsigned int random_call(void)
{
	unsigned int i, at;

	do {
		i = below(sizeof(calls) / sizeof(*calls));
		at = below(16);
	} while (at >= calls[i].weight);
	return i;
}

static long call_anything(void)
{
	unsigned int which = random_call();
	bool fails = !below(4);
	long result;

	if (fails)
		fail_after(1 + below(9));
	result = calls[which].call();
	if (fails) {
		atomic_fetch_add(&shared->failed_allocations, has_failed());
		fail_after(0);
	}
	atomic_fetch_add(&shared->done, 1);
	atomic_fetch_add(&shared->succeeded, result >= 0);
	return result;
}

static void interrupt(int signal)
{
	(void)signal;
}

static void live(unsigned int seed)
{
	struct sigaction action = { .sa_handler = interrupt };
	unsigned int i;

	random_state = seed;
	memset(fds, -1, sizeof(fds));
	sigaction(SIGALRM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets) || pipe2(pipes, O_NONBLOCK))
		_exit(1);
	epoll = epoll_create1(0);
	begin();
	for (i = 0; i < LIFE; i++) {
		call_anything();
		if (!below(500))
			call_fork();
	}
	_exit(0);
}

static void replace(unsigned int *seed)
{
	pid_t pid = fork();

	if (!pid)
		live(*seed);
	if (pid < 0)
		exit(1);
	*seed += 1;
}

int main(int argc, char **argv)
{
	unsigned long most;
	unsigned int i, n, seed;
	int status, bad = 0;

	if (argc < 5)
		return 2;
	most = strtoul(argv[1], NULL, 10);
	n = atoi(argv[2]);
	seed = atoi(argv[3]) * 100000U;
	for (i = 4; i < (unsigned int)argc && n_queues < 16; i++)
		queues[n_queues++] = atoi(argv[i]);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < n; i++)
		replace(&seed);
	while (wait(&status) > 0) {
		bad += status != 0;
		if (shared->done < most)
			replace(&seed);
	}
	printf("calls=%lu succeeded=%lu failed_allocations=%lu ended_badly=%d\n",
	       shared->done, shared->succeeded, shared->failed_allocations, bad);
	return 0;
}
