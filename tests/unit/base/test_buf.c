#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static void appends_of_all_kinds(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b);
    assert_true(slice_is(buf_view(&b), ""));
    buf_text(&b, "a");
    buf_text(&b, NULL);
    buf_slice(&b, SLICE("bc"));
    buf_slice(&b, SLICE_NONE);
    buf_char(&b, '-');
    buf_int(&b, -12);
    buf_printf(&b, "|%s|%03d", "x", 7);
    buf_append(&b, "\0z", 2);
    assert_int_equal(b.len, 15);
    assert_memory_equal(b.data, "abc--12|x|007\0z", 15);
    buf_done(&b);
}

static void integers_at_their_ends(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b);
    const int64_t values[] = {0, 9, 10, -1, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        buf_int(&b, values[i]);
        buf_char(&b, ' ');
    }
    assert_true(slice_is(buf_view(&b), "0 9 10 -1 9223372036854775807 -9223372036854775808 "));
    buf_done(&b);
}

static void grows_byte_by_byte(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b);
    for (int i = 0; i < 100000; i++) {
        buf_char(&b, (char)('a' + i % 26));
    }
    assert_int_equal(b.len, 100000);
    for (int i = 0; i < 100000; i++) {
        assert_int_equal(b.data[i], 'a' + i % 26);
    }
    buf_done(&b);
}

static void failure_is_sticky(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b);
    buf_text(&b, "kept");
    assert_false(buf_reserve(&b, SIZE_MAX / 2));
    assert_true(b.failed);
    buf_text(&b, "lost");
    buf_char(&b, 'x');
    buf_printf(&b, "%d", 1);
    assert_int_equal(b.len, 4);
    assert_null(buf_take(&b, NULL));
    assert_null(b.data);
}

static void clear_forgets_the_failure_and_keeps_memory(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b);
    buf_text(&b, "one");
    char *data = b.data;
    (void)buf_reserve(&b, SIZE_MAX / 2);
    buf_clear(&b);
    buf_text(&b, "two");
    assert_ptr_equal(b.data, data);
    assert_true(slice_is(buf_view(&b), "two"));
    buf_done(&b);
}

static void take_hands_over_a_closed_text(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b);
    size_t len = 7;
    char *empty = buf_take(&b, &len);
    assert_string_equal(empty, "");
    assert_int_equal(len, 0);
    free(empty);
    for (int i = 0; i < 256; i++) { /* the first capacity: the NUL needs room too */
        buf_char(&b, 'a');
    }
    char *text = buf_take(&b, &len);
    assert_int_equal(len, 256);
    assert_int_equal(strlen(text), 256);
    free(text);
    assert_int_equal(b.len, 0);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_of_all_kinds),
        cmocka_unit_test(integers_at_their_ends),
        cmocka_unit_test(grows_byte_by_byte),
        cmocka_unit_test(failure_is_sticky),
        cmocka_unit_test(clear_forgets_the_failure_and_keeps_memory),
        cmocka_unit_test(take_hands_over_a_closed_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
