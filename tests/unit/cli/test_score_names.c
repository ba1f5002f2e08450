#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/score.h"

static bool same(const char *a, const char *b)
{
    struct arena *arena = arena_new(0);
    bool one = score_same_name(arena, slice_cstr(a), slice_cstr(b));
    bool other = score_same_name(arena, slice_cstr(b), slice_cstr(a));
    assert_int_equal(one, other);
    arena_free(arena);
    return one;
}

static void test_names_that_agree(void **state)
{
    (void)state;
    assert_true(same("Élise Lucet", "ELISE LUCET"));
    assert_true(same("M. Macron", "Emmanuel Macron"));
    assert_true(same("J. D. Vance", "J D Vance"));
    assert_true(same("J. Chirac", "Jacques Chirac"));
    assert_true(same("Jean-Marc de La Sablière", "Jean Marc Sablière"));
    assert_true(same("la ministre de la Santé", "ministre Santé"));
    assert_true(same("porte-parole du parquet de Lyon", "le porte-parole du parquet"));
    assert_true(same("l’Élysée", "Elysee"));
}

static void test_names_that_do_not(void **state)
{
    (void)state;
    assert_false(same("Brigitte Macron", "Emmanuel Macron"));
    assert_false(same("Jean", "Jean Dupont")); /* a first name alone says too little */
    assert_false(same("Li", "Xi Li"));         /* so does a word of two letters */
    assert_false(same("", "Anne"));
    assert_false(same("...", "..."));
    assert_false(same("le maire de Brest", "la maire de Lyon"));
    assert_false(same("œuvre", "oeuvre")); /* one letter is one letter */
}

static void test_word_characters(void **state)
{
    (void)state;
    assert_true(score_is_word('a') && score_is_word('_') && score_is_word(0xE9) &&
                score_is_word('7') && score_is_word(0xB2));
    assert_false(score_is_word('-') || score_is_word(0x2019) || score_is_word(' ') ||
                 score_is_word(0x301));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_that_agree),
        cmocka_unit_test(test_names_that_do_not),
        cmocka_unit_test(test_word_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
