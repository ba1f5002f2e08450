#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/score.h"
#include "text/utf8.h"

/*                         0         1         2         3         4         5     */
/*                         0123456789012345678901234567890123456789012345678901234567 */
static const char text[] = "« Non, jamais », dit Anne. « Oui », dit Li. Paul l'a dit. ";

struct scene {
    struct arena *arena;
    struct gold gold;
    struct analysis analysis;
    uint32_t code_points[256];
    struct score_quotes score;
};

static struct scene *open_scene(const char *gold_line)
{
    struct arena *arena = arena_new(0);
    struct scene *s = ARENA_NEW(arena, struct scene);
    struct err e;
    s->arena = arena;
    assert_int_equal(gold_read(slice_cstr(gold_line), SLICE("fr"), arena, &s->gold, &e), RC_OK);
    s->analysis.quotes = ARENA_ARRAY(arena, struct quote, 8);
    return s;
}

static uint32_t byte_of(const struct scene *s, size_t cp)
{
    size_t at = 0;
    while (cp-- > 0) {
        utf8_decode(s->gold.document->text, at, &at);
    }
    return (uint32_t)at;
}

static struct quote *add_quote(struct scene *s, enum quote_type type, size_t start, size_t end,
                               const char *speaker)
{
    struct quote *q = &s->analysis.quotes[s->analysis.quote_count++];
    *q = (struct quote){.type = type, .span_count = 1};
    q->spans = ARENA_NEW(s->arena, struct quote_span);
    q->spans[0] = (struct quote_span){{byte_of(s, start), byte_of(s, end)}, type != QUOTE_INDIRECT};
    if (speaker) {
        q->speaker = (struct speaker){.present = true,
                                      .name = slice_cstr(speaker),
                                      .text = slice_cstr(speaker),
                                      .kind = SPEAKER_PERSON};
    }
    return q;
}

static void run(struct scene *s)
{
    struct score_case c = {.gold = &s->gold,
                           .analysis = &s->analysis,
                           .offsets = offsets_new(s->arena, s->gold.document->text),
                           .arena = s->arena,
                           .text = s->code_points};
    for (size_t at = 0; at < s->gold.document->text.len;) {
        s->code_points[c.length++] = utf8_decode(s->gold.document->text, at, &at);
    }
    score_quotes_add(&s->score, &c);
}

static void expect(struct score_count c, long long hits, long long predicted, long long support)
{
    assert_int_equal(c.hits, hits);
    assert_int_equal(c.predicted, predicted);
    assert_int_equal(c.support, support);
}

#define GOLD(quotes)                                                                               \
    "{\"text\":\"« Non, jamais », dit Anne. « Oui », dit Li. Paul l'a dit. \",\"quotes\":[" quotes \
    "]"
#define NON "{\"type\":\"direct\",\"content\":[[2,13]],\"speaker_full\":\"Anne Morel\"}"
#define OUI "{\"type\":\"direct\",\"content\":[[29,32]],\"speaker_full\":\"Li Wei\"}"

static void test_right_words_right_speaker(void **state)
{
    (void)state;
    struct scene *s = open_scene(GOLD(NON "," OUI) "}");
    assert_string_equal(text, s->gold.document->text.ptr);
    add_quote(s, QUOTE_DIRECT, 0, 15, "Anne Morel"); /* marks at the ends don't count */
    add_quote(s, QUOTE_DIRECT, 29, 32, "Anne Morel");
    run(s);
    expect(s->score.content[SCORE_DIRECT][SCORE_EXACT], 2, 2, 2);
    expect(s->score.content[SCORE_MARKED][SCORE_30], 2, 2, 2);
    expect(s->score.content[SCORE_INDIRECT][SCORE_30], 0, 0, 0);
    expect(s->score.overlap, 3, 3, 3);
    assert_int_equal(s->score.speaker_right, 1);
    assert_int_equal(s->score.speaker_asked, 2);
    expect(s->score.end_to_end, 1, 2, 2);
    arena_free(s->arena);
}

static void test_shares_of_the_content(void **state)
{
    (void)state;
    struct scene *s = open_scene(GOLD(NON) "}");
    add_quote(s, QUOTE_DIRECT, 7, 13, NULL); /* "jamais": 6 of 11 characters */
    run(s);
    expect(s->score.content[SCORE_DIRECT][SCORE_30], 1, 1, 1);
    expect(s->score.content[SCORE_DIRECT][SCORE_80], 0, 1, 1);
    expect(s->score.overlap, 1, 1, 2);
    assert_int_equal(s->score.unknown, 1);
    assert_int_equal(s->score.direct, 1);
    arena_free(s->arena);
    s = open_scene(GOLD(OUI) "}");
    add_quote(s, QUOTE_DIRECT, 2, 41, "Li Wei"); /* covers it, but is far more than twice as long */
    run(s);
    expect(s->score.content[SCORE_DIRECT][SCORE_30], 0, 1, 1);
    expect(s->score.end_to_end, 0, 1, 1);
    arena_free(s->arena);
}

static void test_one_to_one(void **state)
{
    (void)state;
    struct scene *s = open_scene(GOLD(NON) "}");
    add_quote(s, QUOTE_DIRECT, 2, 5, "Anne Morel");
    add_quote(s, QUOTE_DIRECT, 2, 13, "Anne Morel");
    run(s);
    expect(s->score.content[SCORE_DIRECT][SCORE_EXACT], 1, 2, 1);
    expect(s->score.end_to_end, 1, 2, 1);
    arena_free(s->arena);
}

static void test_indirect_never_meets_marked(void **state)
{
    (void)state;
    struct scene *s = open_scene(GOLD(NON) "}");
    add_quote(s, QUOTE_INDIRECT, 2, 13, "Anne Morel");
    run(s);
    expect(s->score.content[SCORE_DIRECT][SCORE_30], 0, 0, 1);
    expect(s->score.content[SCORE_INDIRECT][SCORE_30], 0, 1, 0);
    arena_free(s->arena);
}

static void test_fragments_ignored_and_false_marks(void **state)
{
    (void)state;
    struct scene *s = open_scene(GOLD("{\"type\":\"mixed\",\"content\":[[2,5]],\"quoted_span\":[2,"
                                      "5]}") ",\"not_quotes\":[[29,32]],\"ignore\":[[44,58]]}");
    struct quote *mixed = add_quote(s, QUOTE_MIXED, 0, 5, "Anne");
    mixed->spans = ARENA_ARRAY(s->arena, struct quote_span, 2);
    mixed->spans[0] = (struct quote_span){{byte_of(s, 2), byte_of(s, 5)}, true};
    mixed->spans[1] = (struct quote_span){{byte_of(s, 7), byte_of(s, 13)}, false};
    mixed->span_count = 2;
    add_quote(s, QUOTE_DIRECT, 29, 32, "Li");   /* a scare quote taken for speech */
    add_quote(s, QUOTE_DIRECT, 44, 56, "Paul"); /* where gold doesn't look */
    run(s);
    expect(s->score.content[SCORE_MIXED][SCORE_EXACT], 1, 1, 1); /* its verbatim span alone */
    expect(s->score.content[SCORE_DIRECT][SCORE_30], 0, 1, 0);
    assert_int_equal(s->score.false_marks, 1);
    assert_int_equal(s->score.not_quotes, 1);
    arena_free(s->arena);
}

static void test_reliability(void **state)
{
    (void)state;
    struct scene *s = open_scene(GOLD(NON "," OUI) "}");
    add_quote(s, QUOTE_DIRECT, 2, 13, "Anne Morel")->confidence = 0.95F;
    add_quote(s, QUOTE_DIRECT, 29, 32, "Anne Morel")->confidence = 0.91F;
    add_quote(s, QUOTE_DIRECT, 44, 56, "Paul")->confidence = 1.0F;
    run(s);
    const struct score_bin *high = &s->score.reliability[SCORE_BINS - 1];
    assert_int_equal(high->quotes, 3); /* 1.0 counts to the last tenth */
    assert_int_equal(high->right, 1);  /* neither the wrong speaker nor the extra quote */
    assert_true(high->confidence > 2.85 && high->confidence < 2.87);
    assert_int_equal(s->score.reliability[0].quotes, 0);
    arena_free(s->arena);
}

static void test_figures(void **state)
{
    (void)state;
    struct buf out;
    struct jsonw w;
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    jsonw_object(&w);
    score_write(&w, "a", (struct score_count){2, 3, 4});
    score_write(&w, "b", (struct score_count){0, 0, 0});
    score_write_share(&w, "c", 1, 3);
    score_write_share(&w, "d", 0, 0);
    jsonw_end(&w);
    buf_char(&out, '\0');
    assert_string_equal(
        out.data,
        "{\"a\":{\"precision\":66.7,\"recall\":50.0,\"f1\":57.1,\"predicted\":3,\"support\":4},"
        "\"b\":{\"precision\":0.0,\"recall\":0.0,\"f1\":0.0,\"predicted\":0,\"support\":0},"
        "\"c\":33.3,\"d\":null}");
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right_words_right_speaker),
        cmocka_unit_test(test_shares_of_the_content),
        cmocka_unit_test(test_one_to_one),
        cmocka_unit_test(test_indirect_never_meets_marked),
        cmocka_unit_test(test_fragments_ignored_and_false_marks),
        cmocka_unit_test(test_reliability),
        cmocka_unit_test(test_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
