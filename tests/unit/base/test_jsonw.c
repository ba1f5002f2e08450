#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"

struct fixture {
    struct buf out;
    struct jsonw w;
};

static void begin(struct fixture *f, int indent)
{
    buf_init(&f->out);
    jsonw_init(&f->w, &f->out, indent);
}

static void expect(struct fixture *f, const char *json)
{
    buf_char(&f->out, '\0');
    assert_string_equal(f->out.data, json);
    buf_done(&f->out);
}

static void commas_and_nesting(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 0);
    jsonw_object(&f.w);
    jsonw_key_int(&f.w, "a", 1);
    jsonw_key(&f.w, "b");
    jsonw_array(&f.w);
    jsonw_null(&f.w);
    jsonw_bool(&f.w, true);
    jsonw_object(&f.w);
    jsonw_end(&f.w);
    jsonw_array(&f.w);
    jsonw_end(&f.w);
    jsonw_end(&f.w);
    jsonw_key_bool(&f.w, "c", false);
    jsonw_key_null(&f.w, "d");
    jsonw_key_text(&f.w, "e", NULL);
    jsonw_key_string(&f.w, "f", SLICE_NONE);
    jsonw_key_string(&f.w, "g", SLICE(""));
    jsonw_key_real(&f.w, "h", 0.5);
    jsonw_key(&f.w, "i");
    jsonw_raw(&f.w, SLICE("[1,2]"));
    jsonw_key_plain(&f.w, "j", SLICE("abc234"));
    jsonw_key_int(&f.w, "k", -10);
    jsonw_end(&f.w);
    expect(&f, "{\"a\":1,\"b\":[null,true,{},[]],\"c\":false,\"d\":null,\"e\":null,\"f\":null,"
               "\"g\":\"\",\"h\":0.5,\"i\":[1,2],\"j\":\"abc234\",\"k\":-10}");
}

static void indented_for_people(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 2);
    jsonw_object(&f.w);
    jsonw_key(&f.w, "a");
    jsonw_array(&f.w);
    jsonw_int(&f.w, 1);
    jsonw_int(&f.w, 2);
    jsonw_end(&f.w);
    jsonw_key(&f.w, "b");
    jsonw_object(&f.w);
    jsonw_end(&f.w);
    jsonw_end(&f.w);
    expect(&f, "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}");
}

static void escape(struct slice text, const char *expected)
{
    struct buf out;
    buf_init(&out);
    jsonw_escape(&out, text);
    buf_char(&out, '\0');
    assert_string_equal(out.data, expected);
    buf_done(&out);
}

static void escapes(void **state)
{
    (void)state;
    escape(SLICE("\"\\/\b\f\n\r\t"), "\\\"\\\\/\\b\\f\\n\\r\\t");
    escape(SLICE("\0\x01\x1f\x7f"), "\\u0000\\u0001\\u001f\x7f");
    escape(SLICE("\u2028\u2029"), "\\u2028\\u2029");
    escape(SLICE("l\u2019été \u2014 \u2027\u202a €"), "l\u2019été \u2014 \u2027\u202a €");
}

/* Every suspicious byte at every place of a window wider than the eight-byte steps. */
static void escapes_at_every_place(void **state)
{
    (void)state;
    for (size_t len = 1; len < 40; len++) {
        for (size_t at = 0; at < len; at++) {
            char text[64], expected[64];
            memset(text, 'x', len);
            text[at] = '"';
            memset(expected, 'x', len + 1);
            expected[at] = '\\';
            expected[at + 1] = '"';
            expected[len + 1] = '\0';
            escape(slice_of(text, len), expected);
        }
    }
}

static void a_cut_line_separator_is_left_alone(void **state)
{
    (void)state;
    escape(SLICE("a\xE2"), "a\xE2");
    escape(SLICE("a\xE2\x80"), "a\xE2\x80");
}

static void real(double value, const char *expected)
{
    struct fixture f;
    begin(&f, 0);
    jsonw_real(&f.w, value);
    expect(&f, expected);
}

static void reals(void **state)
{
    (void)state;
    real(0, "0");
    real(1, "1");
    real(-1, "-1");
    real((double)0.9f, "0.9");
    real(0.123456789, "0.123457");
    real(0.9999999, "1");
    real(-0.25, "-0.25");
    real(0.05, "0.05");
    real(0.00012345678, "0.000123457");
    real(123456.7, "123457");
    real(1234.5678, "1234.57");
    real(1234567, "1234567");
    real(1e-9, "1e-09");
    real(1.5e300, "1.5e+300");
    real((double)NAN, "null");
    real((double)INFINITY, "null");
    real(-(double)INFINITY, "null");
}

/* Whatever is written reads back as the value to six digits. */
static void reals_read_back(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 20000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        double value = ldexp((double)(seed >> 11), (int)(seed % 90) - 90);
        struct fixture f;
        begin(&f, 0);
        jsonw_real(&f.w, value);
        buf_char(&f.out, '\0');
        double back = strtod(f.out.data, NULL);
        assert_true(fabs(back - value) <= fabs(value) * 5.1e-6);
        buf_done(&f.out);
    }
}

static void reals_do_not_follow_the_locale(void **state)
{
    (void)state;
    if (!setlocale(LC_NUMERIC, "fr_FR.UTF-8")) {
        skip();
    }
    real(1.5e-7, "1.5e-07");
    real(0.5, "0.5");
    setlocale(LC_NUMERIC, "C");
}

static void a_failed_buffer_stays_silent(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 0);
    (void)buf_reserve(&f.out, SIZE_MAX / 2);
    jsonw_object(&f.w);
    jsonw_key_text(&f.w, "a", "b");
    jsonw_end(&f.w);
    assert_true(f.out.failed);
    assert_int_equal(f.out.len, 0);
    buf_done(&f.out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_and_nesting),
        cmocka_unit_test(indented_for_people),
        cmocka_unit_test(escapes),
        cmocka_unit_test(escapes_at_every_place),
        cmocka_unit_test(a_cut_line_separator_is_left_alone),
        cmocka_unit_test(reals),
        cmocka_unit_test(reals_read_back),
        cmocka_unit_test(reals_do_not_follow_the_locale),
        cmocka_unit_test(a_failed_buffer_stays_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
