#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"

#define assert_slice(s, text) assert_true(slice_is((s), (text)))

static void absent_is_not_empty(void **state)
{
    (void)state;
    assert_false(slice_present(SLICE_NONE));
    assert_true(slice_present(SLICE("")));
    assert_false(slice_present(slice_cstr(NULL)));
    assert_true(slice_equal(SLICE_NONE, SLICE("")));
}

static void starts_and_ends(void **state)
{
    (void)state;
    assert_true(slice_starts(SLICE("abc"), SLICE("ab")));
    assert_true(slice_starts(SLICE("abc"), SLICE("")));
    assert_false(slice_starts(SLICE("a"), SLICE("ab")));
    assert_true(slice_ends(SLICE("abc"), SLICE("bc")));
    assert_true(slice_ends(SLICE("abc"), SLICE("abc")));
    assert_false(slice_ends(SLICE("abc"), SLICE("ab")));
    assert_false(slice_ends(SLICE("c"), SLICE("bc")));
    assert_true(slice_ends_any(SLICE("ghlinoise"), SLICE("ois oise")));
    assert_false(slice_ends_any(SLICE("ghlinoise"), SLICE("ois ais")));
    assert_false(slice_ends_any(SLICE("noise"), SLICE("oise"))); /* hardly a word before it */
    assert_false(slice_ends_any(SLICE("noise"), SLICE_NONE));
}

static void compare_is_a_total_order(void **state)
{
    (void)state;
    struct slice sorted[] = {SLICE(""), SLICE("a"), SLICE("ab"), SLICE("b"), SLICE("\xC3\xA9")};
    size_t count = sizeof sorted / sizeof *sorted;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            int order = slice_compare(sorted[i], sorted[j]);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    }
    assert_int_equal(slice_compare(SLICE_NONE, SLICE("")), 0);
}

static void trim_takes_blanks_at_both_ends_only(void **state)
{
    (void)state;
    assert_slice(slice_trim(SLICE(" \t\r\n\v\fa b\n ")), "a b");
    assert_slice(slice_trim(SLICE("  ")), "");
    assert_true(slice_present(slice_trim(SLICE("  "))));
    assert_slice(slice_trim(SLICE("")), "");
    assert_slice(slice_trim(SLICE("\xC2\xA0")), "\xC2\xA0");
}

static void cut_walks_all_pieces(void **state)
{
    (void)state;
    struct slice rest = SLICE("a,,b,");
    assert_slice(slice_cut(&rest, ','), "a");
    assert_slice(slice_cut(&rest, ','), "");
    assert_slice(slice_cut(&rest, ','), "b");
    assert_true(slice_present(rest));
    assert_slice(slice_cut(&rest, ','), "");
    assert_false(slice_present(rest));
}

static void cut_of_an_empty_slice_is_one_empty_piece(void **state)
{
    (void)state;
    struct slice rest = SLICE("");
    assert_slice(slice_cut(&rest, ','), "");
    assert_false(slice_present(rest));
}

static void find_at_and_after(void **state)
{
    (void)state;
    struct slice s = SLICE("abcabc");
    assert_int_equal(slice_find(s, SLICE("bc"), 0), 1);
    assert_int_equal(slice_find(s, SLICE("bc"), 1), 1);
    assert_int_equal(slice_find(s, SLICE("bc"), 2), 4);
    assert_true(slice_find(s, SLICE("bc"), 5) == SIZE_MAX);
    assert_true(slice_find(s, SLICE("x"), 0) == SIZE_MAX);
    assert_true(slice_find(s, SLICE("a"), 7) == SIZE_MAX);
    assert_true(slice_find(s, SLICE("abcabcd"), 0) == SIZE_MAX);
    assert_int_equal(slice_find(s, SLICE(""), 6), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_is_not_empty),
        cmocka_unit_test(starts_and_ends),
        cmocka_unit_test(compare_is_a_total_order),
        cmocka_unit_test(trim_takes_blanks_at_both_ends_only),
        cmocka_unit_test(cut_walks_all_pieces),
        cmocka_unit_test(cut_of_an_empty_slice_is_one_empty_piece),
        cmocka_unit_test(find_at_and_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
