/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Module parameters that are comma-separated lists.
 *
 * The lists of a module describe its objects, a queue or an instance each: entry k of
 * each list describes object k. A shorter list repeats its last entry.
 */
#ifndef _FIFO_PARAM_H
#define _FIFO_PARAM_H

#include <linux/compiler.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/types.h>

/**
 * struct fifo_param - a parameter that holds a list
 * @name: the parameter's name
 * @fallback: the list if none is given; NULL: the parameter then has no value
 * @text: the list that was given, or NULL
 */
struct fifo_param {
	const char *name;
	const char *fallback;
	char *text;
};

/**
 * struct fifo_entry - one entry of a list
 * @module: the module that has the parameter, for messages
 * @param: the parameter's name, for messages
 * @text: the entry, not terminated
 * @len: its length in bytes
 * @next: the rest of the list; NULL: this is its last entry
 */
struct fifo_entry {
	const char *module;
	const char *param;
	const char *text;
	size_t len;
	const char *next;
};

/**
 * struct fifo_param_row - a list, and the function that parses its entries
 * @param: the list; NULL ends a table of rows
 * @parse: stores what an entry says in an object. Returns 0, or a negative errno after
 *	it has logged the reason
 */
struct fifo_param_row {
	const struct fifo_param *param;
	int (*parse)(const struct fifo_entry *entry, void *object);
};

int fifo_entry_refuse(const struct fifo_entry *entry, const char *allowed);
int fifo_entry_number(const struct fifo_entry *entry, u64 least, u64 most,
		      u64 *number);
int fifo_entry_choice(const struct fifo_entry *entry, const char *const *names);
int fifo_entry_word(const struct fifo_entry *entry, char *word, size_t size);

int fifo_param_set(const char *value, const struct kernel_param *kp);
int fifo_param_get(char *buffer, const struct kernel_param *kp);

/**
 * fifo_param_free() - free the text of a list
 * @arg: the struct fifo_param
 *
 * The kernel drops a module's references to other modules before it frees the module's
 * parameters. fifo.ko may be unloaded by then, so this function and the tables that
 * point to it must be in the module itself.
 *
 * Context: Process context: the module is being freed.
 */
static inline void fifo_param_free(void *arg)
{
	struct fifo_param *param = arg;

	kfree(param->text);
	param->text = NULL;
}

/* Keeps the text of a list, to be parsed later. */
static const struct kernel_param_ops fifo_param_ops __maybe_unused = {
	.set = fifo_param_set,
	.get = fifo_param_get,
	.free = fifo_param_free,
};

#endif /* _FIFO_PARAM_H */
