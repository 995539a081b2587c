// SPDX-License-Identifier: GPL-2.0
/*
 * Sources: the names of producers, which outlive the producers.
 *
 * A consumer may get an item long after its producer was unloaded, and still wants to log
 * that producer's name. So each name is kept once, until fifo.ko is unloaded. A source is
 * a 32-bit number. Its low half is the index of a name. Its high half, the turn, tells
 * successive producers of that name apart.
 *
 * A process may call itself anything, and a name that outlives it is charged to nobody.
 * So processes have a range of low halves of their own, and take none from the kernel's
 * clients. Only FIFO_PROCESS_NAMES of their names are kept; any further process is called
 * "process". A third range of low halves, without names, gives each of those a number of its
 * own.
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

/* The three ranges of low halves: names of clients, names of processes, no names. */
#define PROCESS_FIRST	FIFO_CLIENT_NAMES
#define NAMELESS_FIRST	(PROCESS_FIRST + FIFO_PROCESS_NAMES)

/* Low halves without a name, and how often each can be given: turns begin at 1. */
#define NAMELESS	(INDICES - NAMELESS_FIRST)
#define NAMELESS_TURNS	(INDICES - 1)

static const struct xa_limit limits[] = {
	[FIFO_OF_CLIENT] = XA_LIMIT(0, PROCESS_FIRST - 1),
	[FIFO_OF_PROCESS] = XA_LIMIT(PROCESS_FIRST, NAMELESS_FIRST - 1),
};

/**
 * struct fifo_name - a name that producers have had
 * @node: in by_name; sources_lock
 * @of: whose name it is, a client's or a process's; constant
 * @index: its index in by_index; constant
 * @turns: how many producers have had it; sources_lock
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

/* How many sources without a name have been given. */
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

/* Called when fifo.ko exits: no port is left, and nobody can ask for a name. */
void fifo_sources_free(void)
{
	struct fifo_name *name;
	unsigned long index;

	xa_for_each(&by_index, index, name)
		kfree(name);
	xa_destroy(&by_index);
}
