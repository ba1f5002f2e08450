#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "text/dates.h"

static void expect(const char *text, const char *formatted)
{
    int64_t time_ms = 0;
    bool date_only = false;
    char out[32];
    if (!dates_parse_iso(slice_cstr(text), &time_ms, &date_only)) {
        fail_msg("\"%s\" is refused", text);
    }
    dates_format(time_ms, date_only, out);
    assert_string_equal(out, formatted);
}

static void days(void **state)
{
    (void)state;
    expect("2026-02-03", "2026-02-03");
    expect("20260203", "2026-02-03");
    expect(" 2026-02-03\n", "2026-02-03");
    expect("2024-02-29", "2024-02-29");
    expect("2000-02-29", "2000-02-29");
    expect("1600-01-01", "1600-01-01");
    expect("9999-12-31", "9999-12-31");
    expect("1969-12-31", "1969-12-31");
}

static void times(void **state)
{
    (void)state;
    expect("2026-02-03T14:05Z", "2026-02-03T14:05:00Z");
    expect("2026-02-03T14:05:09.5+01:00", "2026-02-03T13:05:09.500Z");
    expect("2026-02-03T14:05:09", "2026-02-03T14:05:09Z");
    expect("2026-02-03 14:05:09", "2026-02-03T14:05:09Z");
    expect("2026-02-03 14:05:09 +0100", "2026-02-03T13:05:09Z");
    expect("2026-02-03t14:05:09z", "2026-02-03T14:05:09Z");
    expect("2026-02-03T14:05:09,25Z", "2026-02-03T14:05:09.250Z");
    expect("2026-02-03T14:05:09.123456789Z", "2026-02-03T14:05:09.123Z");
    expect("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z");
    expect("2026-02-03T14:05:09-05", "2026-02-03T19:05:09Z");
    expect("20260203T140509Z", "2026-02-03T14:05:09Z");
    expect("20260203T1405+0100", "2026-02-03T13:05:00Z");
    expect("2026-02-03T24:00:00Z", "2026-02-04T00:00:00Z");
    expect("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z");
}

static void what_is_no_date(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "2026",
        "2026-02",
        "2026-2-3",
        "2026-13-01",
        "2026-00-01",
        "2026-02-30",
        "2026-02-00",
        "2025-02-29",
        "1900-02-29",
        "1599-12-31",
        "2026-0203",
        "202602-03",
        "2026-02-03T",
        "2026-02-03T14",
        "2026-02-03T14:60Z",
        "2026-02-03T24:01Z",
        "2026-02-03T25:00Z",
        "2026-02-03T14:05:61Z",
        "2026-02-03T14:05:09.Z",
        "2026-02-03T14:05Zx",
        "2026-02-03T14:05+24:00",
        "2026-02-03T14:05+1",
        "2026-02-03T14:05+01:",
        "2026-02-03Z",
        "2026-W06-2",
        "03/02/2026",
        "+2026-02-03",
        "-026-02-03",
        "2026-02-03x",
        "yesterday",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t time_ms = 7;
        bool date_only = true;
        if (dates_parse_iso(slice_cstr(wrong[i]), &time_ms, &date_only)) {
            fail_msg("\"%s\" is taken", wrong[i]);
        }
        assert_int_equal(time_ms, 7);
    }
    int64_t time_ms;
    bool date_only;
    assert_false(dates_parse_iso(SLICE_NONE, &time_ms, &date_only));
    assert_false(dates_parse_iso(SLICE("2026-02-03\0"), &time_ms, &date_only));
}

static void every_day_goes_and_returns(void **state)
{
    (void)state;
    int64_t time_ms, last = INT64_C(-11676096000000) - 86400000;
    for (int year = 1600; year < 2400; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= 31; day++) {
                char text[64], out[32];
                bool date_only;
                snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
                if (!dates_parse_iso(slice_cstr(text), &time_ms, &date_only)) {
                    assert_true(day > 28);
                    continue;
                }
                assert_true(time_ms == last + 86400000); /* no day is left out or twice */
                last = time_ms;
                dates_format(time_ms, true, out);
                assert_string_equal(out, text);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days),
        cmocka_unit_test(times),
        cmocka_unit_test(what_is_no_date),
        cmocka_unit_test(every_day_goes_and_returns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
