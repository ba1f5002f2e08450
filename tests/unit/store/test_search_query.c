#include "fixture.h"

#include "store/reader.h"
#include "store/search_query.h"

static const char *compile(struct arena *arena, const char *q)
{
    const char *out = NULL;
    struct err e = {0};
    return search_query_compile(slice_cstr(q), NULL, arena, &out, &e) == RC_OK ? out : NULL;
}

static void test_forms(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    static const struct {
        const char *q, *expected;
    } cases[] = {
        {"paix", "\"paix\""},
        {"  Guerre   PAIX ", "\"guerre\" AND \"paix\""},
        {"\"une étape\" Kiev", "\"une etape\" AND \"kiev\""},
        {"« une étape »", "\"une etape\""},
        {"diplo*", "\"diplo\" *"},
        {"porte-parole", "\"porte parole\""},
        {"a OR b", "\"a\" AND \"or\" AND \"b\""},
        {"\"unclosed words", "\"unclosed words\""},
        {"title:x", "\"title x\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *out = compile(arena, cases[i].q);
        assert_non_null(out);
        assert_string_equal(out, cases[i].expected);
    }
    assert_null(compile(arena, "  ... !? "));
    assert_null(compile(arena, ""));
    arena_free(arena);
}

/* Whatever is typed: an answer or a clear refusal, never an error of the database's. */
static void test_nothing_is_a_syntax_error(void **state)
{
    struct archive *a = *state;
    static const char *const hostile[] = {
        "c++",
        "a-b",
        "l'été",
        "50%",
        "\"",
        "\"\"",
        "*",
        "**",
        "a*b",
        "AND",
        "OR",
        "NOT",
        "NEAR",
        "NEAR(a b, 2)",
        "a NEAR b",
        "^a",
        "a:b",
        "{a b}: c",
        "-a",
        "+a",
        "(",
        ")",
        "(a",
        "a)",
        "'",
        "''",
        "a'b",
        "\\",
        ";",
        "--",
        "a;DROP TABLE x",
        "\xc2\xab",
        "« »",
        "“”",
        "é",
        "\xe2\x80\x99",
        "aujourd'hui",
        "?1",
        ":x",
        "@x",
        "$x",
        "a\tb",
        "a\nb",
        "1.5",
        "rock'n'roll",
        "\"a\" \"b\" \"",
        "a* b*",
        "\"a b\"*",
    };
    struct err e = {0};
    struct store_article *rows;
    struct store_page page;
    size_t count;
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        struct store_article_query q = {.filter = {.q = slice_cstr(hostile[i])}, .limit = 5};
        enum rc rc = store_article_list(a->reader, &q, a->arena, &rows, &count, &page, &e);
        if (rc != RC_OK && rc != RC_INVALID) {
            fail_msg("'%s': %s", hostile[i], e.message);
        }
    }
    srand(7);
    for (int i = 0; i < 3000; i++) {
        char text[24];
        size_t len = (size_t)(rand() % 20);
        for (size_t k = 0; k < len; k++) {
            text[k] = "ab '\"*()-+:^{}.,\\%&|<>NOTANDOR"[rand() % 30];
        }
        struct store_article_query q = {.filter = {.q = slice_of(text, len)}, .limit = 5};
        enum rc rc = store_article_list(a->reader, &q, a->arena, &rows, &count, &page, &e);
        assert_true(rc == RC_OK || rc == RC_INVALID);
    }
}

static size_t found(struct archive *a, const char *words)
{
    struct store_article_query q = {.filter = {.q = slice_cstr(words)}, .limit = 5};
    struct store_article *rows;
    struct store_page page;
    struct err e = {0};
    size_t count = 0;
    if (store_article_list(a->reader, &q, a->arena, &rows, &count, &page, &e) != RC_OK) {
        fail_msg("'%s': %s", words, e.message);
    }
    return count;
}

static void test_folding(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    fixture_begin(&f, "https://example.org/s", "Été",
                  "L\xe2\x80\x99\xc3\xa9t\xc3\xa9 \xc3\xa0 Sa\xc3\xafgon: "
                  "le c\xc5\x93ur des Alpes, Trump's house, porte-parole, e\xcc\x81pe\xcc\x81"
                  "e, AUJOURD'HUI.");
    fixture_put(&f, a->store);
    static const char *const yes[] = {"ete",  "ÉTÉ",          "saigon",       "coeur",
                                      "cœur", "porte parole", "porte-parole", "épée",
                                      "EPEE", "aujourd'hui",  "alp*",         "\"porte parole\""};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        assert_int_equal(found(a, yes[i]), 1);
    }
    assert_int_equal(found(a, "parole-porte"), 0);
    assert_int_equal(found(a, "alp"), 0);
    fixture_end(&f);
}

static void test_elision(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    fixture_begin(&f, "https://example.org/el", "T", "Il attend l'hiver et qu'Emmanuel vienne.");
    fixture_put(&f, a->store);
    assert_int_equal(found(a, "hiver"), 1);
    assert_int_equal(found(a, "l'hiver"), 1);
    assert_int_equal(found(a, "d'hiver"), 1); /* the article is no part of the word */
    assert_int_equal(found(a, "emmanuel"), 1);
    fixture_end(&f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        TEST(test_nothing_is_a_syntax_error),
        TEST(test_folding),
        TEST(test_elision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
