#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "text/tokens.h"

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(0);
    return !arena;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* `marked` has a bar where a sentence must end: the text without bars is split and compared. */
static void expect(const char *lang, const char *marked)
{
    char text[1024];
    struct buf got;
    buf_init(&got);
    size_t len = 0;
    for (const char *c = marked; *c; c++) {
        if (*c != '|') {
            text[len++] = *c;
        }
    }
    struct tokens tokens = {NULL, 0, 0};
    struct sentences sentences = {NULL, 0, 0};
    struct slice s = slice_of(text, len);
    tokens_scan(arena, pack_for(slice_cstr(lang)), s, 0, (uint32_t)len, 5, &tokens);
    sentences_split(arena, s, &tokens, 0, &sentences);
    size_t next = 0;
    uint32_t from = 0;
    for (size_t i = 0; i < sentences.count; i++) {
        const struct sentence *x = &sentences.items[i];
        assert_int_equal(x->first, next);
        assert_true(x->end > x->first);
        assert_int_equal(x->block, 5);
        for (size_t t = x->first; t < x->end; t++) {
            assert_int_equal(tokens.items[t].sentence, i);
        }
        next = x->end;
        uint32_t end = tokens.items[x->end - 1].end_byte;
        buf_append(&got, text + from, end - from);
        buf_text(&got, i + 1 < sentences.count ? "|" : "");
        from = end;
    }
    assert_int_equal(next, tokens.count);
    buf_char(&got, '\0');
    assert_string_equal(got.data, marked);
    buf_done(&got);
}

static void final_marks_before_a_capital(void **state)
{
    (void)state;
    expect("fr", "Il pleut.| Elle sort !| Où ?| Là…| Enfin...| Oui ?!| Non.");
    expect("fr", "Il pleut.| 12 personnes sortent.| — Ah bon ?| – Oui.| « Non »");
    expect("fr", "Fin.|Début sans blanc.");
    expect("fr", "Une phrase sans fin");
    expect("fr", "Il a dit (hier).| Elle (demain.)| Lui [non.]| Fin");
}

static void lower_case_goes_on(void **state)
{
    (void)state;
    expect("fr", "« Quoi ? » a-t-il demandé.| Rien.");
    expect("fr", "« Jamais ! », dit-elle.");
    expect("fr", "Il hésite... puis part.");
    expect("fr", "Trois points : un ; deux, trois.");
}

static void closing_marks_belong_to_the_sentence(void **state)
{
    (void)state;
    expect("fr", "« Je pars. »| Il est parti.| “Oui.”| Bien.");
    expect("fr", "\"Je pars.\"| Il est parti.| \"Ah ?\"| \"Oui.\"");
    expect("en", "He said: 'I go.'| Then he went.");
    expect("fr", "<< Je pars. >>| Il part.");
}

static void opening_marks_begin_one(void **state)
{
    (void)state;
    expect("fr", "Il part.| « Je pars »");
    expect("fr", "Il part.| \"Je pars\"");
    expect("en", "He left.| 'I go,' he said.");
}

static void abbreviations_and_initials_do_not_end_one(void **state)
{
    (void)state;
    expect("fr", "M. Dupont voit J. D. Vance, art. 5 et p. 12.| Fin.");
    expect("fr", "Les U.S. Marines et l'O.N.U. Centrale.");
    expect("fr", "Laurence S. Dupont part.| J. Le Goff aussi.");
    expect("fr", "Laurence S.| Elle part.| Le plan B.| Les autres.");
    expect("en", "Mr. Smith met Gen. Jones.| They spoke.");
}

static void some_abbreviations_may_end_one(void **state)
{
    (void)state;
    expect("fr", "Des pommes, etc.| Le marché ferme.");
    expect("fr", "Des pommes, etc. sont là.");
    expect("fr", "Des pommes, etc.");
    expect("en", "He runs Acme Inc.| They know.");
}

static void item_numbers_do_not_end_one(void **state)
{
    (void)state;
    expect("fr", "1. Le premier point.| 2. Le second.");
    expect("fr", "En 2019.| Le reste.");
}

static void left_out_words_do_not_end_one(void **state)
{
    (void)state;
    expect("fr", "« Nous (...) MM. Durand et Dupont […] Paris [...] Lyon. »");
}

static void nothing_gives_none(void **state)
{
    (void)state;
    struct tokens tokens = {NULL, 0, 0};
    struct sentences sentences = {NULL, 0, 0};
    sentences_split(arena, SLICE(""), &tokens, 0, &sentences);
    assert_int_equal(sentences.count, 0);
}

/* Blocks are split one after the other into the same lists. */
static void blocks_follow_each_other(void **state)
{
    (void)state;
    struct slice text = SLICE("Un. Deux.\nTrois.");
    struct tokens tokens = {NULL, 0, 0};
    struct sentences sentences = {NULL, 0, 0};
    tokens_scan(arena, NULL, text, 0, 9, 0, &tokens);
    sentences_split(arena, text, &tokens, 0, &sentences);
    size_t first = tokens.count;
    tokens_scan(arena, NULL, text, 10, (uint32_t)text.len, 1, &tokens);
    sentences_split(arena, text, &tokens, first, &sentences);
    assert_int_equal(sentences.count, 3);
    assert_int_equal(sentences.items[2].first, first);
    assert_int_equal(sentences.items[2].end, tokens.count);
    assert_int_equal(sentences.items[2].block, 1);
    assert_int_equal(tokens.items[first].sentence, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(final_marks_before_a_capital),
        cmocka_unit_test(lower_case_goes_on),
        cmocka_unit_test(closing_marks_belong_to_the_sentence),
        cmocka_unit_test(opening_marks_begin_one),
        cmocka_unit_test(abbreviations_and_initials_do_not_end_one),
        cmocka_unit_test(some_abbreviations_may_end_one),
        cmocka_unit_test(item_numbers_do_not_end_one),
        cmocka_unit_test(left_out_words_do_not_end_one),
        cmocka_unit_test(nothing_gives_none),
        cmocka_unit_test(blocks_follow_each_other),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
