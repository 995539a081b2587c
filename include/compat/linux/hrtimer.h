/* SPDX-License-Identifier: GPL-2.0 */
/* Before 6.13 there was only hrtimer_init(), which does not set the function. */
#ifndef _FIFO_COMPAT_HRTIMER_H
#define _FIFO_COMPAT_HRTIMER_H

#include_next <linux/hrtimer.h>

#ifndef FIFO_HAVE_hrtimer_setup
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

#endif /* _FIFO_COMPAT_HRTIMER_H */
