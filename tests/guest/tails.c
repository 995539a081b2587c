// SPDX-License-Identifier: GPL-2.0
/*
 * The bytes behind the length of items, in the pages of a queue with engine=ring that a
 * process can map.
 *
 *	tails look QUEUE	prints the number of each slot that has an item, its
 *				length, and "zero" or the bytes behind it
 *	tails put QUEUE		puts an item of each length, with other bytes behind it
 */
#include <string.h>
#include "mapped_end.h"

static void show_tail(unsigned int slot, const struct fifo_item *item)
{
	unsigned int i, last = FIFO_DATA_LEN;

	while (last > item->len && !item->data[last - 1])
		last--;
	printf("%u %u ", slot, item->len);
	if (last <= item->len)
		printf("zero");
	for (i = item->len; i < last; i++)
		printf("%02x", item->data[i]);
	putchar('\n');
}

static int look(unsigned int queue)
{
	struct mapped_end end;
	unsigned int slot;

	if (end_open(&end, queue, FIFO_CONSUMER))
		return -1;
	for (slot = 0; slot < end.size; slot++)
		if (end.items[slot].seq)
			show_tail(slot, &end.items[slot]);
	end_close(&end);
	return 0;
}

static int put(unsigned int queue)
{
	struct mapped_end end;
	__u64 position;
	unsigned int len;

	if (end_open(&end, queue, FIFO_PRODUCER))
		return -1;
	position = *end.position;
	for (len = 0; len <= FIFO_DATA_LEN; len++, position++) {
		struct fifo_item *item = &end.items[position % end.size];

		memset(item, 0x5a, sizeof(*item));
		item->type = FIFO_ITEM_TEXT;
		item->len = len;
	}
	if (end_move_to(&end, position) || end_kick(&end))
		return -1;
	end_close(&end);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned int queue = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;

	if (argc != 3 || (!strcmp(argv[1], "look") ? look(queue) : put(queue))) {
		perror("tails");
		return 1;
	}
	return 0;
}
