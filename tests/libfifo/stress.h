/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of stress have in common.
 */
#ifndef _STRESS_H
#define _STRESS_H

#include <stdatomic.h>
#include "libfifo.h"

/* From the command line. */
extern __u64 size, batch, items;
extern enum fifo_role role;

/* What the process says, as the kernel sees it. */
extern atomic_ullong *position;

__attribute__((noreturn, format(printf, 1, 2)))
void reject(const char *format, ...);

void fill(struct fifo_item *item, __u64 seq);
void check(const struct fifo_item *item, __u64 seq);
__u64 least(__u64 a, __u64 b);

void process_peeks(struct fifo_end *end);
void process_reserves(struct fifo_end *end);
void check_refusals_in_place(struct fifo_end *end);

#endif /* _STRESS_H */
