#include "given.h"

#include <stdlib.h>

static void test_text_is_kept_exactly(void **state)
{
    (void)state;
    struct given g =
        given_json("{\"text\":\"\\ufeffUn titre\\r\\n\\r\\nUn \\u00e9t\\u00e9\\u00a0!\\t \"}");
    assert_int_equal(g.rc, RC_OK);
    assert_slice(g.document->text, "\xEF\xBB\xBFUn titre\r\n\r\nUn \xC3\xA9t\xC3\xA9\xC2\xA0!\t ");
    given_done(&g);
}

static void test_fields(void **state)
{
    (void)state;
    struct given g = given_json("{\"id\":42,\"text\":\"Corps de l'article.\",\"title\":\" "
                                "Un\\ntitre \",\"source\":\"Le Courrier\","
                                "\"published_at\":\"2026-02-03\",\"modified_at\":\"2026-02-03T14:"
                                "05:00+01:00\",\"lang\":\"FR-ca\","
                                "\"authors\":[\"Ana Ruiz\",\"Li "
                                "Wei\"],\"keywords\":\"paix\",\"section\":null,\"image\":\"\"}");
    assert_int_equal(g.rc, RC_OK);
    const struct document *d = g.document;
    assert_slice(d->external_id.text, "42");
    assert_slice(d->title.text, "Un titre");
    assert_int_equal(d->title.origin, ORIGIN_SUBMITTED);
    assert_slice(d->source.text, "Le Courrier");
    assert_slice(d->lang.text, "fr-ca");
    assert_true(d->published.present && d->published.date_only);
    assert_true(d->modified.present && !d->modified.date_only);
    assert_true(d->modified.time_ms == INT64_C(1770123900000));
    assert_int_equal(d->byline_count, 2);
    assert_slice(d->bylines[1], "Li Wei");
    assert_int_equal(d->keyword_count, 1);
    assert_false(slice_present(d->section.text));
    assert_false(slice_present(d->image.text));
    assert_int_equal(d->warning_count, 0);
    given_done(&g);
}

static void test_external_id_beats_id(void **state)
{
    (void)state;
    const char *orders[] = {"{\"id\":\"a\",\"external_id\":\"b\",\"text\":\"Oui.\"}",
                            "{\"external_id\":\"b\",\"id\":\"a\",\"text\":\"Oui.\"}"};
    for (size_t i = 0; i < 2; i++) {
        struct given g = given_json(orders[i]);
        assert_int_equal(g.rc, RC_OK);
        assert_slice(g.document->external_id.text, "b");
        given_done(&g);
    }
}

static void test_canonical_url_beats_url(void **state)
{
    (void)state;
    const char *orders[] = {
        "{\"url\":\"http://e.org/amp/a\",\"canonical_url\":\"http://E.org/a\",\"text\":\"Oui.\"}",
        "{\"canonical_url\":\"http://E.org/a\",\"url\":\"http://e.org/amp/a\",\"text\":\"Oui.\"}"};
    for (size_t i = 0; i < 2; i++) {
        struct given g = given_json(orders[i]);
        assert_int_equal(g.rc, RC_OK);
        assert_slice(g.document->canonical_url.text, "http://e.org/a");
        assert_slice(g.document->url.text, "http://e.org/amp/a");
        given_done(&g);
    }
    struct given bad = given_json("{\"canonical_url\":\"a\",\"text\":\"Oui.\"}");
    assert_refused(bad, RC_INVALID, "/canonical_url", "http");
}

static void test_title_in_the_text_becomes_a_span_of_it(void **state)
{
    (void)state;
    struct given g =
        given_json("{\"title\":\"La paix !\",\"text\":\"La paix !\\nElle vient, dit-on ici.\"}");
    assert_int_equal(g.rc, RC_OK);
    assert_string_equal(given_kinds(&g), "title paragraph");
    assert_ptr_equal(g.document->title.text.ptr, g.document->text.ptr);
    assert_int_equal(g.document->title.origin, ORIGIN_SUBMITTED);
    given_done(&g);
    g = given_json(
        "{\"title\":\"Autre chose\",\"text\":\"Elle vient, dit-on ici.\\nEt voil\\u00e0 tout.\"}");
    assert_slice(g.document->title.text, "Autre chose");
    assert_string_equal(given_kinds(&g), "paragraph paragraph");
    given_done(&g);
}

static void test_unknown_fields_are_warnings(void **state)
{
    (void)state;
    struct given g = given_json("{\"text\":\"Oui.\",\"titel\":\"x\",\"a/b~c\":1}");
    assert_int_equal(g.rc, RC_OK);
    assert_int_equal(g.document->warning_count, 2);
    assert_string_equal(g.document->warnings[0].code, "unknown_field");
    assert_slice(g.document->warnings[0].detail,
                 "/titel is no field of a document: ignored (did you mean \"title\"?)");
    assert_true(slice_starts(g.document->warnings[1].detail, SLICE("/a~1b~0c ")));
    given_done(&g);
}

static void test_blocks_over_a_text(void **state)
{
    (void)state;
    struct given g =
        given_json("{\"text\":\"\\u00c9t\\u00e9\\nIl \\ud83d\\ude00 pleut.\\nFin\",\"blocks\":["
                   "{\"kind\":\"title\",\"start\":0,\"end\":3},{\"start\":4,\"end\":15},"
                   "{\"kind\":\"boilerplate\",\"start\":16,\"end\":19}]}");
    assert_int_equal(g.rc, RC_OK);
    assert_string_equal(given_kinds(&g), "title paragraph boilerplate");
    assert_slice(given_block(&g, 0), "\xC3\x89t\xC3\xA9");
    assert_slice(given_block(&g, 1), "Il \xF0\x9F\x98\x80 pleut.");
    assert_slice(g.document->title.text, "\xC3\x89t\xC3\xA9");
    assert_int_equal(g.document->word_count, 3);
    given_done(&g);
}

static void test_text_is_built_from_blocks(void **state)
{
    (void)state;
    struct given g =
        given_json("{\"title\":\"T\",\"standfirst\":\"S.\",\"blocks\":[\"Un.\\nDeux.\",\"\","
                   "{\"kind\":\"subheading\",\"text\":\"H\"},{\"text\":\"Trois.\"}]}");
    assert_int_equal(g.rc, RC_OK);
    assert_slice(g.document->text, "T\nS.\nUn. Deux.\nH\nTrois.");
    assert_string_equal(given_kinds(&g), "title standfirst paragraph subheading paragraph");
    assert_slice(given_block(&g, 3), "H");
    given_done(&g);
}

static void test_wrong_types_name_the_pointer(void **state)
{
    (void)state;
    const struct {
        const char *json, *pointer, *words;
    } cases[] = {
        {"[1]", "", "must be an object, not a number"},
        {"{\"text\":3}", "/text", "must be a string, not a number"},
        {"{\"text\":[]}", "/text", "not an array"},
        {"{\"text\":\"a\",\"title\":{}}", "/title", "not an object"},
        {"{\"text\":\"a\",\"title\":true}", "/title", "not a boolean"},
        {"{\"text\":\"a\",\"bylines\":[\"x\",3]}", "/bylines/1", "must be a string"},
        {"{\"text\":\"a\",\"bylines\":{}}", "/bylines", "an array of strings"},
        {"{\"text\":\"a\",\"id\":1.5}", "/id", "must be a string"},
        {"{\"text\":\"a\",\"published_at\":\"hier\"}", "/published_at", "is not a date"},
        {"{\"text\":\"a\",\"published_at\":20260203}", "/published_at", "must be a string"},
        {"{\"text\":\"a\",\"url\":\"javascript:x\"}", "/url", "http"},
        {"{\"text\":\"a\",\"lang\":\"fran\\u00e7ais\"}", "/lang", "language code"},
        {"{\"text\":\"abc\",\"blocks\":3}", "/blocks", "must be an array"},
        {"{\"text\":\"abc\",\"blocks\":[3]}", "/blocks/0", "must be an object"},
        {"{\"text\":\"abc\",\"blocks\":[{\"kind\":\"poem\",\"start\":0,\"end\":1}]}",
         "/blocks/0/kind", "poem"},
        {"{\"text\":\"abc\",\"blocks\":[{\"start\":0}]}", "/blocks/0/end", "needs"},
        {"{\"text\":\"abc\",\"blocks\":[{\"start\":0,\"end\":4}]}", "/blocks/0/end", "outside"},
        {"{\"text\":\"abc\",\"blocks\":[{\"start\":-1,\"end\":4}]}", "/blocks/0/start", "outside"},
        {"{\"text\":\"abc\",\"blocks\":[{\"start\":0,\"end\":2},{\"start\":1,\"end\":3}]}",
         "/blocks/1/start", "outside"},
        {"{\"blocks\":[{\"kind\":\"title\"}]}", "/blocks/0/text", "needs its own"},
        {"{\"text\":\"a\",\"origins\":{\"title\":\"moon\"}}", "/origins", "moon"},
        {"{\"title\":\"a\"}", "/text", "needs \"text\""},
        {"{\"text\":\"\"}", "/text", "empty"},
        {"{\"text\":\" \\n \"}", "/text", "empty"},
        {"{\"text\":null}", "/text", "needs"},
        {"{\"blocks\":[\" \"]}", "/blocks", "empty"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct given g = given_json(cases[i].json);
        assert_refused(g, RC_INVALID, cases[i].pointer, cases[i].words);
    }
}

static void test_bad_json(void **state)
{
    (void)state;
    const struct {
        const char *json, *words;
    } cases[] = {
        {"", "empty"},
        {"{", "not JSON"},
        {"{\"text\":\"a\"} x", "not JSON"},
        {"{\"text\":\"a\",\"text\":\"b\"}", "duplicate"},
        {"{\"text\":\"a\\ud800b\"}", "not JSON"},
        {"{\"text\":\"a\\udc00\\ud800\"}", "not JSON"},
        {"{\"text\":\"a\\u0000b\"}", "\\u0000, a NUL character"},
        {"{\"text\":\"a\", \"n\": NaN}", "not JSON"},
        {"{\"text\":\"a\", \"n\": 1e999}", "not JSON"},
        {"{\"text\":\"\xE9\"}", "not valid UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct given g = given_json(cases[i].json);
        assert_refused(g, RC_INVALID, "", cases[i].words);
    }
}

static void test_depth_bomb(void **state)
{
    (void)state;
    size_t depth = 1000000;
    char *bomb = malloc(depth + 1);
    memset(bomb, '[', depth);
    bomb[depth] = '\0';
    struct given g = given_json(bomb);
    assert_refused(g, RC_INVALID, "", "depth");
    free(bomb);
}

static void test_one_document_means_one(void **state)
{
    (void)state;
    struct given g = given_json("[{\"text\":\"Oui.\"}]");
    assert_int_equal(g.rc, RC_OK);
    given_done(&g);
    g = given_json("[{\"text\":\"Oui.\"},{\"text\":\"Non.\"}]");
    assert_refused(g, RC_INVALID, "", "several documents");
    g = given_json("[{\"text\":\"Oui.\"},3]");
    assert_refused(g, RC_INVALID, "", "several documents");
    g = given_json("[]");
    assert_refused(g, RC_INVALID, "", "no document");
}

static void test_limits(void **state)
{
    (void)state;
    size_t most = DOCUMENT_TEXT_MOST;
    char *json = malloc(most + 64);
    memcpy(json, "{\"text\":\"", 9);
    memset(json + 9, 'a', most + 1);
    memcpy(json + 9 + most + 1, "\"}", 3);
    struct given g = given_json(json);
    assert_refused(g, RC_TOO_LARGE, "/text", "longer");
    memcpy(json + 9 + most, "\"}", 3);
    g = given_json(json);
    assert_int_equal(g.rc, RC_OK);
    assert_int_equal(g.document->text.len, most);
    given_done(&g);
    memcpy(json, "{\"title\":\"", 10);
    memset(json + 10, 'a', 5000);
    memcpy(json + 5010, "\",\"text\":\"a\"}", 14);
    g = given_json(json);
    assert_refused(g, RC_INVALID, "/title", "longer than 4096");
    free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_kept_exactly),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_external_id_beats_id),
        cmocka_unit_test(test_canonical_url_beats_url),
        cmocka_unit_test(test_title_in_the_text_becomes_a_span_of_it),
        cmocka_unit_test(test_unknown_fields_are_warnings),
        cmocka_unit_test(test_blocks_over_a_text),
        cmocka_unit_test(test_text_is_built_from_blocks),
        cmocka_unit_test(test_wrong_types_name_the_pointer),
        cmocka_unit_test(test_bad_json),
        cmocka_unit_test(test_depth_bomb),
        cmocka_unit_test(test_one_document_means_one),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
