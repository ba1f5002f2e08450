#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "api/cursor.h"
#include "base/cleanup.h"

CLEANUP_DEFINE(arena_free, struct arena)

static const uint64_t filters = UINT64_C(0x0123456789abcdef);

static void check_round_trip(struct store_cursor cursor)
{
    CLEANUP(arena_free_p) struct arena *arena = arena_new(0);
    struct err e;
    struct store_cursor back;
    struct slice text = cursor_write(arena, &cursor, filters);
    assert_true(slice_present(text));
    assert_int_equal(cursor_read(text, filters, arena, &back, &e), RC_OK);
    assert_true(back.present);
    assert_true(back.key == cursor.key && back.row == cursor.row);
    assert_int_equal(slice_present(back.text), slice_present(cursor.text));
    assert_true(slice_equal(back.text, cursor.text));
}

static void every_position_comes_back(void **state)
{
    (void)state;
    check_round_trip((struct store_cursor){true, 0, 0, SLICE_NONE});
    check_round_trip((struct store_cursor){true, INT64_MIN, INT64_MAX, SLICE_NONE});
    check_round_trip((struct store_cursor){true, -1, 7, SLICE("")});
    check_round_trip((struct store_cursor){true, 1770112345678, 99, SLICE("a")});
    check_round_trip((struct store_cursor){true, 3, 1, SLICE("zelensky")});
    check_round_trip((struct store_cursor){true, 3, 1,
                                           SLICE("\xC3\xA9lys\xC3\xA9"
                                                 "e")});
}

static void words_are_fit_for_an_address(void **state)
{
    (void)state;
    CLEANUP(arena_free_p) struct arena *arena = arena_new(0);
    for (int64_t key = -300; key < 300; key++) {
        struct store_cursor cursor = {true, key * 7919, key, SLICE_NONE};
        struct slice text = cursor_write(arena, &cursor, filters);
        for (size_t i = 0; i < text.len; i++) {
            char c = text.ptr[i];
            assert_true((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                        (c >= 'a' && c <= 'z') || c == '-' || c == '_');
        }
    }
}

static void other_filters_are_refused(void **state)
{
    (void)state;
    CLEANUP(arena_free_p) struct arena *arena = arena_new(0);
    struct store_cursor cursor = {true, 5, 6, SLICE_NONE}, back = {.key = 42};
    struct err e;
    struct slice text = cursor_write(arena, &cursor, filters);
    assert_int_equal(cursor_read(text, filters + 1, arena, &back, &e), RC_INVALID);
    assert_string_equal(e.field, "cursor");
    assert_non_null(strstr(e.message, "other filters"));
    assert_true(back.key == 42 && !back.present); /* untouched */
}

/* Whatever is done to a cursor, it is refused: a word has one spelling and a checksum. */
static void every_changed_character_is_refused(void **state)
{
    (void)state;
    static const char all[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ %";
    CLEANUP(arena_free_p) struct arena *arena = arena_new(0);
    struct store_cursor cursor = {true, 123456789, 42, SLICE("nom")}, back;
    struct err e;
    struct slice good = cursor_write(arena, &cursor, filters);
    for (size_t i = 0; i < good.len; i++) {
        for (size_t c = 0; c < sizeof all - 1; c++) {
            struct slice bad = arena_copy(arena, good);
            if (all[c] != good.ptr[i]) {
                ((char *)(uintptr_t)bad.ptr)[i] = all[c];
                assert_int_equal(cursor_read(bad, filters, arena, &back, &e), RC_INVALID);
            }
        }
    }
    for (size_t len = 0; len < good.len; len++) {
        assert_int_equal(cursor_read(slice_of(good.ptr, len), filters, arena, &back, &e),
                         RC_INVALID);
    }
}

static void noise_is_refused(void **state)
{
    (void)state;
    CLEANUP(arena_free_p) struct arena *arena = arena_new(0);
    struct store_cursor back;
    struct err e;
    srand(20261123);
    for (int round = 0; round < 20000; round++) {
        char noise[160];
        size_t len = (size_t)(rand() % (int)sizeof noise);
        for (size_t i = 0; i < len; i++) {
            noise[i] = (char)(round % 2 ? rand() % 256 : "AZaz09-_"[rand() % 8]);
        }
        assert_int_equal(cursor_read(slice_of(noise, len), filters, arena, &back, &e), RC_INVALID);
        arena_reset(arena);
    }
    char *huge = calloc(1, 1000000);
    memset(huge, 'A', 1000000);
    assert_int_equal(cursor_read(slice_of(huge, 1000000), filters, arena, &back, &e), RC_INVALID);
    free(huge);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_position_comes_back),
        cmocka_unit_test(words_are_fit_for_an_address),
        cmocka_unit_test(other_filters_are_refused),
        cmocka_unit_test(every_changed_character_is_refused),
        cmocka_unit_test(noise_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
