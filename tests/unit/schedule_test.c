// SPDX-License-Identifier: GPL-2.0
/*
 * The schedule: exact for ever, never early, lenient after a stall.
 */
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/time64.h>
#include "worker/schedule.h"
#include "suites.h"

#define UNITS		(FIFO_RATE_UNIT * (u64)NSEC_PER_SEC)
#define CENTURY_NS	(100ULL * 366 * 86400 * NSEC_PER_SEC)

static const u64 rates[] = {
	1, 2, 3, 500, 999, 1000, 1001, 3000, 7000, 59940, 60000, 100000, 250000,
	251000, 333000, 333333, 1000000, 1000001, 10000000, 99999999,
	1000000000, 9999999999ULL, FIFO_FINITE_RATE_MAX,
};

/*
 * The exact time of item @n: rounded down, and the remainder, which is right even if the
 * products overflow.
 */
static void expect_exact(struct kunit *test,
			 const struct fifo_schedule *schedule, u64 start, u64 n)
{
	u64 ns = mul_u64_u64_div_u64(n, UNITS, schedule->rate);

	KUNIT_EXPECT_EQ(test, schedule->next, start + ns);
	KUNIT_EXPECT_EQ(test, schedule->fraction,
			n * UNITS - ns * schedule->rate);
}

static void schedule_is_exact(struct kunit *test)
{
	struct fifo_schedule schedule;
	u64 start, n;
	int i;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		start = i % 2 ? CENTURY_NS : 12345;
		fifo_schedule_start(&schedule, rates[i], start);
		for (n = 1; n < 1000; n++) {
			expect_exact(test, &schedule, start, n);
			fifo_schedule_advance(&schedule, 1);
		}
		fifo_schedule_advance(&schedule, FIFO_SCHEDULE_MAX);
		expect_exact(test, &schedule, start, n + FIFO_SCHEDULE_MAX);
	}
}

/* A billion items: at ten a second, more than three years. */
static void schedule_is_exact_after_years(struct kunit *test)
{
	struct fifo_schedule schedule;
	unsigned int n;
	int i;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		/* At the slowest rates they would be due after the end of time. */
		if (rates[i] < 500)
			continue;
		fifo_schedule_start(&schedule, rates[i], CENTURY_NS);
		for (n = 0; n < 1000; n++)
			fifo_schedule_advance(&schedule, FIFO_SCHEDULE_MAX);
		expect_exact(test, &schedule, CENTURY_NS,
			     1 + 1000ULL * FIFO_SCHEDULE_MAX);
	}
}

/* Nanoseconds are signed elsewhere in the kernel: here nothing happens. */
static void schedule_passes_the_sign_bit(struct kunit *test)
{
	u64 start = S64_MAX - 5 * NSEC_PER_SEC / 2;
	struct fifo_schedule schedule;
	unsigned int n;
	u64 now;

	fifo_schedule_start(&schedule, 1000, start);
	for (n = 1; n <= 5; n++) {
		now = start + n * (u64)NSEC_PER_SEC;
		KUNIT_EXPECT_EQ(test, fifo_schedule_gap(&schedule, now - 1), 1);
		KUNIT_EXPECT_EQ(test, fifo_schedule_due(&schedule, now - 1, 9), 0);
		KUNIT_EXPECT_EQ(test, fifo_schedule_due(&schedule, now, 9), 1);
		fifo_schedule_advance(&schedule, 1);
		fifo_schedule_forgive(&schedule, now);
	}
	expect_exact(test, &schedule, start, n);
}

static void schedule_is_never_early(struct kunit *test)
{
	struct fifo_schedule schedule;
	u64 due;
	int i;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		fifo_schedule_start(&schedule, rates[i], 777);
		due = schedule.next + !!schedule.fraction;
		KUNIT_EXPECT_EQ(test, fifo_schedule_due(&schedule, due - 1, 9), 0);
		KUNIT_EXPECT_EQ(test, fifo_schedule_due(&schedule, due, 9), 1);
		KUNIT_EXPECT_EQ(test, fifo_schedule_gap(&schedule, due - 1), 1);
		KUNIT_EXPECT_EQ(test, fifo_schedule_gap(&schedule, due), 0);
	}
}

/* In thousandths, as the product would not fit: @now is below 10 s. */
static u64 exact_items(u64 rate, u64 now)
{
	return div64_u64(now / 1000 * rate + now % 1000 * rate / 1000,
			 UNITS / 1000);
}

/* Woken at odd times, it has always moved rate * time items. */
static void schedule_makes_late_wakeups_good(struct kunit *test)
{
	struct fifo_schedule schedule;
	u64 now, moved;
	unsigned int n;
	int i;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		fifo_schedule_start(&schedule, rates[i], 0);
		moved = 0;
		for (now = 0; now <= 10ULL * NSEC_PER_SEC;
		     now += 1 + now % 777 + 3333333) {
			n = fifo_schedule_due(&schedule, now, FIFO_SCHEDULE_MAX);
			fifo_schedule_advance(&schedule, n);
			moved += n;
			KUNIT_EXPECT_EQ(test, moved, exact_items(rates[i], now));
		}
	}
}

/* Run in each tick, whatever HZ is, it has moved rate * time items. */
static void schedule_holds_at_every_hz(struct kunit *test)
{
	static const unsigned int all_hz[] = {
		24, 32, 48, 64, 100, 128, 200, 250, 256, 300, 500, 1000, 1024, 1200,
	};
	struct fifo_schedule schedule;
	unsigned int n, tick;
	u64 now, moved;
	int i, k;

	for (k = 0; k < ARRAY_SIZE(all_hz); k++)
		for (i = 0; i < ARRAY_SIZE(rates); i++) {
			fifo_schedule_start(&schedule, rates[i], 0);
			moved = 0;
			for (tick = 0; tick <= 3 * all_hz[k]; tick++) {
				now = tick * (u64)NSEC_PER_SEC / all_hz[k];
				n = fifo_schedule_due(&schedule, now,
						      FIFO_SCHEDULE_MAX);
				fifo_schedule_advance(&schedule, n);
				moved += n;
				KUNIT_EXPECT_EQ(test, moved,
						exact_items(rates[i], now));
			}
		}
}

static void schedule_asks_again_after_a_second(struct kunit *test)
{
	struct fifo_schedule schedule;
	u64 now = 3600ULL * NSEC_PER_SEC, moved = 0;
	unsigned int n;

	fifo_schedule_start(&schedule, 5000, 0);
	while ((n = fifo_schedule_due(&schedule, now, FIFO_SCHEDULE_MAX))) {
		fifo_schedule_advance(&schedule, n);
		moved += n;
	}
	KUNIT_EXPECT_EQ(test, moved, 5 * 3600);
}

static void schedule_forgives_a_stall(struct kunit *test)
{
	struct fifo_schedule schedule;
	u64 now, burst;
	int i;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		fifo_schedule_start(&schedule, rates[i], 1000);
		now = schedule.next + 3000ULL * NSEC_PER_SEC;
		fifo_schedule_forgive(&schedule, now);
		burst = max(rates[i] / (10 * FIFO_RATE_UNIT), 1ULL);
		/* The period is in whole nanoseconds there. */
		KUNIT_EXPECT_LE(test, fifo_schedule_due(&schedule, now, ~0U),
				burst + burst / 1000 + (burst > 1));
		KUNIT_EXPECT_GE(test, fifo_schedule_due(&schedule, now, ~0U),
				burst);
	}
}

/* A paused machine, or a clock that has jumped: nobody waited, nobody bursts. */
static void schedule_bounds_every_lateness(struct kunit *test)
{
	struct fifo_schedule schedule, stalled;
	u64 now;
	int i;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		fifo_schedule_start(&schedule, rates[i], 1000);
		now = schedule.next + 3000ULL * NSEC_PER_SEC;
		stalled = schedule;
		fifo_schedule_forgive(&stalled, now);
		fifo_schedule_bound(&schedule, now);
		KUNIT_EXPECT_EQ(test, fifo_schedule_due(&schedule, now, ~0U),
				fifo_schedule_due(&stalled, now, ~0U));
	}
}

/* What a late wake-up owes is made up, and so is the one item of a slow rate. */
static void schedule_stays_exact_when_merely_late(struct kunit *test)
{
	struct fifo_schedule schedule;
	u64 late;
	int i;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		fifo_schedule_start(&schedule, rates[i], 777);
		late = max(div64_u64(UNITS, rates[i]), FIFO_LATE_NS);
		fifo_schedule_bound(&schedule, schedule.next + late);
		expect_exact(test, &schedule, 777, 1);
	}
}

static void schedule_moves_no_more_at_once_than_a_stall_leaves(struct kunit *test)
{
	struct fifo_schedule schedule;
	unsigned int most;
	u64 now;
	int i;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		fifo_schedule_start(&schedule, rates[i], 0);
		now = 3000ULL * NSEC_PER_SEC;
		most = fifo_schedule_batch(&schedule, FIFO_SCHEDULE_MAX);
		fifo_schedule_forgive(&schedule, now);
		KUNIT_EXPECT_GE(test, most, 1);
		KUNIT_EXPECT_LE(test, most, fifo_schedule_due(&schedule, now, ~0U));
		KUNIT_EXPECT_EQ(test, min(most, 64U),
				fifo_schedule_batch(&schedule, 64));
	}
	fifo_schedule_start(&schedule, FIFO_RATE_UNLIMITED, 0);
	KUNIT_EXPECT_EQ(test, fifo_schedule_batch(&schedule, 64), 64);
}

static void schedule_leaves_a_short_stall_alone(struct kunit *test)
{
	struct fifo_schedule schedule, before;

	fifo_schedule_start(&schedule, 1000000, 0);
	before = schedule;
	fifo_schedule_forgive(&schedule, 50 * NSEC_PER_MSEC);
	KUNIT_EXPECT_EQ(test, schedule.next, before.next);
	KUNIT_EXPECT_EQ(test, schedule.fraction, before.fraction);
}

static void schedule_changes_within_a_period(struct kunit *test)
{
	struct fifo_schedule schedule;

	/* Half of the 10 s are gone: half of the 100 ms are left. */
	fifo_schedule_start(&schedule, 100, 0);
	fifo_schedule_change(&schedule, 10000, 5ULL * NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, fifo_schedule_gap(&schedule, 5ULL * NSEC_PER_SEC),
			50 * NSEC_PER_MSEC);
}

/* Run every half tick, with the rate set every 10 ms, it loses nothing. */
static void schedule_changes_without_loss(struct kunit *test)
{
	static const u64 written[] = { 2000000, 1000000 };
	struct fifo_schedule schedule;
	u64 now, moved = 0;
	unsigned int n, writes = 0;

	fifo_schedule_start(&schedule, written[0], 0);
	for (now = 0; now < 10ULL * NSEC_PER_SEC; now += TICK_NSEC / 2) {
		if (now >= 10 * NSEC_PER_MSEC * writes)
			fifo_schedule_change(&schedule, written[writes++ % 2],
					     now);
		n = fifo_schedule_due(&schedule, now, FIFO_SCHEDULE_MAX);
		fifo_schedule_advance(&schedule, n);
		moved += n;
	}
	KUNIT_EXPECT_GE(test, moved, 15000 - 20);
	KUNIT_EXPECT_LE(test, moved, 15000 + 20);
}

static void schedule_change_cuts_what_is_owed(struct kunit *test)
{
	unsigned int tick = TICK_NSEC / 100;
	struct fifo_schedule schedule;
	u64 now = 60ULL * NSEC_PER_SEC;

	/* Hopelessly behind at an item in 100 ns, then one a second. */
	fifo_schedule_start(&schedule, FIFO_FINITE_RATE_MAX, 0);
	fifo_schedule_change(&schedule, 1000, now);
	KUNIT_EXPECT_EQ(test, fifo_schedule_due(&schedule, now, ~0U), tick);
	fifo_schedule_advance(&schedule, tick);
	KUNIT_EXPECT_EQ(test, fifo_schedule_due(&schedule, now, ~0U), 0);
	KUNIT_EXPECT_EQ(test, fifo_schedule_gap(&schedule, now), NSEC_PER_SEC);
}

static void schedule_without_a_limit(struct kunit *test)
{
	struct fifo_schedule schedule;

	fifo_schedule_start(&schedule, FIFO_RATE_UNLIMITED, 5);
	KUNIT_EXPECT_EQ(test, fifo_schedule_due(&schedule, 5, 17), 17);
	fifo_schedule_advance(&schedule, 17);
	fifo_schedule_forgive(&schedule, 6);
	KUNIT_EXPECT_EQ(test, fifo_schedule_gap(&schedule, 6), 0);
	fifo_schedule_change(&schedule, 1000, 7);
	KUNIT_EXPECT_EQ(test, fifo_schedule_gap(&schedule, 7), NSEC_PER_SEC);
	fifo_schedule_change(&schedule, FIFO_RATE_UNLIMITED, 8);
	KUNIT_EXPECT_EQ(test, fifo_schedule_due(&schedule, 8, 3), 3);
}

static void schedule_knows_valid_rates(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, fifo_rate_valid(0));
	KUNIT_EXPECT_TRUE(test, fifo_rate_valid(1));
	KUNIT_EXPECT_TRUE(test, fifo_rate_valid(FIFO_FINITE_RATE_MAX));
	KUNIT_EXPECT_FALSE(test, fifo_rate_valid(FIFO_FINITE_RATE_MAX + 1));
	KUNIT_EXPECT_TRUE(test, fifo_rate_valid(FIFO_RATE_UNLIMITED));
}

static struct kunit_case schedule_cases[] = {
	KUNIT_CASE(schedule_is_exact),
	KUNIT_CASE(schedule_is_exact_after_years),
	KUNIT_CASE(schedule_passes_the_sign_bit),
	KUNIT_CASE(schedule_is_never_early),
	KUNIT_CASE(schedule_makes_late_wakeups_good),
	KUNIT_CASE(schedule_holds_at_every_hz),
	KUNIT_CASE(schedule_asks_again_after_a_second),
	KUNIT_CASE(schedule_forgives_a_stall),
	KUNIT_CASE(schedule_bounds_every_lateness),
	KUNIT_CASE(schedule_stays_exact_when_merely_late),
	KUNIT_CASE(schedule_moves_no_more_at_once_than_a_stall_leaves),
	KUNIT_CASE(schedule_leaves_a_short_stall_alone),
	KUNIT_CASE(schedule_changes_within_a_period),
	KUNIT_CASE(schedule_changes_without_loss),
	KUNIT_CASE(schedule_change_cuts_what_is_owed),
	KUNIT_CASE(schedule_without_a_limit),
	KUNIT_CASE(schedule_knows_valid_rates),
	{}
};

struct kunit_suite fifo_schedule_suite = {
	.name = "fifo_schedule",
	.test_cases = schedule_cases,
};
