#include "given.h"

#include "ingest/gold.h"

static enum rc read_gold(const char *line, struct arena *arena, struct gold *out, struct err *e)
{
    *e = (struct err){0};
    return gold_read(slice_cstr(line), SLICE("fr"), arena, out, e);
}

static void test_a_whole_line(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    struct gold g;
    struct err e;
    assert_int_equal(
        read_gold(
            "{\"id\":\"x\",\"lang\":\"en\",\"text\":\"Été à Brest.\",\"split\":\"dev\","
            "\"entities\":[{\"start\":6,\"end\":11,\"type\":\"LOC\",\"text\":\"Brest\"},"
            "{\"start\":0,\"end\":3,\"type\":\"OPT\"}],"
            "\"quotes\":[{\"type\":\"mixed\",\"content\":[[0,3],[6,11]],\"quoted_span\":null,"
            "\"speaker_full\":\"Anne Morel\",\"speaker_alt\":[\"Morel\"],\"speaker_text\":null,"
            "\"source_text\":[\"la maire\",\"\"]}],\"not_quotes\":[[1,2]],\"ignore\":null}",
            arena, &g, &e),
        RC_OK);
    assert_slice(g.id, "x");
    assert_slice(g.document->lang.text, "en");
    assert_slice(g.document->text, "Été à Brest.");
    assert_int_equal(g.entity_count, 2);
    assert_int_equal(g.entities[0].span.start_cp, 6);
    assert_slice(g.entities[1].type, "OPT");
    assert_int_equal(g.quote_count, 1);
    assert_int_equal(g.quotes[0].type, QUOTE_MIXED);
    assert_int_equal(g.quotes[0].content.count, 2);
    assert_int_equal(g.quotes[0].full.count, 2);
    assert_slice(g.quotes[0].full.items[1], "Morel");
    assert_int_equal(g.quotes[0].printed.count, 1);
    assert_slice(g.quotes[0].printed.items[0], "la maire");
    assert_true(g.fragments);
    assert_int_equal(g.not_quotes.count, 1);
    assert_int_equal(g.ignore.count, 0);
    arena_free(arena);
}

static void test_defaults(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    struct gold g;
    struct err e;
    assert_int_equal(read_gold("{\"text\":\"Oui.\",\"quotes\":[]}", arena, &g, &e), RC_OK);
    assert_slice(g.document->lang.text, "fr");
    assert_false(g.fragments);
    assert_false(slice_present(g.id));
    arena_free(arena);
}

static void test_wrong_gold(void **state)
{
    (void)state;
    const struct {
        const char *line, *field;
    } cases[] = {
        {"[]", ""},
        {"{", ""},
        {"{\"text\":3}", "/text"},
        {"{\"text\":\"Oui.\",\"entities\":[{\"start\":0,\"end\":5,\"type\":\"PER\"}]}",
         "/entities/0"},
        {"{\"text\":\"Oui.\",\"entities\":[{\"start\":2,\"end\":1,\"type\":\"PER\"}]}",
         "/entities/0"},
        {"{\"text\":\"Oui.\",\"entities\":[{\"start\":0,\"end\":1}]}", "/entities/0"},
        {"{\"text\":\"Oui.\",\"entities\":[3]}", "/entities/0"},
        {"{\"text\":\"Oui.\",\"quotes\":[{\"type\":\"loud\",\"content\":[]}]}", "/quotes/0"},
        {"{\"text\":\"Oui.\",\"quotes\":[{\"type\":\"direct\",\"content\":[[0]]}]}", "/quotes/0"},
        {"{\"text\":\"Oui.\",\"quotes\":[{\"type\":\"direct\",\"content\":{}}]}", "/quotes/0"},
        {"{\"text\":\"Oui.\",\"not_quotes\":[[0,9]]}", "/not_quotes"},
    };
    struct arena *arena = arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct gold g;
        struct err e;
        assert_int_equal(read_gold(cases[i].line, arena, &g, &e), RC_INVALID);
        assert_string_equal(e.field, cases[i].field);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_whole_line),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_wrong_gold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
