#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/fold.h"
#include "text/tokens_chars.h"

static unsigned class_of(uint32_t cp)
{
    char bytes[4];
    size_t next = 0;
    struct slice s = slice_of(bytes, utf8_encode(cp, bytes));
    unsigned class = tokens_char(s, 0, &next);
    assert_int_equal(next, s.len);
    return class;
}

static void every_code_point_has_one_class(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        unsigned main = class_of(cp) & ~(unsigned)(CHAR_WIDE | CHAR_APOSTROPHE | CHAR_HYPHEN);
        assert_int_equal(__builtin_popcount(main), 1);
    }
}

/* The Latin rules are short cuts to what utf8_is_… says by table. */
static void latin_rules_agree_with_unicode(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp < 0x180; cp++) {
        unsigned class = class_of(cp);
        assert_int_equal(!!(class & CHAR_LETTER), utf8_is_letter(cp));
        assert_int_equal(!!(class & CHAR_UPPER), utf8_is_upper(cp));
        assert_int_equal(!!(class & CHAR_BLANK), utf8_is_blank(cp));
        assert_int_equal(!!(class & CHAR_DIGIT), utf8_is_digit(cp));
    }
}

/* What is not marked as wide or upper case is its own lower form: its tokens point into the text. */
static void plain_characters_do_not_change(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
        if (class_of(cp) & (CHAR_WIDE | CHAR_UPPER | CHAR_BLANK | CHAR_IDEOGRAPH) ||
            (cp >= 0xD800 && cp < 0xE000)) {
            continue;
        }
        char bytes[4];
        struct slice s = slice_of(bytes, utf8_encode(cp, bytes));
        if (!slice_equal(fold_lower(arena, s), s)) {
            fail_msg("U+%04X", (unsigned)cp);
        }
        arena_reset(arena);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_has_one_class),
        cmocka_unit_test(latin_rules_agree_with_unicode),
        cmocka_unit_test(plain_characters_do_not_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
