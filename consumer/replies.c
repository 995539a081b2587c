// SPDX-License-Identifier: GPL-2.0
/*
 * The replies that were got: which are to commands, and how long those took.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/time64.h>
#include "replies.h"

/* Guards what follows; taken in softirqs, too. */
static DEFINE_SPINLOCK(lock);

/* How many replies, and what round trips the matched ones had, in nanoseconds. */
static u64 matched, unknown;
static u64 least = U64_MAX, most, sum;

static void count_match(u64 round_trip)
{
	lockdep_assert_held(&lock);
	matched++;
	least = min(least, round_trip);
	most = max(most, round_trip);
	sum += round_trip;
}

/*
 * Matches a reply that was got with its command, and counts it. Returns the
 * round trip in nanoseconds, or -ENOENT when it is unknown, or repeated.
 */
s64 replies_add(const struct fifo_item *item)
{
	u64 round_trip;
	int err;

	err = fifo_command_end(item, &round_trip);
	spin_lock_bh(&lock);
	if (err)
		unknown++;
	else
		count_match(round_trip);
	spin_unlock_bh(&lock);
	return err ? err : round_trip;
}

/* "reply id=0x100000001 round_trip_us=34", or "reply id=0x100000001 unknown" */
int replies_describe(char *text, size_t size, const struct fifo_item *item,
		     s64 result)
{
	const struct fifo_command *reply = (const void *)item->data;

	if (result < 0)
		return scnprintf(text, size, "reply id=%#llx unknown",
				 reply->id);
	return scnprintf(text, size, "reply id=%#llx round_trip_us=%llu",
			 reply->id, div_u64(result, NSEC_PER_USEC));
}

/* Says what came of them, if there were any: when nobody gets any more. */
void replies_report(void)
{
	if (matched)
		pr_info("replies: %llu matched, %llu unknown, round trip %llu/%llu/%llu us (least/mean/most)\n",
			matched, unknown, div_u64(least, NSEC_PER_USEC),
			div_u64(div64_u64(sum, matched), NSEC_PER_USEC),
			div_u64(most, NSEC_PER_USEC));
	else if (unknown)
		pr_info("replies: 0 matched, %llu unknown\n", unknown);
}
