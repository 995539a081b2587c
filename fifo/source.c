// SPDX-License-Identifier: GPL-2.0
/*
 * Sources: who put an item, remembered for longer than the producer lives.
 *
 * An item may leave its queue long after the producer that put it was
 * unloaded, and the consumer still wants to say whose it was. So names are
 * kept until fifo.ko goes, each once. A source is a name (the low half) and a
 * turn (the high half) that tells apart the producers that bore it one after
 * another.
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
#define INDEX_LIMIT	XA_LIMIT(0, BIT(INDEX_BITS) - 1)

/**
 * struct fifo_name - a name that producers bore
 * @node: in by_name; sources_lock
 * @index: its index in by_index; constant
 * @turns: how many producers have borne it; sources_lock
 * @text: the name; constant
 */
struct fifo_name {
	struct hlist_node node;
	u32 index;
	u32 turns;
	char text[FIFO_NAME_LEN];
};

/* Guards by_name, and adding to by_index. Nothing is taken inside it. */
static DEFINE_MUTEX(sources_lock);
static DEFINE_HASHTABLE(by_name, 8);
static DEFINE_XARRAY_ALLOC(by_index);

static struct fifo_name *name_find(const char *text, u32 hash)
{
	struct fifo_name *name;

	lockdep_assert_held(&sources_lock);
	hash_for_each_possible(by_name, name, node, hash)
		if (!strcmp(name->text, text))
			return name;
	return NULL;
}

static struct fifo_name *name_add(const char *text, u32 hash)
{
	struct fifo_name *name;
	int err;

	lockdep_assert_held(&sources_lock);
	name = kzalloc(sizeof(*name), GFP_KERNEL);
	if (!name)
		return ERR_PTR(-ENOMEM);
	strscpy(name->text, text, sizeof(name->text));
	err = xa_alloc(&by_index, &name->index, name, INDEX_LIMIT, GFP_KERNEL);
	if (err) {
		kfree(name);
		return ERR_PTR(err == -EBUSY ? -ENOSPC : err);
	}
	hash_add(by_name, &name->node, hash);
	return name;
}

/*
 * Gives the next producer of this name a number of its own. Returns 0,
 * -ENOMEM, or -ENOSPC after 65,536 different names.
 */
int fifo_source_new(const char *text, u32 *source)
{
	u32 hash = full_name_hash(NULL, text, strlen(text));
	struct fifo_name *name;
	int err = 0;

	mutex_lock(&sources_lock);
	name = name_find(text, hash);
	if (!name)
		name = name_add(text, hash);
	if (IS_ERR(name))
		err = PTR_ERR(name);
	else
		*source = ++name->turns << INDEX_BITS | name->index;
	mutex_unlock(&sources_lock);
	return err;
}

/**
 * fifo_source_name() - the name of the producer that put an item
 * @source: as the item says
 *
 * Context: Any.
 * Return: The name, valid until fifo.ko is unloaded; "?" for a number that no
 * producer ever had.
 */
const char *fifo_source_name(u32 source)
{
	const struct fifo_name *name;

	name = xa_load(&by_index, source & (BIT(INDEX_BITS) - 1));
	return name ? name->text : "?";
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
