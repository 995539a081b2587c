/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the measurements have in common.
 */
#ifndef _BENCH_H
#define _BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "libfifo.h"

/* Bytes of an item, in all that is measured. */
#define ITEM	64

/* As many items as fit, where that can be chosen; what a pipe has by default. */
#define SIZE	1024

/* The most items at a time. */
#define BATCH	64

/**
 * struct way - a way that items go from one side to another
 * @name: as on the command line
 * @peer: what runs at the other side, in a process of its own; NULL where that is
 *	in the kernel
 * @begin: prepares this side. False: it cannot be had here, which was said. What
 *	@peer needs is there when it returns
 * @move: moves up to @batch items at this side. Returns how many
 */
struct way {
	const char *name;
	void (*peer)(unsigned int batch);
	bool (*begin)(unsigned int batch);
	unsigned int (*move)(unsigned int batch);
};

extern const struct way ways[];
extern const struct way way_bpf;

bool open_bpf(unsigned int batch);
bool put_bpf(unsigned int times);
bool get_bpf(unsigned int n);

int measure_count(const char *name, unsigned int batch);
int measure_latency(const char *name);
int measure_ticks(void);
int measure_taken(char **argv);
int mark(void);

uint64_t now_ns(void);
struct fifo_end *open_end(unsigned int queue, enum fifo_role role);
int open_device(unsigned int queue, int flags);
pid_t start_peer(void (*run)(unsigned int arg), unsigned int arg);
void end_peer(pid_t pid);

#endif /* _BENCH_H */
