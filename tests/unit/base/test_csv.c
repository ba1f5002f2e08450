#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/csv.h"

static void assert_field(struct slice text, const char *expected)
{
    struct buf out;
    struct csv csv;
    buf_init(&out);
    csv_init(&csv, &out);
    csv_text(&csv, text);
    buf_char(&out, '\0');
    assert_string_equal(out.data, expected);
    buf_done(&out);
}

static void test_fields(void **state)
{
    (void)state;
    assert_field(SLICE_NONE, "");
    assert_field(SLICE(""), "");
    assert_field(SLICE("plain words"), "plain words");
    assert_field(SLICE("l'été à Dieppe"), "l'été à Dieppe");
    assert_field(SLICE("one, two"), "\"one, two\"");
    assert_field(SLICE("\"Non\", dit-il"), "\"\"\"Non\"\", dit-il\"");
    assert_field(SLICE("a\"b"), "\"a\"\"b\"");
    assert_field(SLICE("two\nlines"), "\"two\nlines\"");
    assert_field(SLICE(" blank"), "\" blank\"");
}

static void test_formulas_are_texts(void **state)
{
    (void)state;
    assert_field(SLICE("=HYPERLINK(\"http://x\")"), "\"'=HYPERLINK(\"\"http://x\"\")\"");
    assert_field(SLICE("+33"), "'+33");
    assert_field(SLICE("- Non"), "'- Non");
    assert_field(SLICE("@SUM(1)"), "'@SUM(1)");
    assert_field(SLICE("\t=1"), "'\t=1");
    assert_field(SLICE("\r=1"), "\"'\r=1\"");
    assert_field(SLICE("\xef\xbc\x9d"
                       "1"),
                 "'\xef\xbc\x9d"
                 "1");
    assert_field(SLICE("1=1"), "1=1");
}

static void test_rows(void **state)
{
    (void)state;
    struct buf out;
    struct csv csv;
    buf_init(&out);
    csv_init(&csv, &out);
    csv_text(&csv, SLICE("a"));
    csv_text(&csv, SLICE_NONE);
    csv_word(&csv, SLICE("-1"));
    csv_end_row(&csv);
    csv_text(&csv, SLICE_NONE);
    csv_text(&csv, SLICE("b"));
    csv_end_row(&csv);
    assert_true(slice_is(buf_view(&out), "a,,-1\r\n,b\r\n"));
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_formulas_are_texts),
        cmocka_unit_test(test_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
