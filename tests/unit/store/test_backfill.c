/* What a migration counts in an archive that is there already is what writing would have counted. */
#include "random_work.h"

#include "store/corrections.h"
#include "store/migrations.h"
#include "store/reader.h"

static const struct {
    const char *migration, *undo;
} fills[] = {
    {"entity_words", "DROP TABLE entity_words"},
    {"count_days", "DELETE FROM counters WHERE name LIKE '%.day'"},
    {"entity_recent", "DROP TABLE entity_recent; DROP TABLE entity_recent_stale;"
                      "DROP INDEX entity_titles_by_articles"},
    {"count_analysers", "DELETE FROM counters WHERE name = 'articles.analyser'"},
};

static const char *sql_of(const char *name)
{
    for (size_t i = 0; i < migration_count; i++) {
        if (strcmp(migrations[i].name + strlen("0000_"), name) == 0) {
            return migrations[i].sql;
        }
    }
    fail_msg("there is no migration %s", name);
    return NULL;
}

static void fill_again(struct archive *a)
{
    struct db *db;
    struct err e = {0};
    struct db_options options = {.path = a->path, .busy_timeout_ms = 1000};
    assert_int_equal(db_open(&db, &options, &e), RC_OK);
    db_exec(db, "PRAGMA foreign_keys=OFF");
    for (size_t i = 0; i < sizeof fills / sizeof fills[0]; i++) {
        db_exec(db, fills[i].undo);
        db_exec(db, sql_of(fills[i].migration));
        if (db_check(db, &e) != RC_OK) {
            fail_msg("%s: %s", fills[i].migration, e.message);
        }
    }
    db_close(db);
}

static void test_backfill(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    struct store_candidate *rows;
    size_t count;
    int64_t number, affected;
    struct err e = {0};
    for (unsigned i = 0; i < 60; i++) {
        random_article(&f, i, i % 3);
        struct store_result result = fixture_put(&f, a->store);
        struct store_write request = fixture_request(&f);
        request.kind = STORE_DELETE;
        request.has_id = true;
        if (i % 7 == 0) {
            assert_int_equal(store_write_wait(a->store, &request, &result, &e), RC_OK);
        }
        fixture_end(&f);
    }
    static const char *const forbidden[] = {"Genève", "Bloomberg"};
    for (size_t i = 0; i < 2; i++) {
        struct store_correction c = {.kind = CORRECTION_ENTITY_FORBID, .author = SLICE("t")};
        assert_int_equal(
            store_entity_resolve(a->reader, slice_cstr(forbidden[i]), a->arena, &rows, &count, &e),
            RC_OK);
        c.target = rows[0].id;
        assert_int_equal(store_correct(a->store, &c, &number, &affected, &e), RC_OK);
    }
    assert_int_equal(store_correction_undo(a->store, number, SLICE("t"), SLICE_NONE, &affected, &e),
                     RC_OK);
    assert_true(affected > 0); /* some wait for a new analysis */
    archive_close(a);
    fill_again(a);
    archive_open(a);
    archive_check(a, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_backfill, archive_setup, archive_teardown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
