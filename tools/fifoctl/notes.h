/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NOTES_H
#define _NOTES_H

#include <stdbool.h>
#include "ports.h"

/**
 * enum note_type - what a note is about
 * @NOTE_NONE: it is not one of ours
 * @NOTE_QUEUE: a queue's settings, and its depth at the start
 * @NOTE_ASKED: from here on, how fast its producers and consumers shall be
 * @NOTE_PORT: a port at the end
 */
enum note_type { NOTE_NONE, NOTE_QUEUE, NOTE_ASKED, NOTE_PORT };

/**
 * struct note - what the file says beside the events
 * @type: which of the others are set
 * @queue: the index of the queue
 * @engine: of NOTE_QUEUE
 * @overflow: likewise
 * @size: likewise
 * @depth: likewise
 * @asked: of NOTE_ASKED: items a second, of all producers, and of all consumers; INFINITY
 *	if one of them has no limit, NAN if there is none
 * @producer: of NOTE_PORT
 * @name: likewise
 * @waiting: likewise: for how long it has been waiting, in ns; 0 if it is not
 */
struct note {
	enum note_type type;
	unsigned int queue;
	char engine[16];
	char overflow[16];
	unsigned int size;
	unsigned int depth;
	double asked[2];
	bool producer;
	char name[PORT_NAME_LEN];
	unsigned long long waiting;
};

void note_parse(struct note *note, const char *text);

#endif /* _NOTES_H */
