#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <time.h>

#include "base/clock.h"

static void expect(int64_t time_ms, const char *text)
{
    char out[32];
    clock_format_utc(time_ms, out);
    assert_string_equal(out, text);
}

static void formats(void **state)
{
    (void)state;
    expect(0, "1970-01-01T00:00:00Z");
    expect(1, "1970-01-01T00:00:00.001Z");
    expect(-1, "1969-12-31T23:59:59.999Z");
    expect(INT64_C(1770127509500), "2026-02-03T14:05:09.500Z");
    expect(INT64_C(951782400000), "2000-02-29T00:00:00Z");
    expect(INT64_C(-62135596800000), "0001-01-01T00:00:00Z");
    expect(INT64_C(253402300799999), "9999-12-31T23:59:59.999Z");
}

static void the_day_before_is_not_kept(void **state)
{
    (void)state;
    expect(INT64_C(1770163199000), "2026-02-03T23:59:59Z");
    expect(INT64_C(1770120000000), "2026-02-03T12:00:00Z");
    expect(INT64_C(1770163200000), "2026-02-04T00:00:00Z");
    expect(INT64_C(1770163199000), "2026-02-03T23:59:59Z");
}

static void beyond_four_digit_years_it_is_clamped(void **state)
{
    (void)state;
    expect(INT64_MAX, "9999-12-31T23:59:59.999Z");
    expect(INT64_MIN, "0001-01-01T00:00:00Z");
}

static void agrees_with_libc(void **state)
{
    (void)state;
    for (int64_t s = INT64_C(-11676096000); s < INT64_C(20000000000); s += 86399 * INT64_C(337)) {
        char out[32], expected[32];
        clock_format_utc(s * 1000, out);
        time_t t = (time_t)s;
        struct tm tm;
        gmtime_r(&t, &tm);
        strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%SZ", &tm);
        assert_string_equal(out, expected);
        clock_format_http(s * 1000, out);
        strftime(expected, sizeof expected, "%a, %d %b %Y %H:%M:%S GMT", &tm);
        assert_string_equal(out, expected);
    }
}

static void a_fake_time_stands_still_until_it_is_lifted(void **state)
{
    (void)state;
    clock_fake_ms(1234);
    assert_int_equal(clock_now_ms(), 1234);
    clock_fake_ms(0);
    assert_int_equal(clock_now_ms(), 0);
    clock_fake_ms(-5);
    int64_t now = clock_now_ms(), real = (int64_t)time(NULL) * 1000;
    assert_in_range(now, real - 2000, real + 3000);
}

static void steady_and_cpu_clocks_advance(void **state)
{
    (void)state;
    int64_t steady = clock_steady_ms(), cpu = clock_cpu_us();
    while (clock_steady_ms() < steady + 5) {
    }
    assert_true(clock_cpu_us() > cpu);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats),
        cmocka_unit_test(the_day_before_is_not_kept),
        cmocka_unit_test(beyond_four_digit_years_it_is_clamped),
        cmocka_unit_test(agrees_with_libc),
        cmocka_unit_test(a_fake_time_stands_still_until_it_is_lifted),
        cmocka_unit_test(steady_and_cpu_clocks_advance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
