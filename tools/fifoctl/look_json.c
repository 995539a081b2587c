// SPDX-License-Identifier: GPL-2.0
/*
 * A look as an object of JSON, in one line. fifoctl(1) describes it.
 */
#include <math.h>
#include <string.h>
#include "look_json.h"

static void print_member(const char *name, unsigned long long number)
{
	printf("\"%s\":%llu,", name, number);
}

static void print_word(const char *name, const char *word)
{
	printf("\"%s\":", name);
	print_string(word, strlen(word));
	putchar(',');
}

/* JSON has neither INFINITY nor NAN: a worker without a limit has the rate "max". */
static void print_rate(const char *name, double rate, const char *end)
{
	if (isfinite(rate))
		printf("\"%s\":%.3f%s", name, rate, end);
	else
		printf("\"%s\":%s%s", name, isnan(rate) ? "null" : "\"max\"",
		       end);
}

/* Null, too, if it is longer than all bounds. */
static void print_bound(const char *name, double ns, const char *end)
{
	if (isfinite(ns))
		printf("\"%s\":%.0f%s", name, ns, end);
	else
		printf("\"%s\":null%s", name, end);
}

static void print_waits(const char *name, const struct waits *waits)
{
	printf("\"%s\":{", name);
	print_member("count", waits->count);
	print_bound("p50", waits->p50, ",");
	print_bound("p99", waits->p99, ",");
	print_bound("max", waits->max, "},");
}

static void print_rates(const struct look_queue *queue)
{
	printf("\"rates\":{");
	print_rate("put", queue->put, ",");
	print_rate("put_asked", queue->put_asked, ",");
	print_rate("got", queue->got, ",");
	print_rate("got_asked", queue->got_asked, ",");
	print_rate("dropped", queue->dropped, "},");
}

/* --- ports ----------------------------------------------------------------- */

static void print_port(const struct port *port)
{
	putchar('{');
	print_word("name", port->name);
	print_word("role", port->producer ? "producer" : "consumer");
	print_word("context", port->context);
	print_word("cpu", port->cpu);
	print_rate("asked", port->rate, ",");
	print_rate("got", port->moving, ",");
	print_member("moved", port->moved);
	printf("\"waiting_ns\":%llu}", port->waiting);
}

static void print_ports(const struct ports *ports, unsigned int queue)
{
	bool any = false;
	unsigned int i;

	if (ports->error) {
		printf("\"ports\":null");
		return;
	}
	printf("\"ports\":[");
	for (i = 0; i < ports->n; i++) {
		if (ports->ports[i].queue != queue)
			continue;
		if (any)
			putchar(',');
		print_port(&ports->ports[i]);
		any = true;
	}
	putchar(']');
}

/* --- queues ---------------------------------------------------------------- */

static void print_counters(const struct queue *queue)
{
	print_member("index", queue->index);
	print_word("engine", queue->engine);
	print_member("size", queue->size);
	print_word("overflow", queue->overflow);
	print_member("depth", queue->depth);
	print_member("put", queue->put);
	print_member("got", queue->got);
	print_member("dropped", queue->dropped);
	print_member("discarded", queue->discarded);
	print_member("mapping_errors", queue->errors);
	print_member("oldest_age_ns", queue->oldest_age);
	printf("\"waiting\":{\"producers\":%llu,\"consumers\":%llu},",
	       queue->producers, queue->consumers);
}

static void print_queue(const struct look_queue *queue,
			const struct ports *ports)
{
	putchar('{');
	print_counters(&queue->now);
	print_rates(queue);
	print_waits("wait", &queue->waits);
	print_waits("producer_wait", &queue->producer_waits);
	print_waits("consumer_wait", &queue->consumer_waits);
	print_ports(ports, queue->now.index);
	putchar('}');
}

void look_print_json(const struct look *look)
{
	const struct timespec *date = &look->to.date;
	unsigned int i;

	printf("{\"time\":%lld.%06ld,\"seconds\":%.6f,\"queues\":[",
	       (long long)date->tv_sec, date->tv_nsec / 1000, look->seconds);
	for (i = 0; i < look->to.n; i++) {
		if (i)
			putchar(',');
		print_queue(&look->queues[i], &look->ports);
	}
	printf("]}\n");
}
