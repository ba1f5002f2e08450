#include "rendering.h"

static void check_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("%s\nisn't in %s", part, text);
    }
}

static void an_article(void **state)
{
    (void)state;
    struct rendering r;
    const char *text = rendered(
        &r, ninjs_render, "getArticle",
        "{\"id\":\"5q3hnjqcg7yzw\",\"revision\":2,\"title\":\"T\",\"standfirst\":null,\"lang\":"
        "\"fr\",\"source\":\"S\",\"published_at\":\"2026-02-03\",\"ingested_at\":"
        "\"2026-02-04T05:06:07Z\",\"updated_at\":\"2026-02-04T05:06:08Z\",\"bylines\":[\"A\",\"B "
        "\\\"C\\\"\"],\"url\":\"https://x/\",\"canonical_url\":null,\"external_id\":\"7\","
        "\"word_count\":3,\"text\":\"un deux trois\",\"entities\":[{\"id\":\"e\",\"name\":\"Anne\","
        "\"type\":\"PER\"},{\"id\":\"f\",\"name\":\"Dieppe\",\"type\":\"LOC\"}],\"quotes\":[{"
        "\"id\":\"q\"}]}");
    check_has(text, "\"standard\":{\"name\":\"ninjs\",\"version\":\"3.1\",\"schema\":");
    check_has(text, "\"type\":\"text\",\"profile\":\"guillemet-quotes\",\"version\":\"2\"");
    check_has(text, "\"contentCreated\":\"2026-02-03T00:00:00Z\""); /* no dates without a time */
    check_has(text, "\"headlines\":[{\"role\":\"main\",\"contentType\":\"text/plain\",\"value\":");
    check_has(text, "\"wordCount\":3,\"value\":\"un deux trois\"}]");
    check_has(text, "\"by\":\"A, B \\\"C\\\"\"");
    check_has(text, "\"people\":[{\"name\":\"Anne\",\"rel\":\"mentions\",\"uri\":\"urn:uuid:");
    check_has(text, "\"places\":[{\"name\":\"Dieppe\"");
    check_has(text, "{\"role\":\"external\",\"value\":\"7\"}");
    check_has(text, "\"quotes\":[{\"id\":\"q\"}]}");
    assert_null(strstr(text, "null"));
    assert_null(strstr(text, "descriptions"));
    assert_null(strstr(text, "organisations"));
    rendered_done(&r);
}

static void a_bare_article(void **state)
{
    (void)state;
    struct rendering r;
    const char *text = rendered(&r, ninjs_render, "getArticle",
                                "{\"id\":\"5q3hnjqcg7yzw\",\"revision\":1,\"title\":null}");
    check_has(text, "\"quotes\":[]}");
    assert_null(strstr(text, "null"));
    rendered_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_article),
                                       cmocka_unit_test(a_bare_article)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
