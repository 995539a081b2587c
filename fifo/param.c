// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters that are lists: keeping their text, walking and parsing their
 * entries, and refusing one with a line that says what would have been right.
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
#include "param.h"
#include "user/line.h"
#include "worker/schedule.h"

#define RATES	"from 0.001 to 10000000 items/s with at most 3 decimals, or max"

/* Characters of a list: with a newline and a terminator they are a page. */
#define TEXT_MOST	((unsigned int)PAGE_SIZE - 2)

/* Longer values are cut in messages. */
#define SHOWN	40

/* A list is read until its last entry, which is repeated for ever. */
static void entry_read(struct fifo_entry *entry, const char *from)
{
	const char *comma = strchrnul(from, ',');

	entry->text = from;
	entry->len = comma - from;
	entry->next = *comma ? comma + 1 : NULL;
}

/*
 * The text of a parameter: what was given, or else the default. Pairs with the
 * release in show_number(), for sysfs shows it while the module is being loaded.
 */
const char *fifo_param_text(const struct fifo_param *param)
{
	const char *text = READ_ONCE(param->text);

	return text ? text : param->fallback;
}

/* How many entries a parameter has. */
unsigned int fifo_param_entries(const struct fifo_param *param)
{
	const char *text = fifo_param_text(param);
	unsigned int n = 1;

	while ((text = strchr(text, ','))) {
		text++;
		n++;
	}
	return n;
}

/* Starts at the first entry of @param, a parameter of @module. */
void fifo_entry_first(struct fifo_entry *entry, const char *module,
		      const struct fifo_param *param)
{
	entry->module = module;
	entry->param = param->name;
	entry_read(entry, fifo_param_text(param));
}

/* Goes to the next entry; the last one is repeated. */
void fifo_entry_next(struct fifo_entry *entry)
{
	if (entry->next)
		entry_read(entry, entry->next);
}

/* Says that an entry is refused, and what is allowed. Returns -EINVAL. */
int fifo_entry_refuse(const struct fifo_entry *entry, const char *allowed)
{
	int shown = min_t(size_t, entry->len, SHOWN);

	pr_err("%s: %s=\"%*pE%s\" is refused: must be %s\n", entry->module,
	       entry->param, shown, entry->text,
	       shown < entry->len ? "..." : "", allowed);
	return -EINVAL;
}

/* Says that a list is too long, and why. Returns -EINVAL. */
static int refuse_length(const char *module, const struct fifo_param *param,
			 const char *what, unsigned int n, unsigned int most,
			 const char *why)
{
	const char *text = fifo_param_text(param);
	int shown = min_t(size_t, strlen(text), SHOWN);

	pr_err("%s: %s=\"%*pE%s\" is refused: it has %u %s, must be at most %u%s\n",
	       module, param->name, shown, text, text[shown] ? "..." : "", n,
	       what, most, why);
	return -EINVAL;
}

/*
 * Refuses a list that has more than @most entries, for the reason @why, or more
 * text than sysfs can show: a file there is a page. Returns 0 or -EINVAL.
 */
int fifo_param_check_length(const char *module, const struct fifo_param *param,
			    unsigned int most, const char *why)
{
	unsigned int entries = fifo_param_entries(param);
	size_t len = strlen(fifo_param_text(param));

	if (entries > most)
		return refuse_length(module, param, "entries", entries, most,
				     why);
	if (len > TEXT_MOST)
		return refuse_length(module, param, "characters", len,
				     TEXT_MOST, "");
	return 0;
}

/*
 * Reads decimal digits, at least one. Returns how many there were, or 0 where
 * there were none or the number is above @most.
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

/* A whole number from @least to @most, @most at most 10^18. */
int fifo_entry_number(const struct fifo_entry *entry, u64 least, u64 most,
		      u64 *number)
{
	char allowed[80];

	if (entry->len &&
	    read_digits(entry->text, entry->len, most, number) == entry->len &&
	    *number >= least)
		return 0;
	snprintf(allowed, sizeof(allowed), "a whole number from %llu to %llu",
		 least, most);
	return fifo_entry_refuse(entry, allowed);
}

static bool entry_is(const struct fifo_entry *entry, const char *word)
{
	return strlen(word) == entry->len &&
		!memcmp(entry->text, word, entry->len);
}

/* One of @names, which ends with NULL. */
int fifo_entry_choice(const struct fifo_entry *entry,
		      const char *const *names, unsigned int *choice)
{
	char allowed[80];
	unsigned int i;
	int len = 0;

	for (i = 0; names[i]; i++) {
		if (entry_is(entry, names[i])) {
			*choice = i;
			return 0;
		}
		len += scnprintf(allowed + len, sizeof(allowed) - len, "%s%s",
				 !i ? "" : names[i + 1] ? ", " : " or ",
				 names[i]);
	}
	return fifo_entry_refuse(entry, allowed);
}

/* Up to three decimals behind a point, as thousandths. */
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

	digits = read_digits(text, len, FIFO_RATE_HIGHEST, &whole);
	if (!digits || (digits < len &&
			!read_decimals(text + digits, len - digits,
				       &thousandths)))
		return false;
	*rate = whole * FIFO_RATE_UNIT + thousandths;
	return *rate && *rate <= FIFO_RATE_HIGHEST;
}

/* A rate in thousandths of an item a second, or FIFO_RATE_MAX. */
int fifo_entry_rate(const struct fifo_entry *entry, u64 *rate)
{
	if (entry_is(entry, "max")) {
		*rate = FIFO_RATE_MAX;
		return 0;
	}
	if (read_rate(entry->text, entry->len, rate))
		return 0;
	return fifo_entry_refuse(entry, RATES);
}

/*
 * The kernel takes away a quote at either end of a list: one that is left is not
 * meant for the entry.
 */
static bool is_word(const char *text, size_t len, size_t size)
{
	return len && len < size && fifo_line_clean(text, len) &&
	       !memchr(text, '\r', len) && !memchr(text, '"', len);
}

/* A word of text, terminated; @size counts the terminator. */
int fifo_entry_word(const struct fifo_entry *entry, char *word, size_t size)
{
	char allowed[160];

	if (!is_word(entry->text, entry->len, size)) {
		snprintf(allowed, sizeof(allowed),
			 "1 to %zu bytes of UTF-8 without control characters but tabs, and without quotes: those go around the whole list, as in item=\"two words,B\"",
			 size - 1);
		return fifo_entry_refuse(entry, allowed);
	}
	memcpy(word, entry->text, entry->len);
	word[entry->len] = '\0';
	return 0;
}

/**
 * fifo_param_set() - keep the text of a list
 * @value: the text
 * @kp: its arg is the struct fifo_param
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ENOMEM.
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
 * fifo_param_get() - show a list, as it was given
 * @buffer: a page to write it to
 * @kp: its arg is the struct fifo_param
 *
 * Context: Process context.
 * Return: The bytes written.
 */
int fifo_param_get(char *buffer, const struct kernel_param *kp)
{
	return scnprintf(buffer, PAGE_SIZE, "%s\n", fifo_param_text(kp->arg));
}
EXPORT_SYMBOL_GPL(fifo_param_get);
