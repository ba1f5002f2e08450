#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <string.h>

#include "api/view_article.h"
#include "base/cleanup.h"
#include "sample.h"

CLEANUP_DEFINE(arena_free, struct arena)

static struct sample sample;

static struct store_article row_of(void)
{
    return (struct store_article){.id = 1,
                                  .revision = 3,
                                  .ingested_ms = 1770112345000,
                                  .updated_ms = 1770112345678,
                                  .entity_count = 2,
                                  .mention_count = 3,
                                  .quote_count = 2};
}

static struct pipeline_rendering render(struct arena *arena)
{
    struct pipeline_rendering made = {SLICE_NONE};
    struct identity identity = {.canonical_url = SLICE("https://gazette.example/a")};
    struct err e;
    sample_init(&sample);
    sample.document.canonical_url = (struct field){identity.canonical_url, ORIGIN_NONE};
    assert_int_equal(
        view_article_render(NULL, &sample.document, &sample.analysis, &identity, arena, &made, &e),
        RC_OK);
    return made;
}

static char *write(struct arena *arena, const struct store_article *row, unsigned include)
{
    struct buf out;
    struct jsonw w;
    struct view_article view = {.article = row, .include = include};
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    view_article_write(&w, SLICE("/base"), &view);
    char *text = arena_strdup(arena, "");
    if (!out.failed) {
        buf_char(&out, '\0');
        text = arena_strdup(arena, out.data);
    }
    buf_done(&out);
    return text;
}

static void stored_rendering_and_row_make_one_object(void **state)
{
    (void)state;
    CLEANUP(arena_free_p) struct arena *arena = arena_new(0);
    struct pipeline_rendering made = render(arena);
    struct store_article row = row_of();
    row.summary = made.summary;
    assert_string_equal(
        write(arena, &row, 0),
        "{\"id\":\"aaaaaaaaaaaac\",\"url\":\"https://gazette.example/a?b=\\\"c\\\"\","
        "\"canonical_url\":\"https://gazette.example/a\",\"external_id\":null,\"source\":null,"
        "\"title\":\"Été à "
        "Dieppe\",\"standfirst\":null,\"bylines\":[],\"credits\":[],\"lang\":\"fr\","
        "\"lang_confidence\":0.5,\"section\":null,\"image\":null,\"keywords\":[],"
        "\"published_at\":\"2026-02-03\",\"modified_at\":null,\"word_count\":15,"
        "\"origins\":{\"url\":\"submitted\",\"title\":\"text\",\"lang\":\"detected\","
        "\"published_at\":\"submitted\"},"
        "\"warnings\":[{\"code\":\"unknown_field\",\"detail\":\"/colour is not read\"},"
        "{\"code\":\"short_text\",\"detail\":\"the language is a guess\"}],"
        "\"analyser\":\"1.0.0\",\"ingested_at\":\"2026-02-03T09:52:25Z\","
        "\"updated_at\":\"2026-02-03T09:52:25.678Z\",\"revision\":3,\"text_rights\":\"full\","
        "\"counts\":{\"entities\":2,\"mentions\":3,\"quotes\":2,\"duplicates\":0},"
        "\"duplicate_of\":null,\"links\":{\"self\":\"/base/articles/aaaaaaaaaaaac\","
        "\"entities\":\"/base/articles/aaaaaaaaaaaac/entities\","
        "\"quotes\":\"/base/articles/aaaaaaaaaaaac/quotes\","
        "\"duplicates\":\"/base/articles/aaaaaaaaaaaac/duplicates\"}}");
}

/* A row that came in without a rendering must read the same. */
static void without_rendering_the_same_bytes(void **state)
{
    (void)state;
    CLEANUP(arena_free_p) struct arena *arena = arena_new(0);
    struct pipeline_rendering made = render(arena);
    struct store_article fast = row_of(), slow = row_of();
    fast.summary = made.summary;
    fast.document.text = sample.document.text;
    fast.document.blocks = sample.document.blocks;
    fast.document.block_count = sample.document.block_count;
    slow.document = sample.document;
    slow.lang = sample.analysis.lang;
    slow.lang_confidence = sample.analysis.lang_confidence;
    slow.lang_origin = sample.analysis.lang_origin;
    slow.warnings = sample.analysis.warnings;
    slow.warning_count = sample.analysis.warning_count;
    slow.analyser = SLICE("1.0.0");
    struct store_cp_span cps[] = {{0, 12}, {13, 92}};
    fast.block_cps = slow.block_cps = cps;
    const char *expected = write(arena, &fast, VIEW_TEXT | VIEW_BLOCKS);
    assert_string_equal(write(arena, &slow, VIEW_TEXT | VIEW_BLOCKS), expected);
    assert_non_null(strstr(expected, "\"blocks\":[{\"kind\":\"title\",\"start\":0,\"end\":12},"));
}

static void include_adds_and_never_takes_away(void **state)
{
    (void)state;
    CLEANUP(arena_free_p) struct arena *arena = arena_new(0);
    struct pipeline_rendering made = render(arena);
    struct store_article row = row_of();
    row.summary = made.summary;
    row.document.text = sample.document.text;
    static const char *const names[] = {"text", "blocks", "entities", "quotes"};
    json_t *bare = json_loads(write(arena, &row, 0), 0, NULL);
    for (unsigned include = 0; include < 16; include++) {
        json_t *article = json_loads(write(arena, &row, include), JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(article);
        for (unsigned i = 0; i < 4; i++) {
            bool there = json_object_get(article, names[i]) != NULL;
            assert_int_equal(there, (include >> i) & 1);
            json_object_del(article, names[i]);
        }
        assert_true(json_equal(article, bare));
        json_decref(article);
    }
    json_decref(bare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stored_rendering_and_row_make_one_object),
        cmocka_unit_test(without_rendering_the_same_bytes),
        cmocka_unit_test(include_adds_and_never_takes_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
