/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the measurements have in common.
 */
#ifndef _BENCH_H
#define _BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include "libfifo.h"

/* Bytes of an item, in all that is measured. */
#define ITEM	64

/* As many items as fit, where that can be chosen; what a pipe has by default. */
#define SIZE	1024

/* The most items at a time. */
#define BATCH	64

bool open_bpf(unsigned int batch);
bool put_bpf(unsigned int times);
bool get_bpf(unsigned int n);

int measure_count(const char *name, unsigned int batch);
int measure_ticks(void);
int measure_taken(char **argv);
int measure_spent(char **argv);
int measure_waking(const char *name, int putter, int waiter);
int mark(void);

struct fifo_end *open_end(unsigned int queue, enum fifo_role role);
int open_device(unsigned int queue, int flags);
int open_file(const char *path, int flags);
int compare_numbers(const void *a, const void *b);

#endif /* _BENCH_H */
