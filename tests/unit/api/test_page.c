#include "rendering.h"

/* Text: « Ça » dit É. The quote's words are 2 to 4, the verb 7 to 10, the name 11 to 12, in code points. */
#define ARTICLE(title, url, text)                                                                  \
    "{\"id\":\"a\",\"title\":\"" title "\",\"url\":\"" url "\",\"lang\":\"fr\",\"source\":\"S\","  \
    "\"text\":\"" text "\",\"blocks\":[{\"kind\":\"paragraph\",\"start\":0,\"end\":13}],"          \
    "\"entities\":[{\"id\":\"e\",\"slug\":\"e\",\"name\":\"É\",\"type\":\"PER\",\"mentions\":[{"  \
    "\"start\":11,\"end\":12}],\"links\":{\"self\":\"/entities/e\"}}],\"quotes\":[{\"id\":\"q\","  \
    "\"type\":\"direct\",\"text\":\"Ça\",\"spans\":[{\"start\":2,\"end\":4,\"verbatim\":true}],"  \
    "\"cue\":{\"text\":\"dit\",\"start\":7,\"end\":10},\"speaker\":{\"name\":\"É\",\"entity\":"   \
    "\"e\"}}]}"

static size_t place_of(const char *page, const char *part)
{
    const char *found = strstr(page, part);
    if (found == NULL) {
        fail_msg("%s\nisn't in %s", part, page);
    }
    return (size_t)(found - page);
}

static void marks_stand_where_they_are(void **state)
{
    (void)state;
    struct rendering r;
    const char *page =
        rendered(&r, page_render, "getArticle", ARTICLE("T", "https://x/", "« Ça » dit É."));
    size_t quote = place_of(page, "data-quote=\"q\"");
    assert_true(quote < place_of(page, ">Ça</"));
    place_of(page, ">dit</");
    place_of(page, ">É</");
    place_of(page, "href=\"https://x/\"");
    assert_null(strstr(page, "<script"));
    rendered_done(&r);
}

/* Whatever an article says is text. */
static void nothing_runs(void **state)
{
    (void)state;
    struct rendering r;
    const char *page =
        rendered(&r, page_render, "getArticle",
                 ARTICLE("<script>alert(1)</script>", "javascript:alert(1)", "<b>\\\"&'</b> É."));
    assert_null(strstr(page, "<script"));
    assert_null(strstr(page, "href=\"javascript"));
    assert_null(strstr(page, "<b>"));
    place_of(page, "&lt;script&gt;alert(1)&lt;/script&gt;");
    rendered_done(&r);
}

/* Places that the text doesn't have are no reason to fall. */
static void places_outside(void **state)
{
    (void)state;
    struct rendering r;
    const char *page = rendered(&r, page_render, "getArticle", ARTICLE("T", "https://x/", "É"));
    place_of(page, "</html>");
    rendered_done(&r);
    page = rendered(&r, page_render, "getArticle", "{\"id\":\"a\"}");
    place_of(page, "</html>");
    rendered_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(marks_stand_where_they_are),
                                       cmocka_unit_test(nothing_runs),
                                       cmocka_unit_test(places_outside)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
