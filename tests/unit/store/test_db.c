/* Values that are larger than the database takes are refused, and not written as nothing. */
#include "fixture.h"

#include <stdlib.h>

#include "store/db.h"

enum { TOO_LONG = (64 << 20) + 1 };

static struct db *scratch(void)
{
    struct db_options options = {.path = ":memory:"};
    struct db *db = NULL;
    struct err e = {0};
    assert_int_equal(db_open(&db, &options, &e), RC_OK);
    db_exec(db, "CREATE TABLE t (a TEXT, b BLOB) STRICT");
    assert_int_equal(db_check(db, &e), RC_OK);
    return db;
}

/* Writes one row; what comes of it. */
static enum rc put(struct db *db, struct slice a, struct slice b, struct err *e)
{
    sqlite3_stmt *s = db_use(db, "INSERT INTO t (a, b) VALUES (?1, ?2)");
    db_bind_text(s, 1, a);
    db_bind_blob(s, 2, b.ptr, b.len);
    db_run(db, s);
    return db_check(db, e);
}

static void test_a_value_that_is_too_long(void **state)
{
    (void)state;
    struct db *db = scratch();
    char *bytes = calloc(1, TOO_LONG);
    struct slice lengthy = slice_of(bytes, TOO_LONG), brief = SLICE("x");
    struct err e = {0};
    assert_int_equal(put(db, lengthy, brief, &e), RC_TOO_LARGE);
    assert_int_equal(put(db, brief, lengthy, &e), RC_TOO_LARGE);
    assert_non_null(strstr(e.message, "larger than the database takes"));
    assert_int_equal(put(db, brief, brief, &e), RC_OK); /* the fault was that row's */
    assert_int_equal(db_value(db, "SELECT count(*) FROM t", -1), 1);

    sqlite3_stmt *s = db_use(db, "SELECT count(*) FROM t WHERE a = ?1");
    db_bind_text(s, 1, lengthy);
    db_done(s); /* given up: the statement serves again */
    s = db_use(db, "SELECT count(*) FROM t WHERE a = ?1");
    db_bind_text(s, 1, brief);
    assert_true(db_step(db, s));
    assert_int_equal(db_int(s, 0), 1);
    db_done(s);
    free(bytes);
    db_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_value_that_is_too_long)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
