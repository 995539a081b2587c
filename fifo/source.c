// SPDX-License-Identifier: GPL-2.0
/*
 * Sources: the names of producers, kept for longer than these live.
 *
 * An item may leave its queue long after the producer that put it was
 * unloaded, and the consumer still wants to say whose it was. So names are
 * kept until fifo.ko goes, each once. A source is a name (the low half) and a
 * turn (the high half) that tells apart the producers that bore it one after
 * another.
 *
 * A process may call itself anything, and nobody is charged for a name that
 * outlives it. So names of processes have low halves of their own, of which the
 * kernel's clients lose none, and only a limited number of these names is kept. A process
 * with a further name is called "process". Low halves that stand for no name are
 * left for such processes, so that their numbers still tell them apart.
 */
#include <linux/export.h>
#include <linux/hashtable.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/stringhash.h>
#include <linux/xarray.h>
#include "fifo.h"
#include "source.h"

#define INDEX_BITS	16
#define INDICES		BIT(INDEX_BITS)

/* Whose the low halves are: names of clients, names of processes, no names. */
#define PROCESS_FIRST	FIFO_CLIENT_NAMES
#define NAMELESS_FIRST	(PROCESS_FIRST + FIFO_PROCESS_NAMES)

/* How many sources without a name there are, in turns from 1 on. */
#define NAMELESS	(INDICES - NAMELESS_FIRST)
#define NAMELESS_TURNS	(INDICES - 1)

static const struct xa_limit limits[] = {
	[FIFO_OF_CLIENT] = XA_LIMIT(0, PROCESS_FIRST - 1),
	[FIFO_OF_PROCESS] = XA_LIMIT(PROCESS_FIRST, NAMELESS_FIRST - 1),
};

/**
 * struct fifo_name - a name that producers bore
 * @node: in by_name; sources_lock
 * @of: what bears it, a client or a process; constant
 * @index: its index in by_index; constant
 * @turns: how many producers have borne it; sources_lock
 * @text: the name; constant
 */
struct fifo_name {
	struct hlist_node node;
	enum fifo_name_of of;
	u32 index;
	u32 turns;
	char text[FIFO_NAME_LEN];
};

/* Guards by_name, nameless, and adding to by_index. Nothing is taken inside it. */
static DEFINE_MUTEX(sources_lock);
static DEFINE_HASHTABLE(by_name, 8);
static DEFINE_XARRAY_ALLOC(by_index);

/* How many sources without a name were given so far. */
static u32 nameless;

static struct fifo_name *name_find(const char *text, enum fifo_name_of of,
				   u32 hash)
{
	struct fifo_name *name;

	lockdep_assert_held(&sources_lock);
	hash_for_each_possible(by_name, name, node, hash)
		if (name->of == of && !strcmp(name->text, text))
			return name;
	return NULL;
}

static struct fifo_name *name_add(const char *text, enum fifo_name_of of,
				  u32 hash)
{
	struct fifo_name *name;
	int err;

	lockdep_assert_held(&sources_lock);
	name = kzalloc(sizeof(*name), GFP_KERNEL);
	if (!name)
		return ERR_PTR(-ENOMEM);
	name->of = of;
	strscpy(name->text, text, sizeof(name->text));
	err = xa_alloc(&by_index, &name->index, name, limits[of], GFP_KERNEL);
	if (err) {
		kfree(name);
		return ERR_PTR(err == -EBUSY ? -ENOSPC : err);
	}
	hash_add(by_name, &name->node, hash);
	return name;
}

static u32 source_of(u32 turn, u32 index)
{
	return turn << INDEX_BITS | index;
}

static u32 nameless_source(void)
{
	u32 n;

	lockdep_assert_held(&sources_lock);
	n = nameless++ % (NAMELESS * NAMELESS_TURNS);
	return source_of(n / NAMELESS + 1, NAMELESS_FIRST + n % NAMELESS);
}

/*
 * Gives the next producer of this name a number of its own. Returns 0, -ENOMEM,
 * or -ENOSPC for a client after %FIFO_CLIENT_NAMES different names of clients.
 */
int fifo_source_new(const char *text, enum fifo_name_of of, u32 *source)
{
	u32 hash = full_name_hash(NULL, text, strlen(text));
	struct fifo_name *name;
	int err = 0;

	mutex_lock(&sources_lock);
	name = name_find(text, of, hash);
	if (!name)
		name = name_add(text, of, hash);
	if (!IS_ERR(name))
		*source = source_of(++name->turns, name->index);
	else if (of == FIFO_OF_PROCESS && name == ERR_PTR(-ENOSPC))
		*source = nameless_source();
	else
		err = PTR_ERR(name);
	mutex_unlock(&sources_lock);
	return err;
}

/**
 * fifo_source_name() - the name of the producer that put an item
 * @source: as the item says
 *
 * Context: Any.
 * Return: The name, one word of visible ASCII, valid until fifo.ko is unloaded;
 * "process" for a process that came after %FIFO_PROCESS_NAMES different names of
 * processes; "?" for a number that no producer ever had.
 */
const char *fifo_source_name(u32 source)
{
	u32 index = source % INDICES;
	const struct fifo_name *name;

	name = xa_load(&by_index, index);
	if (name)
		return name->text;
	return index >= NAMELESS_FIRST && source >> INDEX_BITS ? "process" : "?";
}
EXPORT_SYMBOL_GPL(fifo_source_name);

/* With fifo.ko's exit: no port is left, and nobody can ask for a name. */
void fifo_sources_free(void)
{
	struct fifo_name *name;
	unsigned long index;

	xa_for_each(&by_index, index, name)
		kfree(name);
	xa_destroy(&by_index);
}
