/* Every list query in every combination of filters, as SQLite would run it: no scan of a table that grows,
 * and no sorting of what an index has in order. Searches sort their bounded matches. */
#include "fixture.h"

#include "store/article_columns.h"
#include "store/article_list.h"
#include "store/correction_list.h"

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

static void set_common(unsigned bits, struct slice *source, struct slice *lang,
                       struct store_period *period, struct store_cursor *after,
                       enum store_sort *sort)
{
    *source = bits & 1 ? SLICE("S") : SLICE_NONE;
    *lang = bits & 2 ? SLICE("fr") : SLICE_NONE;
    *period = (struct store_period){bits & 4, bits & 8, 1, 2};
    *after = (struct store_cursor){bits & 16, 1, 1, SLICE_NONE};
    *sort = bits & 32 ? STORE_OLDEST : STORE_NEWEST;
}

static struct list_rows some_rows(bool search)
{
    return (struct list_rows){.source = 1,
                              .entity = 1,
                              .speaker = 1,
                              .about = 1,
                              .reported_by = 1,
                              .article = 1,
                              .cue = SLICE("dire"),
                              .match = search ? "\"x\"" : NULL};
}

static void test_articles(void **state)
{
    struct archive *a = *state;
    for (unsigned bits = 0; bits < 1024; bits++) {
        if ((bits & 256) && !(bits & 64)) {
            continue; /* a speaker alone becomes the entity that leads */
        }
        for (unsigned parts = 0; parts < 16; parts += 5) {
            struct store_article_query q = {.limit = 20, .parts = parts};
            struct list_rows rows = some_rows(bits & 128);
            set_common(bits, &q.source, &q.lang, &q.period, &q.after, &q.sort);
            q.has_entity = bits & 64;
            q.has_speaker = bits & 256;
            q.collapse = bits & 512;
            struct list_sql list = {0};
            article_list_sql(&q, &rows, &list);
            check_plan(a, &list, rows.match != NULL);
        }
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
    struct archive *a = *state;
    for (unsigned bits = 0; bits < 4096; bits++) {
        struct store_quote_query q = {.limit = 20};
        struct list_rows rows = some_rows(bits & 2048);
        set_common(bits, &q.source, &q.lang, &q.period, &q.after, &q.sort);
        q.has_speaker = bits & 64;
        q.has_about = bits & 128;
        q.has_entity = bits & 256;
        q.has_article = bits & 512;
        q.has_type = bits & 1024;
        struct list_sql list = {0};
        quote_list_sql(&q, &rows, &list);
        check_plan(a, &list, rows.match != NULL);
    }
}

/* What a quote is like: every filter of it alone and together with every other way in. */
static void test_traits(void **state)
{
    struct archive *a = *state;
    for (unsigned bits = 0; bits < 8192; bits++) {
        struct store_quote_query q = {
            .limit = 20, .speaker_kind = SPEAKER_ANONYMOUS, .cue_class = CUE_DENY};
        struct list_rows rows = some_rows(false);
        set_common(bits & 3 ? bits % 64 : 48, &q.source, &q.lang, &q.period, &q.after, &q.sort);
        q.has_speaker_kind = bits & 4;
        q.has_cue_class = bits & 8;
        q.has_negated = bits & 16;
        q.negated = bits & 32;
        q.has_hypothetical = q.hypothetical = bits & 64;
        q.has_in_headline = q.in_headline = bits & 128;
        q.min_confidence = bits & 256 ? 0.5f : 0;
        q.cue = bits & 512 ? SLICE("dire") : SLICE_NONE;
        q.has_reported_by = bits & 1024;
        q.has_type = bits & 2048;
        q.has_about = bits & 4096;
        struct list_sql list = {0};
        quote_list_sql(&q, &rows, &list);
        check_plan(a, &list, false);
        struct list_sql counting = {0};
        list_text(&counting, "SELECT 1");
        quote_list_from(&q, &rows, "", &counting);
        check_plan(a, &counting, false);
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
    struct archive *a = *state;
    static const enum store_sort sorts[] = {STORE_ARTICLES, STORE_MENTIONS, STORE_NAME};
    for (unsigned bits = 0; bits < 24; bits++) {
        struct store_entity_query q = {.limit = 20, .sort = sorts[bits / 8]};
        q.q = bits & 1 ? SLICE("x") : SLICE_NONE;
        q.has_type = bits & 2;
        q.after =
            (struct store_cursor){bits & 4, 1, 1, q.sort == STORE_NAME ? SLICE("x") : SLICE_NONE};
        struct list_sql list = {0};
        entity_list_sql(&q, SLICE("x"), SLICE("y"), &list);
        check_plan(a, &list, bits & 1);
    }
    assert_true(plans > 4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_articles), cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_traits),   cmocka_unit_test(test_corrections),
        cmocka_unit_test(test_entities), cmocka_unit_test(test_duplicates),
    };
    return cmocka_run_group_tests(tests, archive_setup, archive_teardown);
}
