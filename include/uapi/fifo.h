/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The item that travels through a queue, as the kernel and user space see it.
 */
#ifndef _UAPI_FIFO_H
#define _UAPI_FIFO_H

#include <linux/types.h>

/* Bytes of payload in an item. */
#define FIFO_DATA_LEN	40

/**
 * enum fifo_item_type - what the payload of an item is
 * @FIFO_ITEM_TEXT: printable ASCII, @len bytes of it, not terminated
 * @FIFO_ITEM_PROCESS: a struct fifo_process
 */
enum fifo_item_type {
	FIFO_ITEM_TEXT = 1,
	FIFO_ITEM_PROCESS = 2,
};

/**
 * struct fifo_item - one item, 64 bytes: a cache line
 * @seq: its number among the items of its source, from 1
 * @time: when it was put, CLOCK_MONOTONIC in nanoseconds
 * @source: the producer that put it. A producer that attaches under a name
 *	that was used before gets another number, until 65,536 have
 * @type: an enum fifo_item_type, or a private value from 256 on
 * @len: bytes used in @data, at most %FIFO_DATA_LEN
 * @data: the payload
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

/* Bytes of a process's name, which is not terminated when it has all of them. */
#define FIFO_COMM_LEN	15

/**
 * struct fifo_process - the payload of an item that is a process
 * @start_pid: when it was started, in 1/100 s since boot (CLOCK_BOOTTIME), and
 *	its pid in the lowest 22 bits: see fifo_process_start() and _pid()
 * @ppid: its parent's pid
 * @uid: its real user id
 * @user: time in user mode in 1/100 s, of all its threads; cut at 2^32 - 1
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

static inline __u32 fifo_process_pid(const struct fifo_process *process)
{
	return process->start_pid & ((1 << FIFO_PID_BITS) - 1);
}

static inline __u64 fifo_process_start(const struct fifo_process *process)
{
	return process->start_pid >> FIFO_PID_BITS;
}

#endif /* _UAPI_FIFO_H */
