/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_SUITES_H
#define _FIFO_SUITES_H

#include <kunit/test.h>

extern struct kunit_suite fifo_schedule_suite;
extern struct kunit_suite fifo_entry_suite;
extern struct kunit_suite fifo_command_suite;
extern struct kunit_suite fifo_wait_suite;
extern struct kunit_suite fifo_poll_suite;
extern struct kunit_suite fifo_worker_suite;
extern struct kunit_suite fifo_pin_suite;
extern struct kunit_suite fifo_batch_suite;
extern struct kunit_suite fifo_engine_suite;
extern struct kunit_suite fifo_queue_suite;
extern struct kunit_suite fifo_sojourn_suite;

#endif /* _FIFO_SUITES_H */
