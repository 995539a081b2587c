// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameters that are lists: keeps their text, walks and parses their entries,
 * and refuses a bad one with a line that names the values allowed.
 */
#define pr_fmt(fmt) fmt

#include <linux/compiler.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "fifo.h"
#include "line.h"
#include "param.h"

#define RATES	"from 0.001 to 10000000 items/s with at most 3 decimals, or max"

/* Bytes of a list: sysfs shows it in a page, with a newline and a terminator. */
#define TEXT_MAX	((unsigned int)PAGE_SIZE - 2)

/* Messages show at most this much of a value. */
#define SHOWN_MAX	40

/*
 * The list that was given, or the fallback.
 *
 * (X) address dependency, from loading @text to
 * reading its bytes. Pairs with (Y), the release in show_number() of client/client_param.c,
 * which sets @text while a task may be reading it through sysfs. Without them that task may
 * read the memory as it was before the text was written.
 */
static const char *param_text(const struct fifo_param *param)
{
	const char *text = READ_ONCE(param->text);

	return text ? text : READ_ONCE(param->fallback);
}

static void entry_read(struct fifo_entry *entry, const char *from)
{
	const char *comma = strchrnul(from, ',');

	entry->text = from;
	entry->len = comma - from;
	entry->next = *comma ? comma + 1 : NULL;
}

/**
 * fifo_entry_refuse() - log that an entry is refused, and what is allowed
 * @entry: the entry
 * @allowed: what is allowed, to follow "must be"
 *
 * Context: Any.
 * Return: -EINVAL.
 */
int fifo_entry_refuse(const struct fifo_entry *entry, const char *allowed)
{
	int shown = min_t(size_t, entry->len, SHOWN_MAX);

	pr_err("%s: %s=\"%*pE%s\" is refused: must be %s\n", entry->module,
	       entry->param, shown, entry->text,
	       shown < entry->len ? "..." : "", allowed);
	return -EINVAL;
}
EXPORT_SYMBOL_GPL(fifo_entry_refuse);

static int refuse_length(const char *module, const struct fifo_param *param,
			 const char *what, unsigned int n, unsigned int limit,
			 const char *why)
{
	const char *text = param_text(param);
	int shown = min_t(size_t, strlen(text), SHOWN_MAX);

	pr_err("%s: %s=\"%*pE%s\" is refused: it has %u %s, must be at most %u%s\n",
	       module, param->name, shown, text, text[shown] ? "..." : "", n,
	       what, limit, why);
	return -EINVAL;
}

/* The number of entries of a list, or -EINVAL if it is too long. */
static int count_entries(const char *module, const struct fifo_param *param,
			 unsigned int limit, const char *why)
{
	const char *comma, *text = param_text(param);
	size_t len = strlen(text);
	unsigned int n = 1;

	for (comma = text; (comma = strchr(comma, ',')); comma++)
		n++;
	if (n > limit)
		return refuse_length(module, param, "entries", n, limit, why);
	if (len > TEXT_MAX)
		return refuse_length(module, param, "characters", len, TEXT_MAX,
				     "");
	return n;
}

/*
 * The number of entries of the longest list, at least 1. Returns -EINVAL if one has more
 * than @limit entries, for the reason @why, or more text than sysfs can show.
 */
int fifo_param_longest(const char *module, const struct fifo_param_row *rows,
		       unsigned int limit, const char *why)
{
	int n, longest = 1;

	for (; rows && rows->param; rows++) {
		if (!param_text(rows->param))
			continue;
		n = count_entries(module, rows->param, limit, why);
		if (n < 0)
			return n;
		longest = max(longest, n);
	}
	return longest;
}

/*
 * Parses the lists, one after the other, into @n objects of @size bytes each. Returns 0,
 * or the error of the first entry that is refused.
 */
int fifo_param_parse(const char *module, const struct fifo_param_row *rows,
		     void *objects, size_t size, unsigned int n)
{
	struct fifo_entry entry = { .module = module };
	unsigned int i;
	int err = 0;

	for (; !err && rows && rows->param; rows++) {
		if (!param_text(rows->param))
			continue;
		entry.param = rows->param->name;
		entry_read(&entry, param_text(rows->param));
		for (i = 0; !err && i < n; i++) {
			err = rows->parse(&entry, objects + i * size);
			if (entry.next)
				entry_read(&entry, entry.next);
		}
	}
	return err;
}

/*
 * Reads decimal digits. Returns how many there are, or 0 if the number is above @most.
 * @most is at most 10^18, so that one more digit does not overflow.
 */
static size_t read_digits(const char *text, size_t len, u64 most, u64 *number)
{
	size_t i;

	*number = 0;
	for (i = 0; i < len && isdigit(text[i]); i++) {
		*number = *number * 10 + text[i] - '0';
		if (*number > most)
			return 0;
	}
	return i;
}

/* Is it a whole number up to @most, which is at most 10^18? */
bool fifo_entry_is_number(const struct fifo_entry *entry, u64 most, u64 *number)
{
	return entry->len &&
	       read_digits(entry->text, entry->len, most, number) == entry->len;
}

/**
 * fifo_entry_number() - parse an entry that is a whole number
 * @entry: the entry
 * @least: the least number allowed
 * @most: the greatest number allowed, at most 10^18
 * @number: set to the number; undefined after an error
 *
 * Context: Any.
 * Return: 0, or -EINVAL after a line in the log.
 */
int fifo_entry_number(const struct fifo_entry *entry, u64 least, u64 most,
		      u64 *number)
{
	char allowed[80];

	if (fifo_entry_is_number(entry, most, number) && *number >= least)
		return 0;
	snprintf(allowed, sizeof(allowed), "a whole number from %llu to %llu",
		 least, most);
	return fifo_entry_refuse(entry, allowed);
}
EXPORT_SYMBOL_GPL(fifo_entry_number);

bool fifo_entry_is(const struct fifo_entry *entry, const char *word)
{
	return strlen(word) == entry->len &&
		!memcmp(entry->text, word, entry->len);
}

/**
 * fifo_entry_choice() - parse an entry that is one of several words
 * @entry: the entry
 * @names: the words; NULL ends them
 *
 * Context: Any.
 * Return: The index of the word, or -EINVAL after a line in the log.
 */
int fifo_entry_choice(const struct fifo_entry *entry, const char *const *names)
{
	char allowed[80];
	int i, len = 0;

	for (i = 0; names[i]; i++) {
		if (fifo_entry_is(entry, names[i]))
			return i;
		len += scnprintf(allowed + len, sizeof(allowed) - len, "%s%s",
				 !i ? "" : names[i + 1] ? ", " : " or ",
				 names[i]);
	}
	return fifo_entry_refuse(entry, allowed);
}
EXPORT_SYMBOL_GPL(fifo_entry_choice);

/* One to three digits behind a point, as thousandths. */
static bool read_decimals(const char *text, size_t len, u64 *thousandths)
{
	static const unsigned int scale[] = { 0, 100, 10, 1 };

	if (len < 2 || len > 4 || text[0] != '.' ||
	    read_digits(text + 1, len - 1, 999, thousandths) != len - 1)
		return false;
	*thousandths *= scale[len - 1];
	return true;
}

static bool read_rate(const char *text, size_t len, u64 *rate)
{
	u64 whole, thousandths = 0;
	size_t digits;

	digits = read_digits(text, len, FIFO_FINITE_RATE_MAX, &whole);
	if (!digits || (digits < len &&
			!read_decimals(text + digits, len - digits,
				       &thousandths)))
		return false;
	*rate = whole * FIFO_RATE_UNIT + thousandths;
	return *rate && *rate <= FIFO_FINITE_RATE_MAX;
}

/*
 * Parses a rate into a u64: thousandths of an item a second, or FIFO_RATE_UNLIMITED. Returns 0,
 * or -EINVAL after a line in the log.
 */
int fifo_entry_rate(const struct fifo_entry *entry, void *object)
{
	u64 *rate = object;

	if (fifo_entry_is(entry, "max")) {
		*rate = FIFO_RATE_UNLIMITED;
		return 0;
	}
	if (read_rate(entry->text, entry->len, rate))
		return 0;
	return fifo_entry_refuse(entry, RATES);
}

/*
 * The kernel strips quotes from the ends of a value. A quote that is left was meant for
 * the shell or for the kernel.
 */
static bool is_word(const char *text, size_t len, size_t size)
{
	return len && len < size && fifo_line_clean(text, len) &&
	       !memchr(text, '\r', len) && !memchr(text, '"', len);
}

/**
 * fifo_entry_word() - parse an entry that is text: UTF-8 without control characters
 * @entry: the entry
 * @word: set to the text, terminated; unchanged after an error
 * @size: bytes of @word, with the terminator
 *
 * Tabs are allowed, quotes are not.
 *
 * Context: Any.
 * Return: 0, or -EINVAL after a line in the log.
 */
int fifo_entry_word(const struct fifo_entry *entry, char *word, size_t size)
{
	char allowed[224];

	if (!is_word(entry->text, entry->len, size)) {
		snprintf(allowed, sizeof(allowed),
			 "1 to %zu bytes of UTF-8 without control characters but tabs, and without quotes: those go around the whole list, %s=\"two words,B\", and in a shell '%s=\"two words,B\"'",
			 size - 1, entry->param, entry->param);
		return fifo_entry_refuse(entry, allowed);
	}
	memcpy(word, entry->text, entry->len);
	word[entry->len] = '\0';
	return 0;
}
EXPORT_SYMBOL_GPL(fifo_entry_word);

/**
 * fifo_param_set() - keep the text of a list
 * @value: the text
 * @kp: the parameter; its arg is the struct fifo_param
 *
 * For parameters that are written only while the module is being loaded.
 *
 * Context: Process context, may sleep.
 * Return: 0, or -ENOMEM: then it keeps the old text.
 */
int fifo_param_set(const char *value, const struct kernel_param *kp)
{
	struct fifo_param *param = kp->arg;
	char *text;

	text = kstrdup(value, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	kfree(param->text);
	param->text = text;
	return 0;
}
EXPORT_SYMBOL_GPL(fifo_param_set);

/**
 * fifo_param_get() - show a list as it was given, or else its fallback
 * @buffer: a page for the text, which ends with a newline
 * @kp: the parameter; its arg is the struct fifo_param
 *
 * Context: Process context. The caller (the kernel) holds the module's param_lock, so the
 * text is not freed meanwhile.
 * Return: The number of bytes written, without the terminator.
 */
int fifo_param_get(char *buffer, const struct kernel_param *kp)
{
	return scnprintf(buffer, PAGE_SIZE, "%s\n", param_text(kp->arg));
}
EXPORT_SYMBOL_GPL(fifo_param_get);
