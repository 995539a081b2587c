// SPDX-License-Identifier: GPL-2.0
/*
 * The constants of item.h.
 */
#include <linux/build_bug.h>
#include "item.h"

static_assert(sizeof(struct fifo_item) == 64);

const u8 fifo_payload_mask[2 * FIFO_DATA_LEN] = {
	[0 ... FIFO_DATA_LEN - 1] = 0xff
};
