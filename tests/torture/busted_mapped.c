// SPDX-License-Identifier: GPL-2.0
/*
 * Broken on purpose: map_end.c without a check of what the process writes, one of
 * two as a parameter says. Without one it is as good as map_end.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

/* All that map_end.c includes, before anything is redefined. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "../../fifo/engine.h"
#include "../../fifo/engine/ring.h"
#include "../../fifo/item.h"
#include "../../fifo/user/map_end.h"

static bool trust_position;
module_param(trust_position, bool, 0444);
MODULE_PARM_DESC(trust_position, "Take a mapped end's position for what it says");

static bool trust_length;
module_param(trust_length, bool, 0444);
MODULE_PARM_DESC(trust_length, "Take the length of a mapped producer's item for what it says");

static bool busted_ready(const struct fifo_ring *ring, u64 position, u64 what)
{
	return trust_position || fifo_ring_ready(ring, position, what);
}

static unsigned int busted_claim_free(struct fifo_ring *ring, unsigned int n,
				      u64 *position)
{
	if (!trust_position)
		return fifo_ring_claim_free(ring, n, position);
	*position = atomic64_fetch_add(n, &ring->tail);
	return n;
}

static unsigned int busted_claim_filled(struct fifo_ring *ring, unsigned int n,
					u64 *position)
{
	if (!trust_position)
		return fifo_ring_claim_filled(ring, n, position);
	*position = atomic64_fetch_add(n, &ring->head);
	return n;
}

static const unsigned int busted_data_len = FIFO_DATA_LEN;

#undef FIFO_DATA_LEN
#define FIFO_DATA_LEN (trust_length ? U16_MAX : busted_data_len)
#define fifo_ring_ready busted_ready
#define fifo_ring_claim_free busted_claim_free
#define fifo_ring_claim_filled busted_claim_filled
#include "../../fifo/user/map_end.c"
