#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "api/view_quote.h"

static const struct store_entity_ref anne = {
    true, 1, {"Anne Lebrun", 11}, {"anne-lebrun", 11}, ENTITY_PER, false};
static const struct store_entity_ref dieppe = {true,          2,          {"Dieppe", 6},
                                               {"dieppe", 6}, ENTITY_LOC, false};

static void check(const struct store_quote *quote, const char *expected)
{
    struct buf out;
    struct jsonw w;
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    view_quote_write(&w, SLICE("/b"), quote);
    buf_char(&out, '\0');
    assert_false(out.failed);
    assert_string_equal(out.data, expected);
    buf_done(&out);
}

static void a_full_quote(void **state)
{
    (void)state;
    struct store_quote_span spans[] = {{{90, 99, 80, 88}, true}, {{99, 120, 88, 105}, false}};
    struct store_alternative others[] = {{dieppe, 0.5f}};
    struct store_entity_ref about[] = {dieppe};
    struct store_quote quote = {.id = 3,
                                .article = {.id = 4,
                                            .title = SLICE("Titre"),
                                            .source = SLICE("S"),
                                            .url = SLICE("https://x/"),
                                            .has_published = true,
                                            .published_date_only = true,
                                            .published_ms = 1770076800000},
                                .sort_ms = 1770076800000,
                                .type = QUOTE_MIXED,
                                .text = SLICE("a … b"),
                                .spans = spans,
                                .span_count = 2,
                                .has_cue = true,
                                .cue = {SLICE("dit"), SLICE("dire"), CUE_NEUTRAL, {1, 4, 1, 4}},
                                .speaker = {.present = true,
                                            .span = {10, 16, 9, 15},
                                            .text = SLICE("Lebrun"),
                                            .name = SLICE("Lebrun"), /* the archive's name wins */
                                            .title = SLICE("maire"),
                                            .kind = SPEAKER_PERSON,
                                            .entity = anne,
                                            .affiliation = dieppe},
                                .resolution = SLICE("nearest_name"),
                                .alternatives = others,
                                .alternative_count = 1,
                                .channel = SLICE("sur X"),
                                .negated = true,
                                .in_headline = true,
                                .has_body_quote = true,
                                .body_quote = 5,
                                .about = about,
                                .about_count = 1,
                                .before = SLICE("Avant"),
                                .after = SLICE("Apr\303\250s"),
                                .confidence = 0.75f,
                                .rule = SLICE("marks_cue"),
                                .corrected = true};
    check(
        &quote,
        "{\"id\":\"aaaaaaaaaaaag\",\"article\":{\"id\":\"aaaaaaaaaaaai\",\"title\":\"Titre\","
        "\"source\":\"S\",\"published_at\":\"2026-02-03\",\"at\":\"2026-02-03T00:00:00Z\",\"url\":"
        "\"https://x/\"},"
        "\"type\":\"mixed\",\"text\":\"a … "
        "b\",\"spans\":[{\"start\":80,\"end\":88,\"verbatim\":true},"
        "{\"start\":88,\"end\":105,\"verbatim\":false}],"
        "\"cue\":{\"text\":\"dit\",\"lemma\":\"dire\",\"class\":\"neutral\",\"start\":1,\"end\":4},"
        "\"speaker\":{\"text\":\"Lebrun\",\"start\":9,\"end\":15,\"kind\":\"person\","
        "\"entity\":\"aaaaaaaaaaaac\",\"name\":\"Anne "
        "Lebrun\",\"type\":\"PER\",\"title\":\"maire\","
        "\"affiliation\":{\"id\":\"aaaaaaaaaaaae\",\"name\":\"Dieppe\"}},"
        "\"speaker_resolution\":\"nearest_name\",\"alternatives\":[{\"entity\":\"aaaaaaaaaaaae\","
        "\"name\":\"Dieppe\",\"score\":0.5}],\"reported_by\":null,\"addressee\":null,"
        "\"channel\":\"sur X\",\"negated\":true,\"hypothetical\":false,\"in_headline\":true,"
        "\"body_quote\":\"aaaaaaaaaaaak\",\"about\":[{\"id\":\"aaaaaaaaaaaae\",\"name\":\"Dieppe\"}"
        "],"
        "\"before\":\"Avant\",\"after\":\"Après\",\"confidence\":0.75,\"rule\":\"marks_cue\","
        "\"corrected\":true,\"links\":{\"self\":\"/b/quotes/aaaaaaaaaaaag\","
        "\"article\":\"/b/articles/aaaaaaaaaaaai\",\"occurrences\":\"/b/quotes/aaaaaaaaaaaag/"
        "occurrences\"}}");
}

static void a_bare_quote_has_the_same_keys(void **state)
{
    (void)state;
    struct store_quote quote = {
        .id = 3, .article.id = 4, .sort_ms = 5000, .type = QUOTE_DIRECT, .text = SLICE("a")};
    quote.speaker = (struct store_speaker){.present = true,
                                           .implied = true,
                                           .text = SLICE("never shown"),
                                           .name = SLICE("une source"),
                                           .kind = SPEAKER_ANONYMOUS};
    check(&quote,
          "{\"id\":\"aaaaaaaaaaaag\",\"article\":{\"id\":\"aaaaaaaaaaaai\",\"title\":null,"
          "\"source\":null,\"published_at\":null,\"at\":\"1970-01-01T00:00:05Z\",\"url\":null},"
          "\"type\":\"direct\",\"text\":\"a\","
          "\"spans\":[],\"cue\":null,\"speaker\":{\"text\":null,\"start\":null,\"end\":null,"
          "\"kind\":\"anonymous\",\"entity\":null,\"name\":\"une "
          "source\",\"type\":null,\"title\":null,"
          "\"affiliation\":null},\"speaker_resolution\":null,\"alternatives\":[],"
          "\"reported_by\":null,\"addressee\":null,\"channel\":null,\"negated\":false,"
          "\"hypothetical\":false,\"in_headline\":false,\"body_quote\":null,\"about\":[],"
          "\"before\":null,\"after\":null,\"confidence\":0,\"rule\":null,\"corrected\":false,"
          "\"links\":{\"self\":\"/b/quotes/aaaaaaaaaaaag\",\"article\":\"/b/articles/"
          "aaaaaaaaaaaai\",\"occurrences\":\"/b/quotes/aaaaaaaaaaaag/occurrences\"}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_quote),
        cmocka_unit_test(a_bare_quote_has_the_same_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
