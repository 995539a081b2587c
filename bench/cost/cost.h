/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts the instructions of puts and gets, in a virtual machine whose time stamp
 * counter counts instructions.
 */
#ifndef _COST_H
#define _COST_H

#include "fifo.h"

/* Slots of each queue, those of fifo.ko too. */
#define COST_SLOTS	1024

/* The items that are moved again and again. */
extern struct fifo_item cost_items[FIFO_BATCH];

/**
 * struct cost_figure - what is counted
 * @name: of the engine or the algorithm
 * @single: it moves one item at a time, no batch
 * @move: put @n items and get them; did it move all of them?
 */
struct cost_figure {
	const char *name;
	bool single;
	bool (*move)(unsigned int n);
};

int cost_count(const char *kind, const struct cost_figure *figure);

int cost_calls(void);
int cost_by_hand(void);

int cost_run_start(const char *context);
void cost_run_stop(void);

#endif /* _COST_H */
