#include "rendering.h"

static void check(const char *operation, const char *body, const char *expected)
{
    struct rendering r;
    assert_string_equal(rendered(&r, jsonld_render, operation, body), expected);
    rendered_done(&r);
}

#define SPEAKS(speaker)                                                                            \
    "{\"id\":\"q\",\"text\":\"t\",\"speaker\":" speaker                                            \
    ",\"article\":{\"id\":\"a\"},\"links\":{\"self\":\"/quotes/q\",\"article\":\"/articles/a\"}}"
#define SPOKEN(by)                                                                                 \
    "{\"@context\":\"https://schema.org\",\"@type\":\"Quotation\",\"@id\":\"/quotes/q\","          \
    "\"identifier\":\"q\",\"text\":\"t\"," by                                                      \
    "\"isPartOf\":{\"@type\":\"NewsArticle\",\"@id\":\"/articles/a\",\"identifier\":\"a\"}}"

/* A person, an organization, or words: nothing else speaks in schema.org. */
static void who_speaks(void **state)
{
    (void)state;
    check("getQuote",
          SPEAKS("{\"name\":\"Anne\",\"kind\":\"person\",\"type\":\"PER\",\"entity\":\"e\","
                 "\"title\":\"maire\"}"),
          SPOKEN("\"spokenByCharacter\":{\"@type\":\"Person\",\"name\":\"Anne\","
                 "\"identifier\":\"e\",\"jobTitle\":\"maire\"},"));
    check("getQuote",
          SPEAKS("{\"name\":\"Paris\",\"kind\":\"organisation\",\"type\":\"LOC\",\"entity\":\"e\","
                 "\"title\":\"capitale\"}"),
          SPOKEN("\"spokenByCharacter\":{\"@type\":\"Organization\",\"name\":\"Paris\","
                 "\"identifier\":\"e\"},"));
    check(
        "getQuote",
        SPEAKS("{\"name\":null,\"text\":\"des riverains\",\"kind\":\"collective\",\"type\":null}"),
        SPOKEN("\"spokenByCharacter\":\"des riverains\","));
    check("getQuote", SPEAKS("{\"name\":null,\"text\":null,\"kind\":\"unknown\",\"type\":null}"),
          SPOKEN(""));
    check("getQuote", SPEAKS("null"), SPOKEN(""));
}

static void a_list_is_a_graph(void **state)
{
    (void)state;
    check("listEntities", "{\"items\":[]}", "{\"@context\":\"https://schema.org\",\"@graph\":[]}");
    check(
        "listEntities",
        "{\"items\":[{\"id\":\"e\",\"name\":\"AC/DC\",\"type\":\"ORG\",\"aliases\":[{\"text\":"
        "\"AC/DC\"},{\"text\":\"ACDC\"}],\"titles\":[{\"text\":\"groupe\"}],\"links\":{\"self\":"
        "\"/entities/e\"}}]}",
        "{\"@context\":\"https://schema.org\",\"@graph\":[{\"@type\":\"Organization\",\"@id\":"
        "\"/entities/e\",\"identifier\":\"e\",\"name\":\"AC/DC\",\"alternateName\":[\"ACDC\"]}]}");
}

/* What isn't known is left out, and so are empty lists. */
static void nothing_is_null(void **state)
{
    (void)state;
    check("getArticle",
          "{\"id\":\"a\",\"title\":\"T \\\"x\\\"\",\"standfirst\":null,\"bylines\":[\"Anne\"],"
          "\"source\":\"S\",\"keywords\":[],\"text\":\"t\",\"links\":{\"self\":\"/articles/a\"}}",
          "{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\",\"@id\":\"/articles/a\","
          "\"identifier\":\"a\",\"headline\":\"T \\\"x\\\"\",\"articleBody\":\"t\",\"author\":[{"
          "\"@type\":\"Person\",\"name\":\"Anne\"}],\"publisher\":{\"@type\":\"Organization\","
          "\"name\":\"S\"}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(who_speaks),
                                       cmocka_unit_test(a_list_is_a_graph),
                                       cmocka_unit_test(nothing_is_null)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
