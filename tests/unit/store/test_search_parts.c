/* Quoted words and narration are searched apart, whatever becomes of the quotes. */
#include "fixture.h"

#include "store/corrections.h"
#include "store/search_parts.h"

static void check_part(const char *text, struct slice quoted, enum search_part part,
                       const char *expected)
{
    struct buf out;
    buf_init(&out);
    search_parts_cut(slice_cstr(text), quoted, part, &out);
    buf_char(&out, '\0');
    assert_string_equal(out.data, expected);
    buf_done(&out);
}

static void test_cut(void **state)
{
    (void)state;
    const char *text = "un deux « trois quatre » cinq « six »";
    struct slice quoted = SLICE("\x0b\x0c\x0c\x03"); /* gap, length: "trois quatre", "six" */
    check_part(text, quoted, SEARCH_QUOTES, "trois quatre\x1esix");
    check_part(text, quoted, SEARCH_NARRATION, "un deux « \x1e » cinq « \x1e »");
    check_part(text, quoted, SEARCH_SEAMS, text); /* all of it is near a mark */
    check_part(text, SLICE(""), SEARCH_NARRATION, text);
    check_part(text, SLICE(""), SEARCH_QUOTES, "");
    check_part(text, SLICE(""), SEARCH_SEAMS, "");
    check_part("a b", SLICE("\x01\x7f"), SEARCH_NARRATION, "a b"); /* nonsense is none */
    check_part("a b c d e f g h i j k", SLICE("\x0c\x01"), SEARCH_SEAMS, "b c d e f g h i j k");
}

static size_t found(struct archive *a, const char *words, enum store_scope in)
{
    struct store_article_query q = {.filter = {.q = slice_cstr(words), .in = in}, .limit = 5};
    struct store_article *rows;
    struct store_page page;
    struct err e = {0};
    size_t count = 0;
    if (store_article_list(a->reader, &q, a->arena, &rows, &count, &page, &e) != RC_OK) {
        fail_msg("'%s': %s", words, e.message);
    }
    return count;
}

static void put_article(struct archive *a, bool with_quote)
{
    struct fixture f;
    fixture_begin(&f, "https://example.org/parts", "Le titre",
                  "Il a promis de « tenir parole devant tous » demain, et rien de plus.");
    uint32_t jean = fixture_entity(&f, "Il", ENTITY_PER);
    if (with_quote) {
        fixture_quote(&f, "tenir parole devant tous", jean, QUOTE_MIXED);
    }
    struct store_write request = fixture_request(&f);
    struct store_result result;
    struct err e = {0};
    request.kind = with_quote ? STORE_PUT : STORE_ANALYSIS;
    request.has_id = !with_quote;
    if (store_write_wait(a->store, &request, &result, &e) != RC_OK) {
        fail_msg("%s", e.message);
    }
    fixture_end(&f);
}

static void test_scopes(void **state)
{
    struct archive *a = *state;
    put_article(a, true);
    static const struct {
        const char *q;
        size_t all, title, text, quotes, narration;
    } cases[] = {
        {"titre", 1, 1, 1, 0, 1}, /* the text holds the title too */
        {"parole", 1, 0, 1, 1, 0},
        {"promis", 1, 0, 1, 0, 1},
        {"parole promis", 1, 0, 1, 0, 0},
        {"\"parole devant\"", 1, 0, 1, 1, 0},
        {"\"promis de tenir parole\"", 1, 0, 1, 0, 0}, /* over the mark */
        {"\"devant tous demain\"", 1, 0, 1, 0, 0},
        {"\"de demain\"", 0, 0, 0, 0, 0},              /* what was cut out stays between */
        {"quote:parole -quote:promis", 1, 1, 1, 1, 1}, /* fields say where themselves */
        {"narration:parole", 0, 0, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const size_t expected[] = {cases[i].all, cases[i].title, cases[i].text, cases[i].quotes,
                                   cases[i].narration};
        for (int in = STORE_IN_ALL; in <= (int)STORE_IN_NARRATION; in++) {
            if (found(a, cases[i].q, (enum store_scope)in) != expected[in]) {
                fail_msg("%s in %d", cases[i].q, in);
            }
        }
    }
    archive_check(a, true);
}

/* A new analysis without the quote makes narration of its words. */
static void test_follows_the_quotes(void **state)
{
    struct archive *a = *state;
    put_article(a, true);
    assert_int_equal(found(a, "parole", STORE_IN_QUOTES), 1);
    put_article(a, false);
    assert_int_equal(found(a, "parole", STORE_IN_QUOTES), 0);
    assert_int_equal(found(a, "parole", STORE_IN_NARRATION), 1);
    archive_check(a, true);
}

static void test_a_rejected_quote_is_narration(void **state)
{
    struct archive *a = *state;
    put_article(a, true);
    struct store_quote_query q = {.limit = 1};
    struct store_quote *quotes;
    struct store_page page;
    struct err e = {0};
    size_t count;
    assert_int_equal(store_quote_list(a->reader, &q, a->arena, &quotes, &count, &page, &e), RC_OK);
    struct store_quote_change change = {
        .quote = quotes[0].id, .reject = true, .author = SLICE("t")};
    int64_t numbers[STORE_CHANGES_MOST];
    assert_int_equal(store_change_quote(a->store, &change, numbers, &count, &e), RC_OK);
    assert_int_equal(found(a, "parole", STORE_IN_QUOTES), 0);
    assert_int_equal(found(a, "parole", STORE_IN_NARRATION), 1);
    archive_check(a, true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut),
        TEST(test_scopes),
        TEST(test_follows_the_quotes),
        TEST(test_a_rejected_quote_is_narration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
