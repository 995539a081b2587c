/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What the kernel and user space share: the item that travels through a queue,
 * and the mapping of a queue whose engine is ring.
 */
#ifndef _UAPI_FIFO_H
#define _UAPI_FIFO_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Bytes of payload in an item. */
#define FIFO_DATA_LEN	40

/**
 * enum fifo_item_type - what the payload of an item is
 * @FIFO_ITEM_TEXT: @len bytes of UTF-8: a line, without newline or terminating zero
 * @FIFO_ITEM_PROCESS: a struct fifo_process; only the kernel puts these
 * @FIFO_ITEM_COMMAND: a struct fifo_command that asks for a reply
 * @FIFO_ITEM_REPLY: a struct fifo_command that is a reply
 */
enum fifo_item_type {
	FIFO_ITEM_TEXT = 1,
	FIFO_ITEM_PROCESS = 2,
	FIFO_ITEM_COMMAND = 3,
	FIFO_ITEM_REPLY = 4,
};

/**
 * struct fifo_item - one item, 64 bytes: a cache line
 * @seq: its number among the items of its source, from 1
 * @time: when it was put, CLOCK_MONOTONIC in nanoseconds
 * @source: the producer that put it. A producer that attaches under a name that was used
 *	before gets a new number; these repeat after 65,536 producers of one name. The
 *	kernel keeps 4,096 names of processes. Processes with further names are all
 *	called "process", but still get numbers of their own
 * @type: an enum fifo_item_type, or a private value from 256 on
 * @len: bytes used in @data, at most %FIFO_DATA_LEN
 * @data: the payload; in a queue, the bytes behind @len are zero
 *
 * A producer fills @type, @len and @data. The queue fills the rest.
 */
struct fifo_item {
	__u64 seq;
	__u64 time;
	__u32 source;
	__u16 type;
	__u16 len;
	__u8 data[FIFO_DATA_LEN];
};

/* Bytes of a process's name. A name that fills them has no terminating zero. */
#define FIFO_COMM_LEN	15

/**
 * struct fifo_process - the payload of an item that is a process
 * @start_pid: when it was started, in 1/100 s since boot (CLOCK_BOOTTIME), and
 *	its pid in the lowest 22 bits: see fifo_process_start() and _pid()
 * @ppid: its parent's pid
 * @uid: its real user id
 * @user: time in user mode in 1/100 s, of all its threads; at most 2^32 - 1
 * @system: time in the kernel, likewise
 * @state: as ps shows it: R, S, D, T, t, X, Z, P or I
 * @comm: its name
 *
 * All ids are those of the initial namespaces.
 */
struct fifo_process {
	__u64 start_pid;
	__u32 ppid;
	__u32 uid;
	__u32 user;
	__u32 system;
	__u8 state;
	__u8 comm[FIFO_COMM_LEN];
};

#define FIFO_PID_BITS	22

/**
 * fifo_process_pid() - the pid of a process
 * @process: the payload of its item
 *
 * Context: Any.
 * Return: Its pid in the initial namespace.
 */
static inline __u32 fifo_process_pid(const struct fifo_process *process)
{
	return process->start_pid & ((1 << FIFO_PID_BITS) - 1);
}

/**
 * fifo_process_start() - when a process was started
 * @process: the payload of its item
 *
 * Context: Any.
 * Return: The time in 1/100 s since boot, by CLOCK_BOOTTIME.
 */
static inline __u64 fifo_process_start(const struct fifo_process *process)
{
	return process->start_pid >> FIFO_PID_BITS;
}

/* Bytes that a command or a reply carries. */
#define FIFO_COMMAND_LEN	(FIFO_DATA_LEN - 8)

/**
 * struct fifo_command - the payload of an item that is a command or a reply
 * @id: a reply has the id of its command
 * @data: anything; @len of the item counts these bytes and the 8 of @id
 */
struct fifo_command {
	__u64 id;
	__u8 data[FIFO_COMMAND_LEN];
};

/*
 * Mapping a queue
 * ===============
 *
 * A process can be the one consumer, or the one producer, of a queue whose
 * engine is ring, and move items without system calls:
 *
 *	dev = open("/dev/fifo0", O_RDONLY);		to consume; or O_WRONLY
 *	fd = ioctl(dev, FIFO_IOC_MAP, FIFO_MAP_VERSION);
 *
 * The other end of the queue is for others: many producers or consumers in the
 * kernel, text through the device, another process. @fd has these regions, each
 * to be mapped as a whole, with MAP_SHARED:
 *
 *	offset			length			protection
 *	FIFO_MAP_CONTROL	a page			read
 *	FIFO_MAP_POSITION	a page			read, write
 *	FIFO_MAP_TURNS		8 * size, in pages	read
 *	FIFO_MAP_ITEMS		64 * size, in pages	read; a producer's: write, too
 *
 * (struct fifo_map_control, struct fifo_map_position, __u64 [size], struct fifo_item
 * [size].) Positions count from 0 for ever, and position p is in slot p modulo size.
 * struct fifo_map_position holds the process's next position; the kernel has set it when
 * it returns @fd. Acquire, release and full barriers are those of C11 and the kernel.
 *
 * To get an item at position p:
 *
 *	1. turns[p % size] == p + 1, loaded with acquire, says that there is one.
 *	   (Without acquire, step 2 may read the slot's previous item.)
 *	2. Read the item.
 *	3. Store p + 1 to the position with release. (Without release, a producer may
 *	   overwrite the item before the process has read it.)
 *
 * To put one:
 *
 *	1. turns[p % size] == p, loaded with acquire, says that there is room.
 *	2. Write @type, @len and @data of the item.
 *	3. Store p + 1 to the position with release. (Without release, the kernel may
 *	   copy what was in the slot before.)
 *
 * After step 3, for one item or for several, execute a full barrier. Then, if @waiting
 * or @polled of the other end is not 0, call ioctl(fd, FIFO_IOC_KICK). (Without the
 * barrier, the flag may be loaded before the position is stored. If the other end begins
 * to wait in between, it has seen the old position, nobody kicks it, and it waits for
 * ever.)
 *
 * To wait for an item or for room, poll(fd) for POLLIN or POLLOUT: it returns these
 * whenever the condition of step 1 holds. select(), epoll and io_uring work in all their
 * modes, too, and so does SIGIO (O_ASYNC). The process need not do anything else to be
 * woken. If another process has mapped the other end, only poll() may make the condition
 * true: it makes the kernel look at what that process did. To look without waiting, poll
 * with a timeout of 0.
 *
 * The kernel trusts nothing. An error is a position that is behind the kernel's or
 * beyond what step 1 allows, or an item with an impossible length or of a type that only
 * the kernel may put. The kernel counts an error when it begins (mapping_errors in
 * sysfs). While it lasts, the kernel moves nothing more of the process, FIFO_IOC_KICK
 * fails with EBADMSG, and poll() returns POLLERR.
 *
 * If a process closes the descriptor or dies, what it has got stays got: the next
 * consumer begins behind it. What it has put stays put. A forked child inherits the
 * descriptor, but no mapping.
 */
#define FIFO_MAP_VERSION	1

#define FIFO_MAP_CONTROL	0x00000000
#define FIFO_MAP_POSITION	0x01000000
#define FIFO_MAP_TURNS		0x02000000
#define FIFO_MAP_ITEMS		0x04000000

/**
 * enum fifo_role - which end of a queue
 * @FIFO_PRODUCER: the one that puts
 * @FIFO_CONSUMER: the one that gets
 */
enum fifo_role {
	FIFO_PRODUCER,
	FIFO_CONSUMER,
};

/**
 * struct fifo_map_end - whether anything waits at an end of a queue
 * @waiting: not 0 if an operation may be waiting there, and no kick has told it since
 * @polled: not 0 if a task may be waiting in poll(), and no kick has told it since; or
 *	if epoll, io_uring or a signal needs every kick
 * @reserved: 0
 */
struct fifo_map_end {
	__u32 waiting;
	__u32 polled;
	__u32 reserved[14];
};

/**
 * struct fifo_map_control - what the kernel says
 * @version: %FIFO_MAP_VERSION
 * @size: slots of the queue, a power of two
 * @reserved: 0
 * @ends: whether anything waits, by enum fifo_role
 */
struct fifo_map_control {
	__u32 version;
	__u32 size;
	__u32 reserved[14];
	struct fifo_map_end ends[2];
};

/**
 * struct fifo_map_position - what the process says
 * @next: the position that it will get or put at next
 */
struct fifo_map_position {
	__u64 next;
};

/*
 * On /dev/fifoN: takes an end of the queue, and returns a descriptor to map, which
 * exec() closes. EBUSY: others are at this end, clients in the kernel or a process.
 * EOPNOTSUPP: this end cannot be mapped, and the kernel's log says why: the engine is
 * not ring, the kernel has 32 bits, or this is the consumer's end of a queue that drops
 * the oldest item. EPROTONOSUPPORT: another version. EINVAL: opened to read and to
 * write.
 */
#define FIFO_IOC_MAP		_IO(0xFC, 0)

/* On the descriptor of FIFO_IOC_MAP: makes the other end look at the queue. */
#define FIFO_IOC_KICK		_IO(0xFC, 1)

#endif /* _UAPI_FIFO_H */
