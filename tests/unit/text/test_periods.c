#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/dates.h"
#include "text/periods.h"

/* 2026-03-31T12:30:00Z */
#define NOW INT64_C(1774960200000)

static void check_period(const char *text, const char *from, const char *to)
{
    int64_t from_ms, to_ms;
    bool relative = false;
    char first[32], last[32];
    if (!periods_parse(slice_cstr(text), NOW, &from_ms, &to_ms, &relative)) {
        fail_msg("'%s' is no period", text);
    }
    dates_format(from_ms, false, first);
    assert_string_equal(first, from);
    if (to) {
        dates_format(to_ms, false, last);
        assert_string_equal(last, to);
    } else {
        assert_int_equal(to_ms, INT64_MAX);
    }
    assert_int_equal(relative, text[0] == '-');
}

static void test_periods(void **state)
{
    (void)state;
    check_period("2026-02-03", "2026-02-03T00:00:00Z", "2026-02-04T00:00:00Z");
    check_period("2026-02", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z");
    check_period("2024", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z");
    check_period("2026-02-01/2026-02-08", "2026-02-01T00:00:00Z", "2026-02-08T00:00:00Z");
    check_period("2026-02-01/P1W", "2026-02-01T00:00:00Z", "2026-02-08T00:00:00Z");
    check_period("2026-02/P1M", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z");
    check_period("P1W/2026-02-08", "2026-02-01T00:00:00Z", "2026-02-08T00:00:00Z");
    check_period("2026-02-01T06:00:00Z/PT90M", "2026-02-01T06:00:00Z", "2026-02-01T07:30:00Z");
    check_period("2026-02-01/P1DT12H", "2026-02-01T00:00:00Z", "2026-02-02T12:00:00Z");
    check_period("-7d", "2026-03-24T12:30:00Z", NULL);
    check_period("-1mo", "2026-02-28T12:30:00Z", NULL); /* February has no 31st */
    check_period("-P1M", "2026-02-28T12:30:00Z", NULL);
    check_period("-1y/now", "2025-03-31T12:30:00Z", "2026-03-31T12:30:00Z");
    check_period("-2w/P1W", "2026-03-17T12:30:00Z", "2026-03-24T12:30:00Z");
}

static void test_what_is_none(void **state)
{
    (void)state;
    static const char *const no[] = {"",
                                     "/",
                                     "7d",
                                     "-7",
                                     "-d",
                                     "-7x",
                                     "P1W",
                                     "2026-13",
                                     "2026-2",
                                     "20260",
                                     "2026-02-30",
                                     "2026-02-01/",
                                     "/2026-02",
                                     "P1W/P1W",
                                     "2026-02-08/2026-02-01",
                                     "2026-02-01/2026-02-01",
                                     "2026-02-01T00:00:00Z",
                                     "2026-02-01/P",
                                     "2026-02-01/PT",
                                     "2026-02-01/P1H",
                                     "2026-02-01/PT1D",
                                     "2026-02-01/P9999999D",
                                     "-9999999d",
                                     "--7d",
                                     "now/-7d",
                                     "2026-02-01/P1WT"};
    int64_t from, to;
    bool relative = false;
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
        if (periods_parse(slice_cstr(no[i]), NOW, &from, &to, &relative)) {
            fail_msg("'%s' is taken for a period", no[i]);
        }
    }
    assert_false(relative);
}

static void test_moments(void **state)
{
    (void)state;
    int64_t ms;
    bool relative = false;
    assert_true(periods_moment(SLICE("2026-03-31T12:30:00Z"), NOW, &ms, &relative));
    assert_true(ms == NOW && !relative);
    assert_true(periods_moment(SLICE("now"), NOW, &ms, &relative));
    assert_true(ms == NOW && relative);
    assert_true(periods_moment(SLICE("-12h"), NOW, &ms, &relative));
    assert_int_equal(NOW - ms, 12 * 3600000);
    assert_false(periods_moment(SLICE("2026-02"), NOW, &ms, &relative));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_periods),
        cmocka_unit_test(test_what_is_none),
        cmocka_unit_test(test_moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
