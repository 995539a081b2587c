// SPDX-License-Identifier: GPL-2.0
/*
 * The parameters that only producers have: what each instance puts.
 */
#include <linux/limits.h>
#include <linux/module.h>
#include "param.h"

static struct fifo_param item = { .name = "item", .fallback = "A" };
module_param_cb(item, &fifo_param_ops, &item, 0444);
MODULE_PARM_DESC(item, "What each instance puts: 1 to 32 bytes of UTF-8 without quotes, a list; with spaces as 'item=\"two words,B\"' (default A)");

static struct fifo_param type = { .name = "type", .fallback = "text" };
module_param_cb(type, &fifo_param_ops, &type, 0444);
MODULE_PARM_DESC(type, "What the item is: text, or command, which asks for a reply, a list (default text)");

static struct fifo_param uid = { .name = "uid" };
module_param_cb(uid, &fifo_param_ops, &uid, 0444);
MODULE_PARM_DESC(uid, "Put the processes of this user instead, each once: 0 to 4294967294, a list (default: unset)");

static struct fifo_param state = { .name = "state" };
module_param_cb(state, &fifo_param_ops, &state, 0444);
MODULE_PARM_DESC(state, "With uid: only the processes in this state: R, S, D, T, t, Z or I, a list (default: any)");

/* The next number, (uid_t)-1, is no user: the kernel reserves it. */
#define UID_MAX		(U32_MAX - 1)

static int parse_item(const struct fifo_entry *entry, void *object)
{
	struct producer_instance *me = object;

	if (uid.text && item.text)
		return fifo_entry_refuse(entry, "left out if uid is given");
	return fifo_entry_word(entry, me->word, sizeof(me->word));
}

static int parse_type(const struct fifo_entry *entry, void *object)
{
	static const char *const names[] = { "text", "command", NULL };
	struct producer_instance *me = object;
	int choice;

	if (uid.text && type.text)
		return fifo_entry_refuse(entry, "left out if uid is given");
	choice = fifo_entry_choice(entry, names);
	if (choice < 0)
		return choice;
	me->type = choice ? FIFO_ITEM_COMMAND : FIFO_ITEM_TEXT;
	return 0;
}

static int parse_uid(const struct fifo_entry *entry, void *object)
{
	struct producer_instance *me = object;
	u64 number;
	int err;

	err = fifo_entry_number(entry, 0, UID_MAX, &number);
	if (!err)
		me->uid = number;
	return err;
}

static int parse_state(const struct fifo_entry *entry, void *object)
{
	static const char *const names[] = {
		"R", "S", "D", "T", "t", "Z", "I", NULL
	};
	struct producer_instance *me = object;
	int choice;

	if (!uid.text)
		return fifo_entry_refuse(entry, "left out if uid is not given");
	choice = fifo_entry_choice(entry, names);
	if (choice < 0)
		return choice;
	me->state = *names[choice];
	return 0;
}

const struct fifo_param_row producer_param_rows[] = {
	{ &item, parse_item },
	{ &type, parse_type },
	{ &uid, parse_uid },
	{ &state, parse_state },
	{}
};

/* Do the instances put a user's processes? */
bool producer_param_has_uid(void)
{
	return uid.text;
}
