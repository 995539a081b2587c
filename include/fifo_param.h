/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Module parameters that are comma-separated lists.
 */
#ifndef _FIFO_PARAM_H
#define _FIFO_PARAM_H

#include <linux/compiler.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

/**
 * struct fifo_param - a parameter that holds a list
 * @name: the parameter's name
 * @fallback: the list when none is given
 * @text: the list that was given, or NULL
 */
struct fifo_param {
	const char *name;
	const char *fallback;
	char *text;
};

int fifo_param_set(const char *value, const struct kernel_param *kp);
int fifo_param_get(char *buffer, const struct kernel_param *kp);

/*
 * Not in fifo.ko, nor are the tables that point to it: the kernel frees the
 * parameters of a module after it has let go of the modules that it used, and
 * fifo.ko may be gone by then.
 */
static inline void fifo_param_free(void *arg)
{
	struct fifo_param *param = arg;

	kfree(param->text);
	param->text = NULL;
}

/* Keeps the text of a list; whoever uses it parses it. */
static const struct kernel_param_ops fifo_param_ops __maybe_unused = {
	.set = fifo_param_set,
	.get = fifo_param_get,
	.free = fifo_param_free,
};

#endif /* _FIFO_PARAM_H */
