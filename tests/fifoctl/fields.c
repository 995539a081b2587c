// SPDX-License-Identifier: GPL-2.0
/*
 * fifoctl plot reads no field beyond the end of its record, whatever the file says about where
 * fields are. Prints what is wrong.
 */
#include <stdio.h>
#include "events.c"

int main(void)
{
	static const struct {
		int offset, size;
		unsigned long long value;
	} fields[] = {
		{ 0, 4, 0x11111111 },
		{ 4, 4, 0x22222222 },
		{ 5, 4, 0 },
		{ 8, 4, 0 },
		{ 0x7fffffff, 4, 0 },
		{ -4, 4, 0 },
		{ -8, 8, 0 },
	};
	/* The record has 8 of these 16 bytes. */
	unsigned int bytes[] = { 0x11111111, 0x22222222, 0x33333333, 0x44444444 };
	struct tep_event event = { .tep = tep_alloc() };
	struct tep_record record = { .data = bytes, .size = 8 };
	struct tep_format_field field = { .event = &event };
	const struct kind kind = { .fields = { [WAIT] = &field } };
	unsigned long long value;
	unsigned int i, failed = 0;

	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		field.offset = fields[i].offset;
		field.size = fields[i].size;
		value = number(&kind, WAIT, &record);
		if (value == fields[i].value)
			continue;
		printf("offset %d size %d: %llx\n", field.offset, field.size, value);
		failed = 1;
	}
	return failed;
}
