// SPDX-License-Identifier: GPL-2.0
/*
 * Commands: items that ask for a reply. Matches each reply with its command.
 *
 * One array holds all outstanding commands: the start time of each, indexed by its id.
 * A reply may come from user space, so nothing in it is trusted: it matches if the
 * array has an entry for its id, and removes that entry. An id is the number of a
 * source (upper half) and a sequence number (lower half). No command has sequence
 * number 0: that entry counts the source's outstanding commands. So a reply, which has
 * no port, can find the counter to decrement. And a source cannot have more than
 * FIFO_COMMANDS_MAX entries.
 *
 * Locking: the array's own lock guards all of it. It is taken with softirqs off, since
 * workers begin and end commands in softirqs, too. It is innermost: only the kernel's
 * allocator takes locks inside it.
 *
 * - If several replies have the same id, only one finds the entry: lookup and removal
 *   are one step under the lock.
 * - An entry and its count change together under the lock; allocating does not drop the
 *   lock, since GFP_ATOMIC does not sleep.
 * - fifo_commands_forget() drops the lock after every FORGET_MAX entries, so that it
 *   does not keep softirqs out for thousands of them. It removes the counter last: a
 *   reply that still finds an entry also finds the counter. No task adds a command
 *   meanwhile, since nobody uses the port any more, and none later, since no other port
 *   gets this source.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/xarray.h>
#include "command.h"

/* The caller may be in a softirq, and handles -ENOMEM. */
#define GFP		(GFP_ATOMIC | __GFP_NOWARN)

/* How many entries one hold of the lock removes. */
#define FORGET_MAX	256

static DEFINE_XARRAY_FLAGS(outstanding, XA_FLAGS_LOCK_BH);

/* An array index is as wide as an id only on 64-bit kernels. */
static unsigned long id_of(u32 source, u32 number)
{
	return (u64)source << 32 | number;
}

static unsigned long counted(u32 source)
{
	void *count = xa_load(&outstanding, id_of(source, 0));

	return count ? xa_to_value(count) : 0;
}

/* Allocates only for a source's first command. */
static int set_count(u32 source, unsigned long count)
{
	lockdep_assert_held(&outstanding.xa_lock);
	return xa_err(__xa_store(&outstanding, id_of(source, 0),
				 xa_mk_value(count), GFP));
}

/*
 * After the sequence numbers have wrapped, some may still be outstanding, and 0 holds
 * the counter: skip these.
 */
static int add(u32 source, u32 *last, u64 *id)
{
	void *now = xa_mk_value(ktime_get_ns());
	int err;

	lockdep_assert_held(&outstanding.xa_lock);
	do {
		*id = id_of(source, ++*last);
		err = __xa_insert(&outstanding, *id, now, GFP);
	} while (err == -EBUSY);
	return err;
}

static int remember(u32 source, u32 *last, u64 *id)
{
	unsigned long count = counted(source);
	int err;

	if (count >= FIFO_COMMANDS_MAX)
		return -EAGAIN;
	err = set_count(source, count + 1);
	if (err)
		return err;
	err = add(source, last, id);
	if (err)
		set_count(source, count);
	return err;
}

/* Removes a command. Returns its entry, the start time, or NULL if there is none. */
static void *take_out(u64 id)
{
	u32 source = id >> 32;
	void *begun;

	if (!(u32)id)
		return NULL;
	begun = __xa_erase(&outstanding, id);
	if (begun)
		set_count(source, counted(source) - 1);
	return begun;
}

/*
 * Gives a command an id, and records it as outstanding. @last is the sequence number of
 * the source's last command. Returns 0, or a negative errno as fifo_command_begin().
 */
int fifo_command_remember(u32 source, u32 *last, u64 *id)
{
	int err;

	xa_lock_bh(&outstanding);
	err = remember(source, last, id);
	xa_unlock_bh(&outstanding);
	return err;
}

/**
 * fifo_command_end() - match a reply with its command
 * @reply: an item that was got
 * @round_trip_ns: where to write the time since the command began
 *
 * A reply is matched once, by its id alone: any port may have begun the command.
 *
 * Context: Any but hard interrupts. Never sleeps.
 * Return: 0; -ENOENT if no command with this id is outstanding: there was none, it has
 * had its reply, or its port was detached; -EINVAL if the item is no reply or has no
 * room for an id.
 */
int fifo_command_end(const struct fifo_item *reply, u64 *round_trip_ns)
{
	const struct fifo_command *command = (const void *)reply->data;
	void *begun;

	if (reply->type != FIFO_ITEM_REPLY || reply->len < FIFO_COMMAND_ID_LEN)
		return -EINVAL;
	xa_lock_bh(&outstanding);
	begun = take_out(command->id);
	xa_unlock_bh(&outstanding);
	if (!begun)
		return -ENOENT;
	*round_trip_ns = ktime_get_ns() - xa_to_value(begun);
	return 0;
}
EXPORT_SYMBOL_GPL(fifo_command_end);

/* Takes out some entries of a source. Returns whether there may be more. */
static bool forget_some(u32 source)
{
	XA_STATE(xas, &outstanding, id_of(source, 1));
	unsigned int n = 0;
	void *begun;

	xas_lock_bh(&xas);
	xas_for_each(&xas, begun, id_of(source, U32_MAX)) {
		if (n++ == FORGET_MAX)
			break;
		xas_store(&xas, NULL);
	}
	xas_unlock_bh(&xas);
	return begun;
}

/* Forgets a source's outstanding commands. Nobody uses its port any more. May sleep. */
void fifo_commands_forget(u32 source)
{
	while (forget_some(source))
		cond_resched_tasks_rcu_qs();
	xa_erase_bh(&outstanding, id_of(source, 0));
}

/*
 * Called when fifo.ko exits: no port is left. After a failed allocation the array may
 * still hold a node without an entry.
 */
void fifo_commands_free(void)
{
	xa_destroy(&outstanding);
}
