// SPDX-License-Identifier: GPL-2.0
/*
 * fifo_unit.ko: KUnit suites of fifo.ko's functions.
 */
#include <linux/module.h>
#include "suites.h"

/* The last suite frees the names of all suites' ports. */
kunit_test_suites(&fifo_schedule_suite, &fifo_entry_suite, &fifo_command_suite,
		  &fifo_wait_suite, &fifo_poll_suite, &fifo_worker_suite,
		  &fifo_pin_suite, &fifo_batch_suite, &fifo_engine_suite,
		  &fifo_sojourn_suite,
		  &fifo_queue_suite);

MODULE_DESCRIPTION("Tests of the functions of fifo.ko");
MODULE_LICENSE("GPL");
