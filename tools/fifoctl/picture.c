// SPDX-License-Identifier: GPL-2.0
/*
 * A picture, as a program of gnuplot: its panels stand one below the other, and their time
 * axes agree.
 */
#include <math.h>
#include "plot.h"
#include "plots.h"

/* In pixels. */
#define WIDTH	1150
#define LEFT	150
#define RIGHT	320
#define HEAD	96
#define GAP	92
#define SMALL	46
#define FOOT	0
#define LANE	22

/* Of a page of text. */
#define ROWS	22

/**
 * struct panel - a part of a picture
 * @bit: of PANEL_ALL
 * @height: in pixels
 * @data: writes its data
 * @program: draws it
 */
struct panel {
	unsigned int bit;
	unsigned int height;
	void (*data)(const struct picture *picture, FILE *file);
	const char *program;
};

static const struct panel panels[] = {
	{ PANEL_DEPTH, 170, curve_depth, plot_depth },
	{ PANEL_RATE, 170, curve_rate, plot_rate },
	{ PANEL_PORTS, 0, bars, plot_ports },
	{ PANEL_WAIT, 190, curve_wait, plot_wait },
};

#define PANELS	(sizeof(panels) / sizeof(*panels))

static unsigned int height_of(const struct picture *picture,
			      const struct panel *panel)
{
	unsigned int lanes;

	if (!(picture->panels & panel->bit))
		return 0;
	if (panel->height)
		return panel->height;
	lanes = bars_count(picture);
	return LANE * (lanes ? lanes : 1);
}

/* The time axis is written once, below the last panel that has it. */
static bool is_labelled(const struct picture *picture, unsigned int i)
{
	unsigned int later = PANEL_ALL & ~PANEL_WAIT & picture->panels;

	if (panels[i].bit == PANEL_WAIT)
		return true;
	return !(later & ~(panels[i].bit | (panels[i].bit - 1)));
}

static unsigned int gap_below(const struct picture *picture, unsigned int i)
{
	return is_labelled(picture, i) ? GAP : SMALL;
}

static unsigned int total_height(const struct picture *picture)
{
	unsigned int i, height, total = HEAD + FOOT;

	for (i = 0; i < PANELS; i++) {
		height = height_of(picture, &panels[i]);
		total += height ? height + gap_below(picture, i) : 0;
	}
	return total;
}

static void choose_unit(struct picture *picture)
{
	const struct span *span = &picture->recording->span;
	double length = span->end - span->start;

	picture->unit = length < 1e6 ? "us" : length < 1e9 ? "ms" : "s";
	picture->unit_ns = length < 1e6 ? 1e3 : length < 1e9 ? 1e6 : 1e9;
}

static void write_terminal(const struct picture *picture, FILE *file)
{
	static const char *const terminals[] = {
		[FORMAT_SVG] = "svg dynamic font 'sans-serif,13' background '#ffffff'",
		[FORMAT_PNG] = "pngcairo font 'sans,10'",
		[FORMAT_TEXT] = "dumb mono",
	};
	bool text = picture->format == FORMAT_TEXT;

	fprintf(file, "set terminal %s noenhanced size %u, %u\n",
		terminals[picture->format], text ? picture->columns : WIDTH,
		text ? ROWS : total_height(picture));
}

/*
 * Writes a text of the file as a string of gnuplot, each byte by its number: none of them means
 * anything to gnuplot. It may take the string as a format, as a tic's label.
 */
void write_string(const char *text, bool format, FILE *file)
{
	fputc('"', file);
	for (; *text; text++) {
		if (format && *text == '%')
			fputs("\\045", file);
		fprintf(file, "\\%03o", (unsigned char)*text);
	}
	fputc('"', file);
}

static void write_settings(const struct tube *tube, FILE *file)
{
	fputs("'engine='.", file);
	write_string(tube->engine, false, file);
	fprintf(file, ".' size=%u overflow='.", tube->size);
	write_string(tube->overflow, false, file);
}

/* What the file has of the queue, and what it lacks. */
static void write_title(const struct picture *picture, FILE *file)
{
	const struct losses *losses = &picture->recording->losses;
	const struct span *span = &picture->recording->span;
	const struct tube *tube = picture->tube;

	fprintf(file, "headline = 'fifo queue %u: %llu items put, %llu got, ",
		picture->queue, tube->counts[PUT], tube->counts[GOT]);
	fprintf(file, "%llu dropped in %.4g %s'\n", tube->counts[DROPPED],
		(span->end - span->start) / picture->unit_ns, picture->unit);
	fprintf(file, "subline_colour = '%s'\n",
		losses->known || losses->unknown ? "#cc3311" : "#555555");
	fputs("subline = ", file);
	if (losses->known || losses->unknown)
		fprintf(file, "'Incomplete: events were lost, %llu or more'",
			losses->known);
	else if (tube->size)
		write_settings(tube, file);
	else
		fputs("''", file);
	fputc('\n', file);
}

/* gnuplot wants a range that is not empty, even if all events have one time. */
static void write_head(const struct picture *picture, FILE *file)
{
	const struct span *span = &picture->recording->span;

	write_terminal(picture, file);
	write_title(picture, file);
	fprintf(file, "text = %d\nleft = %g\nright = %g\nunit = '%s'\nspan = %g\nfar = %g\n",
		picture->format == FORMAT_TEXT, (double)LEFT / WIDTH,
		1 - (double)RIGHT / WIDTH, picture->unit,
		fmax(span->end - span->start, 1) / picture->unit_ns,
		1 - 16.0 / total_height(picture));
	/* gnuplot takes the size of a font as points, and in an SVG as pixels. */
	fprintf(file, "head_font = ',%u'\npanel_font = ',%u'\n",
		picture->format == FORMAT_PNG ? 13 : 17,
		picture->format == FORMAT_PNG ? 11 : 14);
	fputs(plot_frame, file);
}

static void write_panels(const struct picture *picture, FILE *file)
{
	double height = total_height(picture);
	unsigned int i, y = HEAD;

	for (i = 0; i < PANELS; i++) {
		if (!(picture->panels & panels[i].bit))
			continue;
		fprintf(file, "labelled = %d\n", is_labelled(picture, i));
		fprintf(file, "set tmargin at screen %g\n", 1 - y / height);
		y += height_of(picture, &panels[i]);
		fprintf(file, "set bmargin at screen %g\n", 1 - y / height);
		y += gap_below(picture, i);
		panels[i].data(picture, file);
		fputs(panels[i].program, file);
	}
}

/* As text, each panel is a page of its own, and the lanes need no gnuplot. */
static void write_pages(const struct picture *picture, FILE *file)
{
	unsigned int i;

	fputs("labelled = 1\n", file);
	for (i = 0; i < PANELS; i++) {
		if (!(picture->panels & panels[i].bit & ~PANEL_PORTS))
			continue;
		panels[i].data(picture, file);
		fputs(panels[i].program, file);
	}
}

void picture_write(struct picture *picture, FILE *file)
{
	choose_unit(picture);
	write_head(picture, file);
	if (picture->format == FORMAT_TEXT)
		write_pages(picture, file);
	else
		write_panels(picture, file);
}
