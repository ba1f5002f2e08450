/* List queries in combinations of filters, as SQLite would run them: no scan of a table that grows, and no sorting of
 * what an index has in order. Searches sort their bounded matches, sorts but by date what a rare clause has. */
#include "fixture.h"

#include "store/correction_list.h"
#include "store/facet_rows.h"
#include "store/list_queries.h"

static int plans;

static void check_plan(struct archive *a, const struct list_sql *list, bool may_sort)
{
    char sql[LIST_SQL_MOST + 32];
    assert_false(list->overflow);
    snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", list->sql);
    sqlite3_stmt *s = db_use_text(a->reader->db, sql);
    bool first = true;
    while (db_step(a->reader->db, s)) {
        struct slice step = db_text(s, 3);
        /* Walking an index in order is how an unfiltered list begins; anything else must be sought. */
        bool scan = slice_starts(step, SLICE("SCAN")) && !slice_starts(step, SLICE("SCAN m")) &&
                    slice_find(step, SLICE("VIRTUAL TABLE INDEX"), 0) == SIZE_MAX &&
                    !(first && slice_find(step, SLICE("USING INDEX"), 0) != SIZE_MAX) &&
                    !(first && slice_find(step, SLICE("USING COVERING INDEX"), 0) != SIZE_MAX);
        bool sort = slice_find(step, SLICE("TEMP B-TREE"), 0) != SIZE_MAX;
        if (scan || (sort && !may_sort)) {
            fail_msg("%.*s\nin %s", SLICE_ARG(step), list->sql);
        }
        first = false;
    }
    db_done(s);
    struct err e = {0};
    if (db_check(a->reader->db, &e) != RC_OK) {
        fail_msg("%s\nin %s", e.message, list->sql);
    }
    plans++;
}

static unsigned draw(unsigned *seed, unsigned most)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) % most;
}

static int64_t some_rows[] = {1, 2, 3};
static const struct row_set some_articles;
static struct slice some_keys[] = {{"x", 1}, {"y", 1}, {"z", 1}};

/* A clause of any kind that fits the list: none, one or several values, negated or not, rare or common. */
static struct filter_term some_term(unsigned *seed, enum store_list list)
{
    static const unsigned roles[] = {STORE_ANY_ROLE, STORE_SPEAKS, STORE_ABOUT, STORE_REPORTS};
    struct filter_term term = {.least = INT64_MIN, .most = INT64_MAX};
    do {
        term.field = (enum store_field)draw(seed, STORE_FIELDS);
    } while (!store_filter_fits(list, term.field));
    bool by_row = term.field == STORE_BY_ENTITY || term.field == STORE_BY_ARTICLE ||
                  term.field == STORE_BY_SOURCE;
    term.rows = by_row ? some_rows : NULL;
    term.keys = by_row ? NULL : some_keys;
    term.count = draw(seed, 4);
    term.negated = draw(seed, 3) == 0;
    term.roles = roles[draw(seed, 4)];
    term.choices = draw(seed, 2) ? 1u << draw(seed, 6) : draw(seed, 64);
    term.least = draw(seed, 2) ? 1 : INT64_MIN;
    term.most = draw(seed, 2) ? 2 : INT64_MAX;
    term.expected = draw(seed, 3) ? draw(seed, 10000) : 100000;
    return term;
}

static struct filter some_filter(unsigned *seed, enum store_list list, struct filter_term terms[4])
{
    struct filter filter = {.items = terms, .count = draw(seed, 5)};
    for (size_t i = 0; i < filter.count; i++) {
        terms[i] = some_term(seed, list);
        terms[i].expected = terms[i].field == STORE_BY_ARTICLE ? -1 : terms[i].expected;
    }
    for (size_t i = 0; list == STORE_ARTICLE_LIST && i < filter.count; i++) {
        filter.spoken = filter.spoken || filter_is_spoken(&terms[i]);
    }
    filter.spoken_in = filter.spoken && draw(seed, 2) ? &some_articles : NULL;
    filter.collapse = draw(seed, 4) == 0;
    filter.match = draw(seed, 6) == 0 ? "\"x\"" : NULL;
    return filter;
}

static bool has(const struct filter *filter, enum store_field field)
{
    for (size_t i = 0; i < filter->count; i++) {
        if (filter->items[i].field == field) {
            return true;
        }
    }
    return false;
}

static void test_articles(void **state)
{
    static const enum store_sort sorts[] = {STORE_NEWEST, STORE_OLDEST, STORE_QUOTES, STORE_WORDS};
    struct archive *a = *state;
    unsigned seed = 11;
    for (int n = 0; n < 6000; n++) {
        struct filter_term terms[4];
        struct filter filter = some_filter(&seed, STORE_ARTICLE_LIST, terms);
        struct store_article_query q = {.limit = 20,
                                        .parts = draw(&seed, 16),
                                        .sort = sorts[n % 2 ? draw(&seed, 4) : draw(&seed, 2)],
                                        .reversed = draw(&seed, 2),
                                        .after = {draw(&seed, 2), 1, 1, SLICE_NONE}};
        struct list_sql list = {0}, counting = {0};
        bool by_date = q.sort == STORE_NEWEST || q.sort == STORE_OLDEST;
        article_list_sql(&q, &filter, &list);
        check_plan(a, &list,
                   filter.match != NULL || filter.spoken_in != NULL || !by_date ||
                       has(&filter, STORE_BY_ARTICLE));
        list_text(&counting, "SELECT 1");
        filter_articles(&filter, NULL, "", &counting);
        check_plan(a, &counting, false);
    }
}

static void test_duplicates(void **state)
{
    struct archive *a = *state;
    for (unsigned bits = 0; bits < 2; bits++) {
        struct duplicate_asked asked = {.row = 1,
                                        .cluster = 1,
                                        .parts = STORE_SUMMARY | STORE_META,
                                        .after = {bits & 1, 1, 1, SLICE_NONE},
                                        .limit = 20};
        struct list_sql list = {0};
        duplicate_list_sql(&asked, &list);
        check_plan(a, &list, false);
    }
}

static void test_quotes(void **state)
{
    static const enum store_sort sorts[] = {STORE_NEWEST, STORE_OLDEST, STORE_CONFIDENCE};
    struct archive *a = *state;
    unsigned seed = 12;
    for (int n = 0; n < 9000; n++) {
        struct filter_term terms[4];
        struct filter filter = some_filter(&seed, STORE_QUOTE_LIST, terms);
        struct store_quote_query q = {.limit = 20,
                                      .sort = sorts[n % 2 ? draw(&seed, 3) : draw(&seed, 2)],
                                      .reversed = draw(&seed, 2),
                                      .after = {draw(&seed, 2), 1, 1, SLICE_NONE}};
        struct list_sql list = {0}, counting = {0};
        /* Quotes of one article, and of the few of a section or an author, are sorted. */
        bool few = has(&filter, STORE_BY_SECTION) || has(&filter, STORE_BY_AUTHOR) ||
                   has(&filter, STORE_BY_ARTICLE);
        bool by_date = q.sort == STORE_NEWEST || q.sort == STORE_OLDEST;
        quote_list_sql(&q, &filter, &list);
        check_plan(a, &list, filter.match != NULL || !by_date || few);
        list_text(&counting, "SELECT 1");
        filter_quotes(&filter, NULL, "", &counting);
        check_plan(a, &counting, false);
    }
}

/* What facets and related entities read beside the rows that a filter leaves, and those rows. */
static void test_aggregates(void **state)
{
    static const struct store_cursor nothing = {0};
    static const enum store_list lists[] = {STORE_ARTICLE_LIST, STORE_QUOTE_LIST};
    struct archive *a = *state;
    unsigned seed = 14;
    for (int n = 0; n < 2; n++) {
        struct list_sql parts = {0}, related = {0};
        list_text(&parts, facet_rows_parts_sql(lists[n]));
        check_plan(a, &parts, false);
        list_text(&related, related_rows_sql(n));
        check_plan(a, &related, false);
    }
    struct list_sql said = {0};
    list_text(&said, facet_said_sql());
    check_plan(a, &said, false);
    for (int n = 0; n < 2000; n++) {
        enum store_list list = lists[n % 2];
        struct filter_order newest = {STORE_NEWEST, false, &nothing, STORE_FACET_ROWS};
        struct filter_term terms[4];
        struct filter filter = some_filter(&seed, list, terms);
        struct facet_rows rows = {.list = list, .facets = draw(&seed, 1u << STORE_FACET_COUNT)};
        struct list_sql counting = {0}, timeline = {0};
        bool few = has(&filter, STORE_BY_SECTION) || has(&filter, STORE_BY_AUTHOR) ||
                   has(&filter, STORE_BY_ARTICLE);
        facet_rows_sql(&rows, &filter, &newest, &counting);
        check_plan(a, &counting, filter.match != NULL || filter.spoken_in != NULL || few);
        facet_rows_sql(&rows, &filter, NULL, &timeline);
        check_plan(a, &timeline, false);
    }
}

static void test_corrections(void **state)
{
    struct archive *a = *state;
    for (unsigned bits = 1; bits < 128; bits++) {
        struct store_correction_query q = {.limit = 20, .kind = CORRECTION_QUOTE_TYPE};
        q.has_kind = bits & 1;
        q.has_target = bits & 2;
        q.has_article = bits & 4;
        q.has_orphaned = q.orphaned = bits & 8;
        q.has_undone = q.undone = bits & 16;
        q.after = (struct store_cursor){bits & 32, 1, 1, SLICE_NONE};
        if ((bits & 31) == 0) {
            continue; /* all of them, by number */
        }
        struct list_sql list = {0};
        correction_list_sql(&q, &list);
        check_plan(a, &list, false);
    }
}

static void test_entities(void **state)
{
    static const enum store_sort sorts[] = {STORE_ARTICLES, STORE_MENTIONS, STORE_NAME,
                                            STORE_QUOTES, STORE_LAST_SEEN};
    struct archive *a = *state;
    unsigned seed = 13;
    for (unsigned n = 0; n < 1000; n++) {
        struct filter_term terms[4];
        struct filter filter = some_filter(&seed, STORE_ENTITY_LIST, terms);
        struct store_entity_query q = {.limit = 20, .sort = sorts[n % 5], .reversed = n % 2};
        q.q = draw(&seed, 2) ? SLICE("x") : SLICE_NONE;
        q.after = (struct store_cursor){draw(&seed, 2), 1, 1,
                                        q.sort == STORE_NAME ? SLICE("x") : SLICE_NONE};
        struct list_sql list = {0};
        entity_list_sql(&q, &filter, SLICE("x"), SLICE("y"), &list);
        check_plan(a, &list, slice_present(q.q));
    }
    assert_true(plans > 25000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_articles),    cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_corrections), cmocka_unit_test(test_entities),
        cmocka_unit_test(test_duplicates),  cmocka_unit_test(test_aggregates),
    };
    return cmocka_run_group_tests(tests, archive_setup, archive_teardown);
}
