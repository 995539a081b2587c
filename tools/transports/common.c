// SPDX-License-Identifier: GPL-2.0
/*
 * What transports share: settings, what a message says about its item, and when to connect
 * again.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include "common.h"
#include "types.h"

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

/* --- connections ------------------------------------------------------------- */

/* How long to wait before the next try, in milliseconds: first, and at most. */
#define DELAY_FIRST	100
#define DELAY_MOST	10000

static int timer = -1;
static unsigned int delay;

/* Says so once, and arms the timer. Each delay is twice the one before. */
void connection_failed(const struct server *server, const char *why)
{
	struct itimerspec after = { 0 };

	if (!delay)
		warnx("%s: %s: trying again", server->url, why);
	delay = delay ? delay * 2 : DELAY_FIRST;
	if (delay > DELAY_MOST)
		delay = DELAY_MOST;
	after.it_value.tv_sec = delay / 1000;
	after.it_value.tv_nsec = delay % 1000 * 1000000;
	if (timerfd_settime(connection_timer(), 0, &after, NULL))
		err(FAILED, "timerfd_settime");
}

/* Says so after a failure only. */
void connection_made(const struct server *server)
{
	if (delay)
		warnx("%s: connected", server->url);
	delay = 0;
}

/* Can be read when it is time to connect again. */
int connection_timer(void)
{
	if (timer < 0)
		timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (timer < 0)
		err(FAILED, "timerfd_create");
	return timer;
}

/* Is it time to connect again? Only once after each failure. */
bool connection_due(void)
{
	__u64 expired;

	return read(connection_timer(), &expired, sizeof(expired)) > 0;
}

/* Waits until it is time. Returns false if the program is to stop. */
bool connection_wait(const struct sink *sink)
{
	const struct pollfd fd = { .fd = connection_timer(), .events = POLLIN };

	while (!connection_due())
		if (!sink->wait(fd, -1))
			return false;
	return true;
}
