/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Module parameters that are comma-separated lists.
 */
#ifndef _FIFO_PARAM_COMMON_H
#define _FIFO_PARAM_COMMON_H

#include <linux/moduleparam.h>

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

extern const struct kernel_param_ops fifo_param_ops;

#endif /* _FIFO_PARAM_COMMON_H */
