/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFOCTL_RECORD_H
#define _FIFOCTL_RECORD_H

#include <stdbool.h>
#include <sys/types.h>
#include <tracefs.h>
#include "fifoctl.h"

/* recorder.c: an instance of the kernel's tracing, and trace-cmd, which empties it. */
struct tracefs_instance *recorder_start(const char *file, const char *kib);
void recorder_check(void);
unsigned long long recorder_halt(void);
unsigned long long recorder_end(void);
void recorder_finish(void);
void recorder_remove(void);

/* notes.c: what the file shall say beside the events. */
unsigned int notes_begin(struct tracefs_instance *instance);
unsigned int notes_update(struct tracefs_instance *instance);
void notes_end(struct tracefs_instance *instance);

#endif /* _FIFOCTL_RECORD_H */
