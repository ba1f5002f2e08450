#include "fixture.h"

#include "store/reader.h"
#include "store/row_set.h"
#include "store/search_query.h"

static struct err refusal;
static struct store_filter conditions;

static const char *compile(struct arena *arena, const char *q)
{
    struct search_query out = {0};
    conditions = (struct store_filter){0};
    enum rc rc = search_query_compile(slice_cstr(q), STORE_ARTICLE_LIST, 0, arena, &conditions,
                                      &out, &refusal);
    return rc != RC_OK ? NULL : out.match ? out.match : "";
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
        {"“une éta”*", "\"une eta\" *"},
        {"porte-parole", "\"porte parole\""},
        {"a OR b", "\"a\" OR \"b\""},
        {"a b OR c", "\"a\" AND \"b\" OR \"c\""},
        {"a OU (b ET c)", "\"a\" OR (\"b\" AND \"c\")"},
        {"a or b", "\"a\" AND \"or\" AND \"b\""},
        {"\"a OR b\"", "\"a or b\""},
        {"a -b", "((\"a\") NOT \"b\")"},
        {"-b a SAUF c", "((\"a\") NOT \"b\" NOT \"c\")"},
        {"a NOT (b OR c)", "((\"a\") NOT (\"b\" OR \"c\"))"},
        {"a - b", "\"a\" AND \"b\""},
        {"a NEAR/3 \"b c\" NEAR d", "NEAR(\"a\" \"b c\" \"d\", 10)"},
        {"\"unclosed words", "\"unclosed words\""},
        {"title:x", "{title} : \"x\""},
        {"title:\"x y\" z", "{title} : \"x y\" AND \"z\""},
        {"quote:x", "{quotes} : \"x\""},
        {"text:x", "{narration quotes} : \"x\""},
        {"text:x-y", "{narration quotes seams} : \"x y\""},
        {"narration:a NEAR/2 b", "{narration} : NEAR(\"a\" \"b\", 2)"},
        {"title: x", "\"title\" AND \"x\""},
        {"\"a b c d\"", "\"a b c d\""},
        {"\"a b c d e\"", "(\"a b c d\" AND \"b c d e\")"},
        {"text:\"a b c d e f gra\"*",
         "({narration quotes seams} : \"a b c d\" AND {narration quotes"
         " seams} : \"c d e f\" AND {narration quotes seams} : \"d e f gra\" *)"},
        {"quote:\"a b c d e\"", "{quotes} : \"a b c d e\""},
        {"10:30", "\"10 30\""},
        {"https://x.example/a", "\"https x example a\""},
        {"AT&T R&D c++ 50%", "\"at t\" AND \"r d\" AND \"c\" AND \"50\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *out = compile(arena, cases[i].q);
        if (out == NULL) {
            fail_msg("%s: %s", cases[i].q, refusal.message);
        }
        assert_string_equal(out, cases[i].expected);
        assert_int_equal(conditions.count, 0);
    }
    assert_null(compile(arena, "  ... !? "));
    assert_null(compile(arena, ""));
    arena_free(arena);
}

/* Fields that are conditions. */
static void test_conditions(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    assert_string_equal(compile(arena, "budget speaker:\"Anne Lebrun\",Varenne -source:X"),
                        "\"budget\"");
    assert_int_equal(conditions.count, 2);
    assert_int_equal(conditions.items[0].count, 2);
    assert_int_equal(conditions.items[0].roles, STORE_SPEAKS);
    assert_true(slice_is(conditions.items[0].values[0], "Anne Lebrun"));
    assert_true(slice_is(conditions.items[0].values[1], "Varenne"));
    assert_true(conditions.items[1].negated);
    assert_string_equal(compile(arena, "speaker:«Anne Lebrun»"), "");
    assert_string_equal(compile(arena, "before:2026-02-03 AND after:2026-02-01 a"), "\"a\"");
    assert_int_equal(conditions.items[0].most, INT64_C(1770076800000) - 1);
    assert_string_equal(compile(arena, "date:2026-02 NOT lang:fr"), "");
    assert_true(conditions.items[1].negated);
    arena_free(arena);
}

static void test_refusals_point_at_the_place(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    static const struct {
        const char *q;
        const char *where;
    } cases[] = {
        {"été AND", "code point 4"},
        {"AND a", "code point 0"},
        {"a OR", "code point 2"},
        {"OR a", "code point 0"},
        {"a OR OR b", "code point 2"},
        {"a NOT", "code point 2"},
        {"-b", "code point 0"},
        {"a OR -b", "code point 5"},
        {"é (a", "code point 2"},
        {"a)", "code point 1"},
        {"()", "code point 0"},
        {"NEAR/3 a", "code point 0"},
        {"a NEAR/3", "code point 2"},
        {"a NEAR/101 b", "code point 2"},
        {"titel:x", "code point 0"},
        {"a OR speaker:b", "code point 5"},
        {"speaker:b OR a", "code point 10"},
        {"(speaker:b)", "code point 1"},
        {"é speaker:,", "code point 2"},
        {"before:hier", "code point 0"},
        {"type:direct", "code point 0"}, /* of quotes */
        {"((((((((((((((a))))))))))))))", "code point 12"},
        {"un de*", "code point 3"}, /* the beginning of too many words */
        {"\"le d\"*", "code point 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (compile(arena, cases[i].q) != NULL) {
            fail_msg("'%s' is taken", cases[i].q);
        }
        assert_string_equal(refusal.field, "q");
        assert_string_equal(refusal.where, cases[i].where);
        assert_true(strlen(refusal.message) > 20);
    }
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
        char text[64];
        size_t len = (size_t)(rand() % 20);
        for (size_t k = 0; k < len; k++) {
            text[k] = "ab '\"*()-+:^{}.,\\%&|<>NOTANDOR"[rand() % 30];
        }
        static const char *const pieces[] = {"",         " AND ",  " OR ", " NOT ",
                                             " NEAR/2 ", "title:", " -"};
        const char *piece = pieces[rand() % 7];
        memcpy(text + len, piece, strlen(piece));
        len += strlen(piece);
        text[len++] = (char)('a' + rand() % 3);
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

/* An open set answers as if it held everything, and looks up only what it is asked for. */
static void test_open_sets(void **state)
{
    struct archive *a = *state;
    struct db *db = a->reader->db;
    enum { ARTICLES = 40 };
    for (int n = 0; n < ARTICLES; n++) {
        struct fixture f;
        char url[60];
        snprintf(url, sizeof url, "https://example.org/open-%d", n);
        fixture_begin(&f, url, "T", n % 3 ? "Le pont sera fermé." : "Le quai sera fermé.");
        fixture_put(&f, a->store);
        fixture_end(&f);
    }
    for (int64_t known = 0; known <= ARTICLES; known += 10) {
        struct row_set looked_up = {.arena = a->arena};
        struct row_set set = {.arena = a->arena,
                              .db = db,
                              .sql = "SELECT rowid FROM article_search WHERE article_search MATCH"
                                     " ?1 AND rowid BETWEEN ?2 AND ?3",
                              .match = "\"pont\"",
                              .known = known,
                              .looked_up = &looked_up};
        sqlite3_stmt *s = db_use(db, "SELECT count(*), min(id) FROM articles WHERE in_rows(?1, id)"
                                     " AND id <= ?2");
        for (int64_t most = known; most <= ARTICLES; most += ARTICLES - known + 1) {
            row_set_bind(s, 1, &set);
            db_bind_int(s, 2, most);
            assert_true(db_step(db, s));
            assert_int_equal(db_int(s, 0), 0); /* known, and not in it */
            assert_int_equal(looked_up.count, 0);
            db_done(s);
        }
        row_set_bind(s, 1, &set);
        db_bind_int(s, 2, ARTICLES);
        assert_true(db_step(db, s));
        int64_t expected = 0;
        for (int64_t id = known + 1; id <= ARTICLES; id++) {
            expected += (id - 1) % 3 != 0;
        }
        assert_int_equal(db_int(s, 0), expected);
        assert_int_equal(looked_up.count, known < ARTICLES);
        db_done(s);
    }
    assert_true(db_ok(db));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_refusals_point_at_the_place),
        TEST(test_nothing_is_a_syntax_error),
        TEST(test_folding),
        TEST(test_elision),
        TEST(test_open_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
