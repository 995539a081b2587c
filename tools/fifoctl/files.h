/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FILES_H
#define _FILES_H

#include <stdbool.h>
#include <stddef.h>

/* The most queues that fifo.ko has. */
#define QUEUES_MAX	16

bool files_read(unsigned int queue, const char *name, char *text, size_t size);
unsigned long long files_read_number(unsigned int queue, const char *name);
void files_read_word(unsigned int queue, const char *name, char *word,
		     size_t size);

#endif /* _FILES_H */
