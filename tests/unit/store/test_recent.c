/* What is kept of an entity's newest articles is what counting them gives, whatever happened to them. */
#include "random_work.h"

#include "store/corrections.h"
#include "store/reader.h"
#include "store/recent.h"

static int64_t one(struct archive *a, const char *sql)
{
    return db_value(a->reader->db, sql, -1);
}

/* The writer works off what is stale when nothing is written. */
static void wait_kept(struct archive *a)
{
    for (int i = 0; i < 500 && one(a, "SELECT count(*) FROM entity_recent_stale") != 0; i++) {
        usleep(20000);
    }
    assert_int_equal(one(a, "SELECT count(*) FROM entity_recent_stale"), 0);
}

static void compare_all(struct archive *a)
{
    int64_t last = one(a, "SELECT max(id) FROM entities");
    for (int64_t entity = 1; entity <= last; entity++) {
        struct recent kept, counted;
        if (!recent_read(a->reader->db, entity, &kept)) {
            continue;
        }
        assert_true(recent_count(a->reader->db, entity, a->arena, &counted));
        assert_int_equal(kept.articles, counted.articles);
        assert_int_equal(kept.since_ms, counted.since_ms);
        assert_int_equal(kept.speaks, counted.speaks);
        assert_int_equal(kept.spoken_about, counted.spoken_about);
        assert_int_equal(kept.gender, counted.gender);
        assert_int_equal(kept.companion_count, counted.companion_count);
        for (size_t i = 0; i < kept.companion_count; i++) {
            assert_int_equal(kept.companions[i].entity, counted.companions[i].entity);
            assert_int_equal(kept.companions[i].shared, counted.companions[i].shared);
        }
    }
}

static void correct(struct archive *a, enum correction_kind kind, const char *name,
                    const char *other)
{
    struct store_correction c = {.kind = kind, .author = SLICE("t")};
    struct store_candidate *rows;
    char id[DIGEST_ID_CHARS + 1];
    int64_t number, affected;
    size_t count;
    struct err e = {0};
    c.value = SLICE("");
    if (other != NULL) {
        assert_int_equal(
            store_entity_resolve(a->reader, slice_cstr(other), a->arena, &rows, &count, &e), RC_OK);
        digest_format_id(rows[0].id, id);
        c.value = slice_cstr(id);
    }
    assert_int_equal(store_entity_resolve(a->reader, slice_cstr(name), a->arena, &rows, &count, &e),
                     RC_OK);
    c.target = rows[0].id;
    if (store_correct(a->store, &c, &number, &affected, &e) != RC_OK) {
        fail_msg("%s", e.message);
    }
}

static void test_kept_is_counted(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 30; i++) {
            random_article(&f, i, round);
            fixture_put(&f, a->store);
            fixture_end(&f);
        }
        compare_all(a); /* those that are stale aren't taken for kept */
        wait_kept(a);
        assert_true(one(a, "SELECT count(*) FROM entity_recent") >= 6);
        compare_all(a);
    }
    correct(a, CORRECTION_ENTITY_MERGE, "Marco Rubio", "Steve Witkoff");
    correct(a, CORRECTION_ENTITY_FORBID, "Kremlin", NULL);
    compare_all(a);
    wait_kept(a);
    compare_all(a);
    archive_check(a, false);
}

/* Titles are walked in the order in which they are shown. */
static void test_titles_plan(void **state)
{
    struct archive *a = *state;
    sqlite3_stmt *s = db_use(a->reader->db,
                             "EXPLAIN QUERY PLAN SELECT text, articles, first_seen_ms, last_seen_ms"
                             " FROM entity_titles WHERE entity = ?1"
                             " ORDER BY articles DESC, last_seen_ms DESC, key DESC LIMIT 50");
    assert_true(db_step(a->reader->db, s));
    assert_true(slice_find(db_text(s, 3), SLICE("USING COVERING INDEX"), 0) != SIZE_MAX);
    assert_false(db_step(a->reader->db, s));
    db_done(s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_kept_is_counted), TEST(test_titles_plan)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
