// SPDX-License-Identifier: GPL-2.0
/*
 * Counts while it is loaded, and says, in instructions for each item:
 *
 *	cost: figure KIND/NAME ONES EIGHTS THIRTY-TWOS SIXTY-FOURS
 *
 * With a context it counts nothing: it is loaded for a worker that moves no items (run.c).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/timex.h>
#include "cost.h"

/* Items in a run. A tick is longer than almost any run. */
#define ITEMS		128

/* A run that a tick disturbs is longer: the shortest counts. */
#define RUNS		16

static char *context = "";
module_param(context, charp, 0444);
MODULE_PARM_DESC(context, "Run a worker without items in this context; empty: count calls");

static char *only = "";
module_param(only, charp, 0444);
MODULE_PARM_DESC(only, "Count this figure alone");

static unsigned int batch;
module_param(batch, uint, 0444);
MODULE_PARM_DESC(batch, "Count items in batches of this size alone");

static unsigned int repeat = 1;
module_param(repeat, uint, 0444);
MODULE_PARM_DESC(repeat, "How often to count each figure");

struct fifo_item cost_items[FIFO_BATCH];

static const unsigned int batches[] = { 1, 8, 32, 64 };

static bool nothing(unsigned int n)
{
	return true;
}

/* Instructions of the shortest run, or 0 if the items were not moved. */
static u64 shortest(bool (*move)(unsigned int n), unsigned int n)
{
	u64 least = U64_MAX;
	unsigned int run, i;
	cycles_t start;
	bool ok = true;

	for (run = 0; run < RUNS; run++) {
		start = get_cycles();
		for (i = 0; i < ITEMS; i += n)
			ok &= move(n);
		least = min_t(u64, least, get_cycles() - start);
	}
	return ok ? least : 0;
}

/* In tenths of an instruction for each item. */
static u64 tenths(const struct cost_figure *figure, unsigned int n)
{
	u64 spent = shortest(figure->move, n);

	if (!spent)
		return 0;
	return div_u64((spent - shortest(nothing, n)) * 10 + ITEMS / 2, ITEMS);
}

static int count_batches(const struct cost_figure *figure, char *text,
			 size_t size)
{
	unsigned int i, len = 0;
	u32 tenth;
	u64 spent;

	for (i = 0; i < ARRAY_SIZE(batches); i++) {
		if ((i && figure->single) || (batch && batch != batches[i])) {
			len += scnprintf(text + len, size - len, " -");
			continue;
		}
		spent = tenths(figure, batches[i]);
		if (!spent)
			return -EIO;
		spent = div_u64_rem(spent, 10, &tenth);
		len += scnprintf(text + len, size - len, " %llu.%u", spent, tenth);
	}
	return 0;
}

/* Counts one figure, and says it. */
int cost_count(const char *kind, const struct cost_figure *figure)
{
	char name[48], text[64];
	unsigned int i;
	int err = 0;

	snprintf(name, sizeof(name), "%s/%s", kind, figure->name);
	if (*only && strcmp(only, name))
		return 0;
	for (i = 0; i < repeat && !err; i++)
		err = count_batches(figure, text, sizeof(text));
	if (err)
		pr_err("%s does not move all items\n", name);
	else
		pr_info("figure %s%s\n", name, text);
	return err;
}

static void __init make_items(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cost_items); i++) {
		cost_items[i].type = FIFO_ITEM_TEXT;
		cost_items[i].len = FIFO_DATA_LEN;
	}
}

static int __init cost_init(void)
{
	make_items();
	if (*context)
		return cost_run_start(context);
	return cost_calls() ?: cost_by_hand();
}
module_init(cost_init);

static void __exit cost_exit(void)
{
	cost_run_stop();
}
module_exit(cost_exit);

MODULE_DESCRIPTION("Counts the instructions of puts and gets");
MODULE_LICENSE("GPL");
