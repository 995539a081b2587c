// SPDX-License-Identifier: GPL-2.0
/*
 * fifo_unit.ko: KUnit suites for what in fifo.ko is a function.
 */
#include <linux/module.h>
#include "suites.h"

/* The last one frees the names that the others' ports have, too. */
kunit_test_suites(&fifo_schedule_suite, &fifo_entry_suite, &fifo_command_suite,
		  &fifo_queue_suite);

MODULE_DESCRIPTION("Tests of the functions of fifo.ko");
MODULE_LICENSE("GPL");
