// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the files of queues in sysfs, again and again. They stay open, as opening one costs
 * several times as much as reading it. That does not keep fifo.ko from being unloaded.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "files.h"
#include "sysfs.h"

/* The most files of a queue. */
#define FILES_MAX	32

/**
 * struct file - a file of a queue
 * @name: its name, or NULL behind the last file
 * @fd: its descriptor, or a negative number if it is not open
 */
struct file {
	const char *name;
	int fd;
};

static struct file *find_file(unsigned int queue, const char *name)
{
	static struct file files[QUEUES_MAX][FILES_MAX];
	struct file *file = files[queue];

	while (file->name && strcmp(file->name, name))
		file++;
	if (!file->name)
		*file = (struct file){ name, -1 };
	return file;
}

static ssize_t read_open(struct file *file, char *text, size_t size)
{
	ssize_t len = -1;

	if (file->fd >= 0)
		len = pread(file->fd, text, size - 1, 0);
	if (len < 0 && file->fd >= 0) {
		close(file->fd);
		file->fd = -1;
	}
	return len;
}

/*
 * Reads a file. Returns false, and an empty text, if it cannot be read. A file that was open
 * when fifo.ko was unloaded cannot be read any more, but there may be a new one.
 */
bool files_read(unsigned int queue, const char *name, char *text, size_t size)
{
	struct file *file;
	ssize_t len;

	text[0] = '\0';
	if (queue >= QUEUES_MAX)
		return false;
	file = find_file(queue, name);
	len = read_open(file, text, size);
	if (len < 0) {
		file->fd = fifo_sysfs_open(queue, name);
		len = read_open(file, text, size);
	}
	if (len < 0)
		return false;
	text[len] = '\0';
	return true;
}

/* Returns 0 if the file is missing: older releases have fewer. */
unsigned long long files_read_number(unsigned int queue, const char *name)
{
	char text[32];

	files_read(queue, name, text, sizeof(text));
	return strtoull(text, NULL, 10);
}

void files_read_word(unsigned int queue, const char *name, char *word,
		     size_t size)
{
	files_read(queue, name, word, size);
	word[strcspn(word, "\n")] = '\0';
}
