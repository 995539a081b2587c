// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters: which values are accepted, and which are refused.
 */
#include <linux/string.h>
#include "param.h"
#include "../../producer/param.h"
#include "fifo.h"
#include "suites.h"

static struct fifo_param param_of(const char *text)
{
	return (struct fifo_param){ .name = "unit", .fallback = text };
}

static int copy_entry(const struct fifo_entry *entry, void *object)
{
	*(struct fifo_entry *)object = *entry;
	return 0;
}

static struct fifo_entry entry_of(const char *text)
{
	struct fifo_param param = param_of(text);
	const struct fifo_param_row rows[] = { { &param, copy_entry }, {} };
	struct fifo_entry entry;

	fifo_param_parse("fifo_unit", rows, &entry, sizeof(entry), 1);
	return entry;
}

static void entry_numbers(struct kunit *test)
{
	static const struct {
		const char *text;
		s64 number;
	} cases[] = {
		/* -1: refused */
		{ "1", 1 }, { "007", 7 }, { "1048576", 1048576 },
		{ "0", -1 }, { "1048577", -1 }, { "", -1 }, { "-1", -1 },
		{ "+1", -1 }, { " 1", -1 }, { "1 ", -1 }, { "0x10", -1 },
		{ "1e3", -1 }, { "1.0", -1 }, { "x", -1 },
		{ "18446744073709551616", -1 }, { "18446744073709551617", -1 },
		{ "99999999999999999999999999999999999999999999999", -1 },
	};
	struct fifo_entry entry;
	u64 number;
	int i, err;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		entry = entry_of(cases[i].text);
		err = fifo_entry_number(&entry, 1, 1048576, &number);
		if (cases[i].number < 0) {
			KUNIT_EXPECT_EQ(test, err, -EINVAL);
			continue;
		}
		KUNIT_EXPECT_EQ(test, err, 0);
		KUNIT_EXPECT_EQ(test, number, (u64)cases[i].number);
	}
}

static void entry_rates(struct kunit *test)
{
	static const struct {
		const char *text;
		u64 rate;
	} cases[] = {
		/* 0: refused */
		{ "1", 1000 }, { "0.001", 1 }, { "0.5", 500 }, { "3.25", 3250 },
		{ "10000000", 10000000000ULL }, { "10000000.0", 10000000000ULL },
		{ "00.010", 10 }, { "max", FIFO_RATE_UNLIMITED },
		{ "0", 0 }, { "0.000", 0 }, { "0.0001", 0 }, { "1.0000", 0 },
		{ "10000000.001", 0 }, { "10000001", 0 }, { ".5", 0 },
		{ "5.", 0 }, { "-1", 0 }, { "1,5", 1000 }, { "", 0 },
		{ "maximum", 0 }, { "MAX", 0 }, { "ma", 0 }, { "1.2.3", 0 },
		{ "1e3", 0 }, { "nan", 0 },
		{ "99999999999999999999999999999999", 0 },
	};
	struct fifo_entry entry;
	u64 rate;
	int i, err;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		entry = entry_of(cases[i].text);
		err = fifo_entry_rate(&entry, &rate);
		if (!cases[i].rate) {
			KUNIT_EXPECT_EQ(test, err, -EINVAL);
			continue;
		}
		KUNIT_EXPECT_EQ(test, err, 0);
		KUNIT_EXPECT_EQ(test, rate, cases[i].rate);
	}
}

static void entry_choices(struct kunit *test)
{
	static const char *const names[] = { "block", "drop", "dropped", NULL };
	struct fifo_entry entry = entry_of("drop,x");

	KUNIT_EXPECT_EQ(test, fifo_entry_choice(&entry, names), 1);
	entry = entry_of("dro");
	KUNIT_EXPECT_EQ(test, fifo_entry_choice(&entry, names), -EINVAL);
	entry = entry_of("");
	KUNIT_EXPECT_EQ(test, fifo_entry_choice(&entry, names), -EINVAL);
}

static void entry_words(struct kunit *test)
{
	static const char *const good[] = { "a b~", "a\tb", "\xc3\xa4\xc3\xa4" };
	static const char *const bad[] = {
		"", "abcde", "a\nb", "a\r", "\x7f", "\xe4", "\xc2\x9b", "\xc3",
		"\xed\xa0\x80", "\xc0\x80", "ab\"", "\"ab", "a\"b", "\"a\"", "\""
	};
	struct fifo_entry entry;
	char word[5];
	int i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		entry = entry_of(good[i]);
		KUNIT_EXPECT_EQ(test, fifo_entry_word(&entry, word, sizeof(word)), 0);
		KUNIT_EXPECT_STREQ(test, word, good[i]);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		entry = entry_of(bad[i]);
		KUNIT_EXPECT_EQ(test, fifo_entry_word(&entry, word, sizeof(word)),
				-EINVAL);
	}
}

static int parse_number(const struct fifo_entry *entry, void *number)
{
	return fifo_entry_number(entry, 0, 99, number);
}

static void entry_lists(struct kunit *test)
{
	struct fifo_param param = param_of("1,22,3"), unset = param_of(NULL);
	const struct fifo_param_row rows[] = {
		{ &unset, parse_number }, { &param, parse_number }, {}
	};
	static const u64 want[] = { 1, 22, 3, 3, 3 };
	u64 numbers[ARRAY_SIZE(want)];
	int i;

	KUNIT_EXPECT_EQ(test, fifo_param_longest("fifo_unit", rows, 3, ""), 3);
	KUNIT_EXPECT_EQ(test, fifo_param_longest("fifo_unit", rows, 2, ""),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, fifo_param_parse("fifo_unit", rows, numbers,
					       sizeof(*numbers),
					       ARRAY_SIZE(numbers)), 0);
	for (i = 0; i < ARRAY_SIZE(want); i++)
		KUNIT_EXPECT_EQ(test, numbers[i], want[i]);
	param = param_of("1,");
	KUNIT_EXPECT_EQ(test, fifo_param_longest("fifo_unit", rows, 3, ""), 2);
	KUNIT_EXPECT_EQ(test, fifo_param_parse("fifo_unit", rows, numbers,
					       sizeof(*numbers), 2), -EINVAL);
	KUNIT_EXPECT_EQ(test, fifo_param_longest("fifo_unit", NULL, 3, ""), 1);
}

static const struct fifo_param_row *producer_row(const char *name)
{
	const struct fifo_param_row *row;

	for (row = producer_param_rows; row->param; row++)
		if (!strcmp(row->param->name, name))
			return row;
	return NULL;
}

/* A state is taken only if uid is given. */
static void producer_entries(struct kunit *test)
{
	static const struct {
		const char *param, *text, *uid;
		int err;
	} cases[] = {
		{ "item", "12345678901234567890123456789012", NULL, 0 },
		{ "item", "123456789012345678901234567890123", NULL, -EINVAL },
		{ "type", "command", NULL, 0 },
		{ "type", "process", NULL, -EINVAL },
		{ "state", "t", NULL, -EINVAL },
		{ "uid", "4294967294", "0", 0 },
		{ "uid", "4294967295", "0", -EINVAL },
		{ "state", "t", "0", 0 },
		{ "state", "X", "0", -EINVAL },
	};
	struct producer_instance *instance;
	const struct fifo_param_row *row;
	struct fifo_param *uid;
	struct fifo_entry entry;
	int i;

	instance = kunit_kzalloc(test, sizeof(*instance), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, instance);
	uid = (struct fifo_param *)producer_row("uid")->param;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		uid->text = (char *)cases[i].uid;
		row = producer_row(cases[i].param);
		entry = entry_of(cases[i].text);
		KUNIT_EXPECT_EQ(test, row->parse(&entry, instance), cases[i].err);
	}
	uid->text = NULL;
	KUNIT_EXPECT_STREQ(test, instance->word, cases[0].text);
	KUNIT_EXPECT_EQ(test, instance->type, FIFO_ITEM_COMMAND);
	KUNIT_EXPECT_EQ(test, instance->uid, U32_MAX - 1);
	KUNIT_EXPECT_EQ(test, instance->state, 't');
}

static struct kunit_case entry_cases[] = {
	KUNIT_CASE(entry_numbers),
	KUNIT_CASE(entry_rates),
	KUNIT_CASE(entry_choices),
	KUNIT_CASE(entry_words),
	KUNIT_CASE(entry_lists),
	KUNIT_CASE(producer_entries),
	{}
};

struct kunit_suite fifo_entry_suite = {
	.name = "fifo_entry",
	.test_cases = entry_cases,
};
