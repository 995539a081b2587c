// SPDX-License-Identifier: GPL-2.0
/*
 * Prints items: as /dev/fifoN shows them, or as JSON.
 */
#include <string.h>
#include "fifoctl.h"
#include "types.h"

static bool printable(unsigned char byte)
{
	return byte >= ' ' && byte <= '~';
}

/* --- text ------------------------------------------------------------------ */

/* Escapes a byte as /dev/fifoN does. */
static void print_escaped(unsigned char byte)
{
	static const char special[] = "\f\n\r\t\v\a\033", letters[] = "fnrtvae";
	const char *found = byte ? strchr(special, byte) : NULL;

	if (printable(byte))
		putchar(byte);
	else if (!byte)
		fputs("\\0", stdout);
	else if (found)
		printf("\\%c", letters[found - special]);
	else
		printf("\\%03o", byte);
}

/* Prints the line that /dev/fifoN shows for an item. */
void print_text(const struct fifo_item *item)
{
	unsigned int i;

	if (item->type == FIFO_ITEM_TEXT && is_text(item->data, item->len)) {
		fwrite(item->data, 1, item->len, stdout);
	} else if (item->type == FIFO_ITEM_TEXT) {
		for (i = 0; i < item->len; i++)
			print_escaped(item->data[i]);
	} else {
		printf("type=%u len=%u data=", item->type, item->len);
		for (i = 0; i < item->len; i++)
			printf("%02x", item->data[i]);
	}
	putchar('\n');
}

/* --- JSON ------------------------------------------------------------------ */

/* Prints a character for each byte; \u0000 to \u00ff if it is not printable ASCII. */
void print_string(const void *string, unsigned int len)
{
	const __u8 *bytes = string;
	unsigned int i;

	putchar('"');
	for (i = 0; i < len; i++) {
		if (bytes[i] == '"' || bytes[i] == '\\')
			printf("\\%c", bytes[i]);
		else if (printable(bytes[i]))
			putchar(bytes[i]);
		else
			printf("\\u%04x", bytes[i]);
	}
	putchar('"');
}

static void print_process(const struct fifo_item *item)
{
	struct fifo_process process;

	memcpy(&process, item->data, sizeof(process));
	printf("{\"pid\":%u,\"ppid\":%u,\"uid\":%u,\"start\":%llu,",
	       fifo_process_pid(&process), process.ppid, process.uid,
	       fifo_process_start(&process));
	printf("\"user\":%u,\"system\":%u,\"state\":", process.user,
	       process.system);
	print_string(&process.state, 1);
	fputs(",\"comm\":", stdout);
	print_string(process.comm,
		     strnlen((const char *)process.comm, FIFO_COMM_LEN));
	putchar('}');
}

static void print_command(const struct fifo_item *item)
{
	struct fifo_command command;

	memcpy(&command, item->data, sizeof(command));
	printf("{\"id\":%llu,\"data\":", command.id);
	print_string(command.data, item->len - sizeof(command.id));
	putchar('}');
}

static void print_type(__u16 type)
{
	char name[TYPE_NAME_LEN];

	type_name(name, type);
	printf("\"%s\"", name);
}

/* A command that is too short for an id is printed as plain bytes. */
static void print_data(const struct fifo_item *item)
{
	if (item->type == FIFO_ITEM_PROCESS &&
	    item->len == sizeof(struct fifo_process))
		print_process(item);
	else if ((item->type == FIFO_ITEM_COMMAND ||
		  item->type == FIFO_ITEM_REPLY) && item->len >= sizeof(__u64))
		print_command(item);
	else
		print_string(item->data, item->len);
}

void print_json(const struct fifo_item *item)
{
	printf("{\"seq\":%llu,\"time\":%llu,\"source\":%u,\"type\":",
	       item->seq, item->time, item->source);
	print_type(item->type);
	printf(",\"len\":%u,\"data\":", item->len);
	print_data(item);
	printf("}\n");
}
