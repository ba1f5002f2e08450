/* When a source is asked next. */
#include "given.h"

#include "follow/schedule.h"

static const struct schedule_bounds bounds = {15 * MINUTE, DAY, 0};
static const struct store_rhythm none = {0, 0, 0};

static void pauses_follow_what_is_published(void **state)
{
    (void)state;
    static const struct {
        int64_t items, pause;
    } cases[] = {{0, DAY},           {1, DAY},           {7, 12 * HOUR},      {14, 6 * HOUR},
                 {168, 30 * MINUTE}, {336, 15 * MINUTE}, {10000, 15 * MINUTE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(schedule_pause_ms(&bounds, cases[i].items, &none, -1), cases[i].pause);
    }
}

static void publishers_ask_for_longer_ones(void **state)
{
    (void)state;
    struct store_rhythm hourly = {.ttl_ms = HOUR}, yearly = {.ttl_ms = 365 * DAY};
    assert_int_equal(schedule_pause_ms(&bounds, 10000, &hourly, -1), HOUR);
    assert_int_equal(schedule_pause_ms(&bounds, 10000, &hourly, 2 * HOUR), 2 * HOUR);
    assert_int_equal(schedule_pause_ms(&bounds, 10000, &none, MINUTE), 15 * MINUTE);
    assert_int_equal(schedule_pause_ms(&bounds, 14, &hourly, HOUR), 6 * HOUR);
    assert_int_equal(schedule_pause_ms(&bounds, 10000, &yearly, INT64_MAX), DAY);
}

static void skipped_hours_and_days_are_skipped(void **state)
{
    (void)state;
    struct store_rhythm nights = {.skip_hours = 0xC0003F}; /* 22 to 6 */
    struct store_rhythm weekends = {.skip_days = 1 | 1 << 6};
    struct store_rhythm both = {.skip_hours = 0xC0003F, .skip_days = 1 | 1 << 6};
    struct store_rhythm all = {.skip_hours = 0xFFFFFF}, week = {.skip_days = 0x7F};
    assert_int_equal(schedule_skip_ms(&none, MONDAY + 5), MONDAY + 5);
    assert_int_equal(schedule_skip_ms(&nights, MONDAY + 5), MONDAY + 6 * HOUR);
    assert_int_equal(schedule_skip_ms(&nights, MONDAY + 6 * HOUR), MONDAY + 6 * HOUR);
    assert_int_equal(schedule_skip_ms(&nights, MONDAY + 22 * HOUR + 1), MONDAY + DAY + 6 * HOUR);
    assert_int_equal(schedule_skip_ms(&weekends, MONDAY + 4 * DAY + 7), MONDAY + 4 * DAY + 7);
    assert_int_equal(schedule_skip_ms(&weekends, MONDAY + 5 * DAY + 7), MONDAY + WEEK);
    assert_int_equal(schedule_skip_ms(&both, MONDAY + 5 * DAY + 7), MONDAY + WEEK + 6 * HOUR);
    assert_int_equal(schedule_skip_ms(&all, MONDAY + 7), MONDAY + 7);
    assert_int_equal(schedule_skip_ms(&week, MONDAY + 7), MONDAY + 7);
}

static int64_t after(int64_t failures, bool answered, int64_t retry_ms)
{
    return schedule_failure_ms(&bounds, failures, answered, retry_ms, 7, MONDAY) - MONDAY;
}

static void failures_double_the_pause(void **state)
{
    (void)state;
    assert_int_equal(after(1, true, -1), 15 * MINUTE);
    assert_int_equal(after(2, true, -1), 30 * MINUTE);
    assert_int_equal(after(4, true, -1), 2 * HOUR);
    assert_int_equal(after(8, true, -1), DAY);
    assert_int_equal(after(1000000, true, -1), DAY);
    assert_int_equal(after(3, false, -1), HOUR);
    assert_int_equal(after(1000000, false, -1), HOUR); /* the network that is down may be ours */
}

static void retry_after_is_waited_for(void **state)
{
    (void)state;
    assert_int_equal(after(1, true, 5 * HOUR), 5 * HOUR);
    assert_int_equal(after(1, true, MINUTE), 15 * MINUTE);
    assert_int_equal(after(1, true, 3 * DAY), 3 * DAY); /* also beyond the longest pause */
    assert_int_equal(after(1, true, INT64_MAX), WEEK);  /* but not for ever */
}

static void jitter_lengthens_and_is_the_same_again(void **state)
{
    (void)state;
    struct schedule_bounds some = {15 * MINUTE, DAY, 10};
    int64_t least = INT64_MAX, most = 0;
    for (uint64_t seed = 0; seed < 1000; seed++) {
        int64_t at = schedule_failure_ms(&some, 3, true, -1, seed, MONDAY) - MONDAY;
        assert_int_equal(schedule_failure_ms(&some, 3, true, -1, seed, MONDAY) - MONDAY, at);
        assert_in_range(at, HOUR, HOUR + 6 * MINUTE);
        least = at < least ? at : least;
        most = at > most ? at : most;
    }
    assert_true(least < HOUR + 20000 && most > HOUR + 6 * MINUTE - 20000);
    assert_in_range(schedule_success_ms(&some, 14, &none, -1, 3, MONDAY), MONDAY + 6 * HOUR,
                    MONDAY + 6 * HOUR + 36 * MINUTE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pauses_follow_what_is_published),
                                       cmocka_unit_test(publishers_ask_for_longer_ones),
                                       cmocka_unit_test(skipped_hours_and_days_are_skipped),
                                       cmocka_unit_test(failures_double_the_pause),
                                       cmocka_unit_test(retry_after_is_waited_for),
                                       cmocka_unit_test(jitter_lengthens_and_is_the_same_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
