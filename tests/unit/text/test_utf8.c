#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "text/utf8.h"

static void well_formed(void **state)
{
    (void)state;
    assert_true(utf8_valid(SLICE(""), NULL));
    assert_true(utf8_valid(SLICE_NONE, NULL));
    assert_true(utf8_valid(SLICE("ascii, é, €, \U0001F600, \0"), NULL));
    assert_true(utf8_valid(SLICE("\xF4\x8F\xBF\xBF\xEF\xBF\xBF\xED\x9F\xBF\xC2\x80"), NULL));
}

static void ill_formed_at_every_place(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80",             /* stray continuation */
        "\xC0\x80",         /* overlong */
        "\xC1\xBF",         /* overlong */
        "\xE0\x9F\xBF",     /* overlong */
        "\xF0\x8F\xBF\xBF", /* overlong */
        "\xED\xA0\x80",     /* surrogate */
        "\xF4\x90\x80\x80", /* beyond U+10FFFF */
        "\xF5\x80\x80\x80",
        "\xFF",
        "\xC3",
        "\xE2\x82",
        "\xF0\x9F\x98",
        "\xC3(",
        "\xE2(\xA1",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        for (size_t before = 0; before < 20; before++) {
            char text[64];
            memset(text, 'a', sizeof text);
            memcpy(text + before, bad[i], strlen(bad[i]));
            size_t at = 999;
            assert_false(utf8_valid(slice_of(text, before + strlen(bad[i])), &at));
            assert_int_equal(at, before);
            at = 999;
            assert_false(utf8_valid(slice_of(text, sizeof text), &at));
            assert_int_equal(at, before);
        }
    }
}

static void every_code_point_goes_and_returns(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        char bytes[4];
        size_t len = utf8_encode(cp, bytes), next = 0, start = 9;
        bool surrogate = cp >= 0xD800 && cp < 0xE000;
        struct slice s = slice_of(bytes, len);
        assert_true(utf8_valid(s, NULL));
        assert_int_equal(utf8_decode(s, 0, &next), surrogate ? 0xFFFD : cp);
        assert_int_equal(next, len);
        assert_int_equal(utf8_decode_before(s, len, &start), surrogate ? 0xFFFD : cp);
        assert_int_equal(start, 0);
    }
    char bytes[4];
    assert_int_equal(utf8_encode(0x110000, bytes), 3);
}

static void bad_bytes_decode_to_one_replacement_each(void **state)
{
    (void)state;
    struct slice s = SLICE("a\xE2\x82z");
    size_t next;
    assert_int_equal(utf8_decode(s, 1, &next), 0xFFFD);
    assert_int_equal(next, 2);
    assert_int_equal(utf8_decode(s, 2, &next), 0xFFFD);
    assert_int_equal(next, 3);
    size_t start;
    assert_int_equal(utf8_decode_before(s, 3, &start), 0xFFFD);
    assert_int_equal(start, 2);
    assert_int_equal(utf8_decode_before(s, 4, &start), 'z');
    assert_int_equal(start, 3);
    assert_int_equal(utf8_decode_before(SLICE("\x80\x80\x80\x80\x80\x80"), 6, &start), 0xFFFD);
    assert_int_equal(start, 5);
}

static void counts(void **state)
{
    (void)state;
    assert_int_equal(utf8_count(SLICE("")), 0);
    assert_int_equal(utf8_count(SLICE("été \U0001F600 de l'année")), 16);
    assert_int_equal(utf8_count_utf16(SLICE("été \U0001F600 de l'année")), 17);
}

static void classes(void **state)
{
    (void)state;
    static const uint32_t letters[] = {'a', 'Z', 0xE9, 0x153, 0xBA, 0x410, 0x5D0, 0x4E2D, 0xAC00};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        assert_true(utf8_is_letter(letters[i]));
        assert_false(utf8_is_blank(letters[i]) || utf8_is_punctuation(letters[i]) ||
                     utf8_is_digit(letters[i]) || utf8_is_mark(letters[i]));
    }
    assert_false(utf8_is_letter('1') || utf8_is_letter(0xD7) || utf8_is_letter('@') ||
                 utf8_is_letter('[') || utf8_is_letter(0x110000));
    assert_true(utf8_is_upper('A') && utf8_is_upper(0xC9) && utf8_is_upper(0x152) &&
                utf8_is_upper(0x1C5) && utf8_is_upper(0x410));
    assert_false(utf8_is_upper('a') || utf8_is_upper(0xD7) || utf8_is_upper(0x4E2D));
    assert_true(utf8_is_lower('a') && utf8_is_lower(0xE9) && utf8_is_lower(0xDF));
    assert_false(utf8_is_lower('A') || utf8_is_lower('{'));
    assert_true(utf8_is_digit('0') && utf8_is_digit('9') && utf8_is_digit(0x661));
    assert_false(utf8_is_digit(':') || utf8_is_digit('/') || utf8_is_digit(0xB2));
    assert_true(utf8_is_mark(0x301) && utf8_is_mark(0x20E3));
    static const uint32_t blanks[] = {' ',    '\t',   '\n',   '\r',   0xA0,
                                      0x202F, 0x2009, 0x3000, 0x2028, 0xFEFF};
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
        assert_true(utf8_is_blank(blanks[i]));
    }
    assert_false(utf8_is_blank(0x8) || utf8_is_blank(0xE) || utf8_is_blank('_'));
    assert_true(utf8_is_punctuation(0xAB) && utf8_is_punctuation(0x2019) &&
                utf8_is_punctuation('.'));
    assert_false(utf8_is_punctuation('+') || utf8_is_punctuation(0x20AC));
}

static void lower_case(void **state)
{
    (void)state;
    assert_int_equal(utf8_to_lower('A'), 'a');
    assert_int_equal(utf8_to_lower('['), '[');
    assert_int_equal(utf8_to_lower(0xC9), 0xE9);
    assert_int_equal(utf8_to_lower(0xD7), 0xD7);
    assert_int_equal(utf8_to_lower(0x178), 0xFF);
    assert_int_equal(utf8_to_lower(0x410), 0x430);
    assert_int_equal(utf8_to_lower(0x110000), 0x110000);
}

static uint32_t random_below(uint32_t *seed, uint32_t n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

/* Every byte and code point of pseudo-random texts, against a plain count from the front. */
static void offsets_agree_with_counting(void **state)
{
    (void)state;
    static const uint32_t tops[] = {0x80, 0x800, 0x10000, 0x110000};
    uint32_t seed = 7;
    for (int round = 0; round < 60; round++) {
        static char text[4 * 700];
        size_t len = 0;
        uint32_t count = random_below(&seed, 700), mix = 1 + random_below(&seed, 4);
        for (uint32_t i = 0; i < count; i++) {
            len += utf8_encode(random_below(&seed, tops[random_below(&seed, mix)]), text + len);
        }
        struct arena *arena = arena_new(0);
        struct slice s = slice_of(text, len);
        const struct offsets *o = offsets_new(arena, s);
        uint32_t cp = 0, units = 0;
        for (size_t at = 0, next; at < len; at = next, cp++) {
            uint32_t value = utf8_decode(s, at, &next);
            assert_int_equal(offsets_cp(o, (uint32_t)at), cp);
            assert_int_equal(offsets_utf16(o, (uint32_t)at), units);
            assert_int_equal(offsets_byte(o, cp), at);
            units += value > 0xFFFF ? 2 : 1;
        }
        assert_int_equal(offsets_cp(o, (uint32_t)len), cp);
        assert_int_equal(offsets_utf16(o, (uint32_t)len), units);
        assert_int_equal(offsets_byte(o, cp), len);
        assert_int_equal(cp, utf8_count(s));
        assert_int_equal(units, utf8_count_utf16(s));
        arena_free(arena);
    }
}

static void offsets_beyond_the_end_are_the_end(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    const struct offsets *o = offsets_new(arena, SLICE("aé"));
    assert_int_equal(offsets_cp(o, 4000000000u), 2);
    assert_int_equal(offsets_byte(o, 4000000000u), 3);
    o = offsets_new(arena, SLICE("ab"));
    assert_int_equal(offsets_cp(o, 9), 2);
    assert_int_equal(offsets_byte(o, 9), 2);
    o = offsets_new(arena, SLICE(""));
    assert_int_equal(offsets_cp(o, 0), 0);
    assert_int_equal(offsets_byte(o, 0), 0);
    arena_free(arena);
}

static void offsets_without_memory(void **state)
{
    (void)state;
    struct arena *arena = arena_new(64);
    char text[2000];
    memset(text, 'a', sizeof text);
    memcpy(text, "é", 2);
    assert_null(offsets_new(arena, slice_of(text, sizeof text)));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed),
        cmocka_unit_test(ill_formed_at_every_place),
        cmocka_unit_test(every_code_point_goes_and_returns),
        cmocka_unit_test(bad_bytes_decode_to_one_replacement_each),
        cmocka_unit_test(counts),
        cmocka_unit_test(classes),
        cmocka_unit_test(lower_case),
        cmocka_unit_test(offsets_agree_with_counting),
        cmocka_unit_test(offsets_beyond_the_end_are_the_end),
        cmocka_unit_test(offsets_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
