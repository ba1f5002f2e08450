/* Beginnings that hundreds of names share: bounded work, and the best known come first all the same. */
#include "fixture.h"

#include "store/suggest.h"
#include "store/suggest_words.h"

enum { ARTICLES = 20, NAMES = 60 };

/* 1,200 people called "Marie …", each in one article, and Marius Lenoir in all of them. */
static void fill(struct archive *a)
{
    for (int i = 0; i < ARTICLES; i++) {
        struct fixture f;
        char url[64], body[4000] = "Marius Lenoir. ";
        for (int n = 0; n < NAMES; n++) {
            snprintf(body + strlen(body), sizeof body - strlen(body), "Marie Du%c%c%c%c. ", 'a' + i,
                     'a' + n / 26, 'a' + n % 26, 'a' + n % 7);
        }
        snprintf(url, sizeof url, "https://example.org/%d", i);
        fixture_begin(&f, url, "Titre", body);
        fixture_mention(&f, fixture_entity(&f, "Marius Lenoir", ENTITY_PER), "Marius Lenoir");
        for (int n = 0; n < NAMES; n++) {
            char *name = arena_strdup(f.arena, "Marie Duxxxx");
            snprintf(name, 13, "Marie Du%c%c%c%c", 'a' + i, 'a' + n / 26, 'a' + n % 26,
                     'a' + n % 7);
            fixture_mention(&f, fixture_entity(&f, name, n == 7 ? ENTITY_ORG : ENTITY_PER), name);
        }
        fixture_put(&f, a->store);
        fixture_end(&f);
    }
}

static struct store_suggestion *ask(struct archive *a, struct store_suggest_query q, size_t *count)
{
    struct store_suggestion *rows;
    struct err e = {0};
    q.entities = true;
    if (store_suggest(a->reader, &q, a->arena, &rows, count, &e) != RC_OK) {
        fail_msg("%s", e.message);
    }
    return rows;
}

static void test_crowded_beginnings(void **state)
{
    struct archive *a = *state;
    size_t count;
    fill(a);
    static const char *const beginnings[] = {"m", "ma", "mar", "MÁR"};
    for (size_t i = 0; i < 4; i++) {
        struct store_suggest_query q = {.q = slice_cstr(beginnings[i]), .limit = 10};
        struct store_suggestion *rows = ask(a, q, &count);
        assert_int_equal(count, 10);
        assert_true(slice_is(rows[0].name, "Marius Lenoir"));
        assert_int_equal(rows[0].articles, ARTICLES);
        for (size_t k = 1; k < count; k++) {
            assert_true(rows[k].id != rows[k - 1].id);
            assert_true(slice_starts(rows[k].name, SLICE("Marie Du")));
        }
    }
    struct store_suggest_query rare = {.q = SLICE("marie ducaaa"), .limit = 10};
    struct store_suggestion *rows = ask(a, rare, &count);
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].start_cp, 0);
    assert_int_equal(rows[0].end_cp, 12);
    struct store_suggest_query typed = {
        .q = SLICE("mar"), .limit = 50, .has_type = true, .type = ENTITY_ORG};
    ask(a, typed, &count);
    assert_int_equal(count, ARTICLES);
    archive_check(a, false);
}

static void check_plan(struct archive *a, const struct list_sql *list, const char *index)
{
    char sql[LIST_SQL_MOST + 32];
    snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", list->sql);
    sqlite3_stmt *s = db_use_text(a->reader->db, sql);
    size_t steps = 0;
    for (; db_step(a->reader->db, s); steps++) {
        struct slice step = db_text(s, 3);
        bool sought = slice_starts(step, SLICE("SEARCH")) &&
                      slice_find(step, slice_cstr(index), 0) != SIZE_MAX;
        if (!sought) {
            fail_msg("%.*s\nin %s", SLICE_ARG(step), list->sql);
        }
    }
    db_done(s);
    assert_int_equal(steps, 1); /* and no sorting */
}

static void test_plans(void **state)
{
    struct archive *a = *state;
    static const char *const keys[] = {"m", "ma", "mar", "marie du"};
    static const char *const indexes[] = {"entity_words_by_1", "entity_words_by_2",
                                          "entity_words_by_3", "entity_words_by_3"};
    for (size_t i = 0; i < 4; i++) {
        for (int64_t type = -1; type < 1; type++) {
            struct suggest_ask asked = {slice_cstr(keys[i]), SLICE("n"), type, 10};
            struct list_sql rare = {0}, known = {0};
            suggest_rare_sql(&asked, &rare);
            check_plan(a, &rare, "PRIMARY KEY");
            suggest_known_sql(&asked, &known);
            check_plan(a, &known, indexes[i]);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_crowded_beginnings), TEST(test_plans)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
