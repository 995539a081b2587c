// SPDX-License-Identifier: GPL-2.0
/*
 * Commands: items that ask for a reply, and which reply is to which.
 *
 * What is outstanding is in one array: the time at which a command began, by
 * its id. A reply may come from user space, so nothing in it is believed: it
 * matches when there is an entry for its id, and takes that out. An id is the
 * number of a source and a running one. The running number 0 belongs to no
 * command: the entry there is how many are outstanding of that source. So a
 * reply, which knows no port, finds what it has to count down, and commands
 * that nobody replies to take bounded memory.
 *
 * Locking: the array's own lock guards all of it. It is taken with softirqs
 * off, for workers begin and end commands in softirqs, too. It is innermost:
 * nothing is locked inside it, but by the kernel's allocator.
 *
 * - Of several replies with one id, one finds the entry: looking for it and
 *   taking it out are one step under the lock.
 * - An entry and its count change together under the lock; allocating does not
 *   let go of it, since it does not sleep.
 * - fifo_commands_forget() lets go of the lock now and then, so as not to keep
 *   softirqs out for thousands of entries, and takes the count out last: a reply
 *   that comes meanwhile finds the count to each entry that it finds. No command
 *   is added meanwhile, since the port is not used any more; nor later, since
 *   no other port gets its source.
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

/* It may be in a softirq, and -ENOMEM is no surprise to the caller. */
#define GFP		(GFP_ATOMIC | __GFP_NOWARN)

/* Entries that are taken out under one hold of the lock. */
#define FORGET_MAX	256

static DEFINE_XARRAY_FLAGS(outstanding, XA_FLAGS_LOCK_BH);

/* An index of the array has as many bits as an id on 64-bit kernels only. */
static unsigned long id_of(u32 source, u32 number)
{
	return (u64)source << 32 | number;
}

static unsigned long counted(u32 source)
{
	void *count = xa_load(&outstanding, id_of(source, 0));

	return count ? xa_to_value(count) : 0;
}

/* Allocates for the first of a source only. */
static int set_count(u32 source, unsigned long count)
{
	lockdep_assert_held(&outstanding.xa_lock);
	return xa_err(__xa_store(&outstanding, id_of(source, 0),
				 xa_mk_value(count), GFP));
}

/* Once the numbers have begun again, some may be outstanding still, and 0 is taken. */
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

/* When it began, or NULL where it is not outstanding. */
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
 * Gives a command of a source an id, and waits for its reply from now on. @last is the
 * number of the source's last command. Returns 0, or a negative errno as
 * fifo_command_begin().
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
 * Return: 0; -ENOENT when no command with this id is outstanding, since there
 * was none, it has had its reply, or its port was detached; -EINVAL when the
 * item is no reply or has no room for an id.
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

/*
 * What a source has begun is not waited for any more. Its port is not used. May sleep.
 */
void fifo_commands_forget(u32 source)
{
	while (forget_some(source))
		cond_resched_tasks_rcu_qs();
	xa_erase_bh(&outstanding, id_of(source, 0));
}

/*
 * With fifo.ko's exit: no port is left. Where memory was short, the array may
 * have kept a node for an entry that did not come.
 */
void fifo_commands_free(void)
{
	xa_destroy(&outstanding);
}
