/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PLOT_H
#define _PLOT_H

#include <stdbool.h>
#include <stdio.h>
#include "events.h"
#include "fifoctl.h"
#include "ports.h"

/* --- distribution.c: how long waits took, on a fine logarithmic scale -------------- */

/* Buckets for each doubling, and in all. */
#define DISTRIBUTION_FINE	16
#define DISTRIBUTION_BUCKETS	(64 * DISTRIBUTION_FINE)

/**
 * struct distribution - how long waits took
 * @n: how many
 * @longest: the longest, in ns
 * @counts: by the logarithm of the time
 */
struct distribution {
	unsigned long long n;
	unsigned long long longest;
	unsigned long long counts[DISTRIBUTION_BUCKETS];
};

void distribution_add(struct distribution *waits, unsigned long long ns);
double distribution_bound(unsigned int bucket);
double distribution_percentile(const struct distribution *waits, double percent);

/* --- span.c: the time of the file, in bins ---------------------------------- */

/* There are half as many just after they were merged in pairs. */
#define BINS_MAX	500

/**
 * struct span - the time of the file, in bins
 * @start: the time of the first event
 * @end: the time of the last
 * @width: of a bin, in ns; doubled whenever the bins do not reach. 0 before the first event
 * @used: how many bins have begun
 */
struct span {
	unsigned long long start;
	unsigned long long end;
	unsigned long long width;
	unsigned int used;
};

/* --- recording.c: what is kept of the file ----------------------------------- */

enum { PUT, GOT, DROPPED, COUNTS };

/**
 * struct bin - a queue during a bin
 * @n: how many events told a depth
 * @least: the least depth
 * @most: the greatest
 * @sum: of the depths
 * @last: the last depth
 * @counts: how many items were put, got and dropped
 * @asked: how many a second were to be put, and got; 0 if there was no note
 * @noted: there was a note about that
 */
struct bin {
	unsigned int n;
	unsigned int least, most;
	double sum;
	unsigned int last;
	unsigned int counts[COUNTS];
	double asked[2];
	bool noted;
};

/**
 * struct tube - a queue of the file
 * @engine: its engine, if record has noted that, or ""
 * @overflow: its policy, likewise
 * @size: how many items fit, likewise, or 0
 * @first: its depth before the first bin
 * @counts: items that were put, got and dropped
 * @waits: how long items were in it
 * @port_waits: how long producers waited, and consumers
 * @bins: through time
 */
struct tube {
	char engine[16];
	char overflow[16];
	unsigned int size;
	unsigned int first;
	unsigned long long counts[COUNTS];
	struct distribution waits;
	struct distribution port_waits[2];
	struct bin bins[BINS_MAX];
};

/**
 * struct lane - a port of the file
 * @queue: the index of its queue
 * @producer: it puts
 * @name: its name
 * @moved: how many items it has moved
 * @waited: for how long it has waited, in ns
 * @next: the next lane of the same hash, or NULL
 * @moves: by bin: how many items
 * @waits: by bin: for how long it waited, in ns
 */
struct lane {
	unsigned int queue;
	bool producer;
	char name[PORT_NAME_LEN];
	unsigned long long moved;
	double waited;
	struct lane *next;
	unsigned int moves[BINS_MAX];
	float waits[BINS_MAX];
};

#define TUBES_MAX	64
#define LANES_MAX	1024
#define LANES_HASH	256

/**
 * struct recording - what is kept of a file: the same memory however long it is
 * @span: its time
 * @tubes: the queues, by index; NULL if it has no event of that one
 * @n: how many lanes
 * @lanes: they, in the order of their first events
 * @by_hash: their lists
 * @more: how many events had a port that found no lane
 * @losses: what the file lacks
 */
struct recording {
	struct span span;
	struct tube *tubes[TUBES_MAX];
	unsigned int n;
	struct lane *lanes[LANES_MAX];
	struct lane *by_hash[LANES_HASH];
	unsigned long long more;
	struct losses losses;
};

void recording_read(struct recording *recording, const char *file);

/* lanes.c: the ports. */
struct lane *lane_of(struct recording *recording, unsigned int queue,
		     bool producer, const char *port);
void lane_wait(struct lane *lane, struct recording *recording,
	       unsigned long long end, unsigned long long ns);

/* span.c */
void bin_add(struct bin *bin, const struct bin *later);
unsigned int span_bin(struct recording *recording, unsigned long long time);

/* --- picture.c: the picture, as a program of gnuplot -------------------------- */

/* What there is to draw. */
enum { PANEL_DEPTH = 1, PANEL_RATE = 2, PANEL_PORTS = 4, PANEL_WAIT = 8, PANEL_ALL = 15 };

enum format { FORMAT_SVG, FORMAT_PNG, FORMAT_TEXT };

/* More lanes would make the picture as long as a wall. */
#define LANES_SHOWN	16

/**
 * struct picture - a picture to be drawn
 * @recording: of what
 * @queue: of which queue
 * @tube: that queue
 * @panels: what of it
 * @format: as what
 * @columns: how wide a line of text is
 * @unit: of the time axis
 * @unit_ns: that unit, in ns
 */
struct picture {
	const struct recording *recording;
	unsigned int queue;
	const struct tube *tube;
	unsigned int panels;
	enum format format;
	unsigned int columns;
	const char *unit;
	double unit_ns;
};

void picture_write(struct picture *picture, FILE *to);
void write_string(const char *text, bool format, FILE *to);

/* curves.c: data, and what its programs need. */
void curve_depth(const struct picture *picture, FILE *to);
void curve_rate(const struct picture *picture, FILE *to);
void curve_wait(const struct picture *picture, FILE *to);

/* bars.c: likewise, the lanes. */
unsigned int bars_count(const struct picture *picture);
void bars(const struct picture *picture, FILE *to);
void bars_as_text(const struct picture *picture, FILE *to);

/* summary.c: what the file has, in numbers. */
void summary_print(const struct recording *recording);
void summary_print_json(const struct recording *recording);
void summary_warn(const struct recording *recording);

/* gnuplot.c */
void gnuplot_draw(struct picture *picture, const char *file);

#endif /* _PLOT_H */
