// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters: which values are accepted, and which are refused.
 */
#include <linux/string.h>
#include "param.h"
#include "fifo.h"
#include "suites.h"

static struct fifo_param param_of(const char *text)
{
	return (struct fifo_param){ .name = "unit", .fallback = text };
}

static struct fifo_entry entry_of(const char *text)
{
	struct fifo_param param = param_of(text);
	struct fifo_entry entry;

	fifo_entry_first(&entry, "fifo_unit", &param);
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
		{ "00.010", 10 }, { "max", FIFO_RATE_MAX },
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
	unsigned int choice;

	KUNIT_EXPECT_EQ(test, fifo_entry_choice(&entry, names, &choice), 0);
	KUNIT_EXPECT_EQ(test, choice, 1);
	entry = entry_of("dro");
	KUNIT_EXPECT_EQ(test, fifo_entry_choice(&entry, names, &choice), -EINVAL);
	entry = entry_of("");
	KUNIT_EXPECT_EQ(test, fifo_entry_choice(&entry, names, &choice), -EINVAL);
}

static void entry_words(struct kunit *test)
{
	static const char *const good[] = { "a b~", "a\tb", "\xc3\xa4\xc3\xa4" };
	static const char *const bad[] = {
		"", "abcde", "a\nb", "a\r", "\x7f", "\xe4", "\xc2\x9b", "\xc3",
		"\xed\xa0\x80", "\xc0\x80", "ab\""
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

static void entry_lists(struct kunit *test)
{
	struct fifo_param param = param_of("1,22,3");
	static const u64 want[] = { 1, 22, 3, 3, 3 };
	struct fifo_entry entry;
	u64 number;
	int i;

	KUNIT_EXPECT_EQ(test, fifo_param_entries(&param), 3);
	fifo_entry_first(&entry, "fifo_unit", &param);
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		KUNIT_EXPECT_EQ(test, fifo_entry_number(&entry, 0, 99, &number), 0);
		KUNIT_EXPECT_EQ(test, number, want[i]);
		fifo_entry_next(&entry);
	}
	param = param_of("1,");
	KUNIT_EXPECT_EQ(test, fifo_param_entries(&param), 2);
	fifo_entry_first(&entry, "fifo_unit", &param);
	fifo_entry_next(&entry);
	KUNIT_EXPECT_EQ(test, fifo_entry_number(&entry, 0, 99, &number), -EINVAL);
}

static struct kunit_case entry_cases[] = {
	KUNIT_CASE(entry_numbers),
	KUNIT_CASE(entry_rates),
	KUNIT_CASE(entry_choices),
	KUNIT_CASE(entry_words),
	KUNIT_CASE(entry_lists),
	{}
};

struct kunit_suite fifo_entry_suite = {
	.name = "fifo_entry",
	.test_cases = entry_cases,
};
