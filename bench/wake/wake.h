/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Measures wake-ups from one thread to another, each on a processor of its own.
 */
#ifndef _WAKE_H
#define _WAKE_H

#include "fifo.h"

/* Slots of each queue, those of fifo.ko too. */
#define WAKE_SLOTS	1024

/**
 * struct wake_path - a way from one thread to the other
 * @name: of the engine, or of what is done by hand
 * @bare: it only wakes: it has no items, and no end of room
 * @put: put an item, and wake the thread that waits for it
 * @get: wait for an item, and get it
 */
struct wake_path {
	const char *name;
	bool bare;
	int (*put)(const struct wake_path *path);
	int (*get)(const struct wake_path *path);
};

extern const struct wake_path wake_paths[];
extern const unsigned int wake_npaths;

int wake_open_paths(void);
void wake_close_paths(void);

#endif /* _WAKE_H */
