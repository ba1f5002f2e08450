/* Buckets of time against plain counting, and what days' counters and rows say of the same filter. */
#include "random_work.h"

#include "store/buckets.h"
#include "store/timeline.h"

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static void test_months_and_years(void **state)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    (void)state;
    int64_t day = -719528; /* 0000-01-01 */
    for (int year = 0; year < 3000; year++) {
        for (int month = 0; month < 12; month++) {
            int64_t months = (int64_t)(year - 1970) * 12 + month;
            int length = lengths[month] + (month == 1 && is_leap(year));
            assert_int_equal(bucket_start(INTERVAL_MONTH, months), day * DAY_MS);
            assert_int_equal(bucket_of(INTERVAL_MONTH, day * DAY_MS), months);
            assert_int_equal(bucket_of(INTERVAL_MONTH, (day + length) * DAY_MS - 1), months);
            assert_int_equal(bucket_of(INTERVAL_YEAR, day * DAY_MS), year - 1970);
            assert_int_equal(bucket_of(INTERVAL_YEAR, (day + length) * DAY_MS - 1), year - 1970);
            day += length;
        }
        assert_int_equal(bucket_start(INTERVAL_YEAR, year + 1 - 1970), day * DAY_MS);
    }
}

static void test_weeks_begin_on_monday(void **state)
{
    (void)state;
    const int64_t monday = INT64_C(1770595200000); /* 2026-02-09 */
    for (int64_t day = -7000; day < 7000; day++) {
        int64_t week = bucket_of(INTERVAL_WEEK, monday + day * DAY_MS);
        assert_int_equal((bucket_start(INTERVAL_WEEK, week) - monday) % (7 * DAY_MS), 0);
        assert_int_equal(week - bucket_of(INTERVAL_WEEK, monday), floor_div(day, 7));
    }
    assert_int_equal(bucket_of(INTERVAL_HOUR, -1), -1);
    assert_int_equal(bucket_of(INTERVAL_DAY, -1), -1);
}

static struct store_timeline ask(struct archive *a, struct store_timeline_query q)
{
    struct store_timeline timeline;
    struct err e = {0};
    if (store_timeline(a->reader, &q, a->arena, &timeline, &e) != RC_OK) {
        fail_msg("%s", e.message);
    }
    return timeline;
}

/* Days' counters say what walking every row does. */
static void test_counters_and_rows_agree(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    for (unsigned i = 0; i < 60; i++) {
        random_article(&f, i % 40, i / 20);
        f.document.published.time_ms += (int64_t)(i * 7 % 90) * DAY_MS;
        fixture_put(&f, a->store);
        fixture_end(&f);
    }
    for (int kind = 0; kind < 3; kind++) {
        struct store_timeline_query q = {.list = kind == 2 ? STORE_QUOTE_LIST : STORE_ARTICLE_LIST,
                                         .mentions = kind == 1,
                                         .interval = INTERVAL_WEEK};
        struct store_timeline counted = ask(a, q);
        q.has_split = true; /* that takes the rows */
        q.split = FACET_SOURCE;
        q.split_limit = 5;
        struct store_timeline walked = ask(a, q);
        assert_int_equal(counted.total, walked.total);
        assert_int_equal(counted.count, walked.count);
        assert_true(counted.count > 5);
        for (size_t i = 0; i < counted.count; i++) {
            int64_t sum = walked.other[i] + walked.missing[i];
            for (size_t k = 0; k < walked.series_count; k++) {
                sum += walked.series[k].counts[i];
            }
            assert_int_equal(counted.counts[i], walked.counts[i]);
            assert_int_equal(counted.corpus[i], walked.counts[i]);
            assert_int_equal(sum, walked.counts[i]);
        }
    }
    archive_check(a, false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_months_and_years),
                                       cmocka_unit_test(test_weeks_begin_on_monday),
                                       TEST(test_counters_and_rows_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
