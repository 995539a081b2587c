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
 */
enum fifo_item_type {
	FIFO_ITEM_TEXT = 1,
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

#endif /* _UAPI_FIFO_H */
