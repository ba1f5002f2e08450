#include "given.h"

static void test_ninjs_1(void **state)
{
    (void)state;
    struct given g = given_with(
        SLICE("{\"uri\":\"urn:x:1\",\"type\":\"text\",\"language\":\"fr\",\"headline\":\"La halle "
              "sera rénovée\","
              "\"byline\":\"Jeanne Vidal\",\"versioncreated\":\"2026-02-03T14:05:00+01:00\","
              "\"subject\":[{\"name\":\"Urbanisme\"},{\"name\":\"Ville\"}],\"urgency\":4,"
              "\"body_text\":\"Le conseil a voté.\\n\\nA < B, dit-on.\","
              "\"body_html\":\"<p>Le conseil a voté.</p><p>Les travaux commencent.</p>\"}"),
        (struct ingest_hints){.name = SLICE("a.json")});
    const struct document *d = g.document;
    assert_int_equal(g.rc, RC_OK);
    assert_slice(d->text, "La halle sera rénovée\nLe conseil a voté.\nLes travaux commencent.");
    assert_slice(d->external_id.text, "urn:x:1");
    assert_slice(d->bylines[0], "Jeanne Vidal");
    assert_slice(d->keywords[1], "Ville");
    assert_slice(d->lang.text, "fr");
    assert_int_equal(d->published.time_ms, 1770123900000);
    given_done(&g);
}

static void test_ninjs_2(void **state)
{
    (void)state;
    struct given g = given_with(
        SLICE("[{\"uri\":\"urn:x:2\",\"headlines\":[{\"role\":\"main\",\"value\":\"Walls rise\"}],"
              "\"bodies\":[{\"role\":\"main\",\"contenttype\":\"text/html\",\"value\":\"<p>One.</"
              "p>\"}],"
              "\"firstcreated\":\"2026-02-03T14:05:00Z\"}]"),
        (struct ingest_hints){.content_type = SLICE("application/ninjs+json")});
    assert_int_equal(g.rc, RC_OK);
    assert_slice(g.document->text, "Walls rise\nOne.");
    given_done(&g);
}

static void test_schema_org(void **state)
{
    (void)state;
    struct given g = given_with(
        SLICE(
            "{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\",\"headline\":\"Walls "
            "rise\","
            "\"author\":[{\"name\":\"Ann\"},{\"name\":\"Tom\"}],\"publisher\":{\"name\":\"Echo\"},"
            "\"datePublished\":\"2026-02-03\",\"keywords\":\"a, "
            "b\",\"url\":\"https://e.example/1\","
            "\"articleBody\":\"One.\\nTwo.\"}"),
        (struct ingest_hints){.name = SLICE("-")});
    const struct document *d = g.document;
    assert_int_equal(g.rc, RC_OK);
    assert_slice(d->text, "Walls rise\nOne.\nTwo.");
    assert_int_equal(d->byline_count, 2);
    assert_int_equal(d->keyword_count, 2);
    assert_slice(d->source.text, "Echo");
    assert_slice(d->url.text, "https://e.example/1");
    assert_true(d->published.date_only);
    given_done(&g);
}

static void test_ours_stays_ours(void **state)
{
    (void)state;
    struct ingest_hints hints = {.name = SLICE("a.json")};
    struct err e;
    assert_string_equal(ingest_reader_name(ingest_reader_find(
                            &hints, SLICE("{\"text\":\"x\", \"body_text\":1}"), &e)),
                        "json");
    assert_string_equal(ingest_reader_name(ingest_reader_find(
                            &hints, SLICE("{\"title\":\"x\", \"blocks\":[]}"), &e)),
                        "json");
    struct given g = given_with(
        SLICE("[3]"), (struct ingest_hints){.content_type = SLICE("application/ld+json")});
    assert_refused(g, RC_INVALID, "", "a JSON object");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ninjs_1),
        cmocka_unit_test(test_ninjs_2),
        cmocka_unit_test(test_schema_org),
        cmocka_unit_test(test_ours_stays_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
