// SPDX-License-Identifier: GPL-2.0
/*
 * Replies: matches them with their commands, and adds up the round trips.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/time64.h>
#include "replies.h"

/* Guards the figures below; taken in softirqs, too. */
static DEFINE_SPINLOCK(lock);

static u64 matched, unknown;

/* The shortest, longest and total round trip of matched replies, in nanoseconds. */
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
 * Matches a reply with its command, and counts it. Returns the round trip in
 * nanoseconds, or -ENOENT if its command is not outstanding.
 */
s64 consumer_replies_add(const struct fifo_item *item)
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
void consumer_replies_describe(char *text, size_t size,
			       const struct fifo_item *item, s64 result)
{
	const struct fifo_command *reply = (const void *)item->data;

	if (result < 0)
		snprintf(text, size, "reply id=%#llx unknown", reply->id);
	else
		snprintf(text, size, "reply id=%#llx round_trip_us=%llu",
			 reply->id, div_u64(result, NSEC_PER_USEC));
}

/* Logs the figures if there were replies. Called after the last instance has stopped. */
void consumer_replies_report(void)
{
	if (matched)
		pr_info("replies: %llu matched, %llu unknown, round trip %llu/%llu/%llu us (least/mean/most)\n",
			matched, unknown, div_u64(least, NSEC_PER_USEC),
			div_u64(div64_u64(sum, matched), NSEC_PER_USEC),
			div_u64(most, NSEC_PER_USEC));
	else if (unknown)
		pr_info("replies: 0 matched, %llu unknown\n", unknown);
}
