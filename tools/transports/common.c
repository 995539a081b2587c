// SPDX-License-Identifier: GPL-2.0
/*
 * What transports share: settings, names, and what a message says about its item.
 */
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "common.h"
#include "types.h"

/*
 * As errx(), for when a library's threads are at work: exit() would clean up what they use.
 */
void leave(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vwarnx(format, arguments);
	_exit(FAILED);
}

/* --- settings ---------------------------------------------------------------- */

/* Returns NULL if there is no such setting. */
const char *setting(const struct server *server, const char *key)
{
	unsigned int i;

	for (i = 0; i < server->n; i++)
		if (!strcmp(server->settings[i].key, key))
			return server->settings[i].value;
	return NULL;
}

/* Refuses a setting that is not in @keys, which NULL ends. */
void settings_check(const struct server *server, const char *const *keys)
{
	char list[256] = "";
	unsigned int i;
	size_t k;

	for (k = 0; keys[k]; k++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list),
			 "%s%s", k ? ", " : "", keys[k]);
	for (i = 0; i < server->n; i++) {
		for (k = 0; keys[k]; k++)
			if (!strcmp(keys[k], server->settings[i].key))
				break;
		if (!keys[k])
			errx(FAILED, "--config: %s is no setting of %s://, which has: %s",
			     server->settings[i].key, server->scheme, list);
	}
}

/* Refuses @key without @needed. */
void settings_need(const struct server *server, const char *key,
		   const char *needed)
{
	if (setting(server, key) && !setting(server, needed))
		errx(FAILED, "--config: %s without %s: %s:// needs both",
		     key, needed, server->scheme);
}

/* --- names ------------------------------------------------------------------- */

/*
 * Hosts may have one name, as containers do: the machine's id tells them apart. It is
 * confidential: a hash of it is not (FNV-1a). Returns 0 if there is none.
 */
static __u64 machine_hash(void)
{
	FILE *file = fopen("/etc/machine-id", "re");
	__u64 hash = 0xcbf29ce484222325;
	char id[34], *at;

	if (!file)
		return 0;
	if (!fgets(id, sizeof(id), file))
		*id = '\0';
	fclose(file);
	for (at = id; *at; at++)
		hash = (hash ^ (unsigned char)*at) * 0x100000001b3;
	return at == id ? 0 : hash;
}

/* By what a server knows this receiver again, whatever process it is. */
void name_receiver(char name[NAME_LEN], const struct server *server)
{
	char host[64] = "";

	gethostname(host, sizeof(host) - 1);
	snprintf(name, NAME_LEN, "fifoctl-receive-%s-%llx-%u", host,
		 machine_hash(), server->queue);
}

/* --- messages ---------------------------------------------------------------- */

const char *const field_names[FIELDS] = {
	[FIELD_SOURCE] = "source",
	[FIELD_SEQ] = "seq",
	[FIELD_TIME] = "time_ns",
	[FIELD_TYPE] = "type",
};

/* Enough of a boot's id: 60 random bits. */
#define BOOT_LEN	18

/* What all sources of this queue have in front of their numbers. */
static char origin[FIELD_LEN - 12];

static void read_boot(char boot[BOOT_LEN + 1])
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (!file || !fgets(boot, BOOT_LEN + 1, file))
		err(FAILED, "/proc/sys/kernel/random/boot_id");
	fclose(file);
}

/*
 * Each load of fifo.ko counts sources and items anew. The inode of a queue in sysfs is
 * another one each time: so a source of this queue has a name that no other one has, on any
 * machine.
 */
void fields_begin(const struct server *server)
{
	char path[64], boot[BOOT_LEN + 1];
	struct stat stat_buf;

	snprintf(path, sizeof(path), "/sys/class/misc/fifo%u",
		 server->queue);
	if (stat(path, &stat_buf))
		err(FAILED, "%s", path);
	read_boot(boot);
	snprintf(origin, sizeof(origin), "%s/%u-%lx", boot, server->queue,
		 (unsigned long)stat_buf.st_ino);
}

static __u64 now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

/* The time is in nanoseconds since 1970: what other machines understand. */
void fields_of(struct fields *fields, const struct fifo_item *item)
{
	__u64 time = now(CLOCK_REALTIME) - now(CLOCK_MONOTONIC) + item->time;

	snprintf(fields->text[FIELD_SOURCE], FIELD_LEN, "%s/%u", origin,
		 item->source);
	snprintf(fields->text[FIELD_SEQ], FIELD_LEN, "%llu", item->seq);
	snprintf(fields->text[FIELD_TIME], FIELD_LEN, "%llu", time);
	type_name(fields->text[FIELD_TYPE], item->type);
}
