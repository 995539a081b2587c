/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM fifo

#if !defined(_FIFO_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _FIFO_TRACE_H

#include <linux/ktime.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include "fifo.h"

struct fifo_queue;

/* An item that was stored in a queue. Recorded in the queue's order. */
TRACE_EVENT(fifo_put,
	TP_PROTO(const struct fifo_queue *fifo, const struct fifo_item *item,
		 unsigned int depth),
	TP_ARGS(fifo, item, depth),
	TP_STRUCT__entry(
		__field(u32, queue)
		__field(u32, source)
		__field(u64, seq)
		__field(u32, depth)
		__dynamic_array(char, from,
				strlen(fifo_source_name(item->source)) + 1)
	),
	TP_fast_assign(
		__entry->queue = fifo->index;
		__entry->source = item->source;
		__entry->seq = item->seq;
		__entry->depth = depth;
		strscpy(__get_dynamic_array(from),
			fifo_source_name(item->source),
			__get_dynamic_array_len(from));
	),
	TP_printk("queue=%u source=%u seq=%llu depth=%u from=%s",
		  __entry->queue, __entry->source, __entry->seq,
		  __entry->depth, __get_str(from))
);

/* An item that a consumer took out; wait_ns is its time since the put, until @got_at. */
TRACE_EVENT(fifo_get,
	TP_PROTO(const struct fifo_port *port, const struct fifo_item *item,
		 unsigned int depth),
	TP_ARGS(port, item, depth),
	TP_STRUCT__entry(
		__field(u32, queue)
		__field(u32, source)
		__field(u64, seq)
		__field(u32, depth)
		__field(u64, wait_ns)
		__dynamic_array(char, from,
				strlen(fifo_source_name(item->source)) + 1)
		__dynamic_array(char, by, strlen(port->name) + 1)
	),
	TP_fast_assign(
		__entry->queue = port->queue->index;
		__entry->source = item->source;
		__entry->seq = item->seq;
		__entry->depth = depth;
		__entry->wait_ns = port->got_at - item->time;
		strscpy(__get_dynamic_array(from),
			fifo_source_name(item->source),
			__get_dynamic_array_len(from));
		strscpy(__get_dynamic_array(by), port->name,
			__get_dynamic_array_len(by));
	),
	TP_printk("queue=%u source=%u seq=%llu depth=%u wait_ns=%llu from=%s by=%s",
		  __entry->queue, __entry->source, __entry->seq,
		  __entry->depth, __entry->wait_ns, __get_str(from),
		  __get_str(by))
);

/* An item that was lost to the queue's overflow policy. */
TRACE_EVENT(fifo_drop,
	TP_PROTO(const struct fifo_queue *fifo, const struct fifo_item *item,
		 unsigned int depth),
	TP_ARGS(fifo, item, depth),
	TP_STRUCT__entry(
		__field(u32, queue)
		__field(u32, source)
		__field(u64, seq)
		__field(u32, depth)
		__field(bool, newest)
		__dynamic_array(char, from,
				strlen(fifo_source_name(item->source)) + 1)
	),
	TP_fast_assign(
		__entry->queue = fifo->index;
		__entry->source = item->source;
		__entry->seq = item->seq;
		__entry->depth = depth;
		__entry->newest = fifo->overflow == FIFO_DROP_NEWEST;
		strscpy(__get_dynamic_array(from),
			fifo_source_name(item->source),
			__get_dynamic_array_len(from));
	),
	TP_printk("queue=%u source=%u seq=%llu depth=%u dropped=%s from=%s",
		  __entry->queue, __entry->source, __entry->seq,
		  __entry->depth, __entry->newest ? "newest" : "oldest",
		  __get_str(from))
);

/* A client's wait for room or for an item, recorded at its end. */
TRACE_EVENT(fifo_wait,
	TP_PROTO(const struct fifo_port *port, u64 wait_ns, int result),
	TP_ARGS(port, wait_ns, result),
	TP_STRUCT__entry(
		__field(u32, queue)
		__field(u32, source)
		__field(bool, producer)
		__field(u64, wait_ns)
		__field(int, result)
		__dynamic_array(char, by, strlen(port->name) + 1)
	),
	TP_fast_assign(
		__entry->queue = port->queue->index;
		__entry->source = port->source;
		__entry->producer = port->role == FIFO_PRODUCER;
		__entry->wait_ns = wait_ns;
		__entry->result = result;
		strscpy(__get_dynamic_array(by), port->name,
			__get_dynamic_array_len(by));
	),
	TP_printk("queue=%u role=%s source=%u wait_ns=%llu result=%d by=%s",
		  __entry->queue, __entry->producer ? "producer" : "consumer",
		  __entry->source, __entry->wait_ns, __entry->result, __get_str(by))
);

#endif /* _FIFO_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
