#include "fixture.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include "store/db.h"
#include "store/migrate.h"
#include "store/migrate_run.h"

static struct db *open_db(const char *path)
{
    struct db *db;
    struct err e = {0};
    struct db_options options = {.path = path, .busy_timeout_ms = 1000};
    if (db_open(&db, &options, &e) != RC_OK) {
        fail_msg("%s", e.message);
    }
    return db;
}

static enum rc try_open(const char *path, bool read_only, struct err *e)
{
    struct store *store = NULL;
    struct store_options options = {.path = path, .read_only = read_only};
    enum rc rc = store_open(&options, &store, e);
    store_close(store);
    return rc;
}

static void write_file(const char *path, const char *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    fclose(file);
}

/* schema/database.sql is what the migrations make. UPDATE_SCHEMA=1 writes it anew. */
static void test_snapshot(void **state)
{
    (void)state;
    struct buf dump;
    struct err e = {0};
    buf_init(&dump);
    assert_int_equal(store_schema_dump(&dump, &e), RC_OK);
    if (getenv("UPDATE_SCHEMA") != NULL) {
        write_file("schema/database.sql", dump.data, dump.len);
    }
    FILE *file = fopen("schema/database.sql", "rb");
    if (file == NULL) {
        fail_msg(
            "schema/database.sql is missing: run `make schema` (and tests from the top folder)");
    }
    char *kept = malloc(dump.len + 2);
    size_t len = fread(kept, 1, dump.len + 1, file);
    fclose(file);
    if (len != dump.len || memcmp(kept, dump.data, len) != 0) {
        fail_msg("schema/database.sql isn't what the migrations make: run `make schema`");
    }
    free(kept);
    buf_done(&dump);
}

static void test_numbers_have_no_gap(void **state)
{
    (void)state;
    for (size_t i = 0; i < migration_count; i++) {
        assert_int_equal(migrations[i].number, i + 1);
    }
}

static void test_status_and_up(void **state)
{
    struct archive *a = *state;
    char path[128];
    struct store_migration *rows;
    size_t count;
    int applied = 0;
    struct slice backup;
    struct err e = {0};
    snprintf(path, sizeof path, "%s/new.db", a->directory);
    assert_int_equal(store_migrate_status(path, a->arena, &rows, &count, &e), RC_OK);
    assert_int_equal(count, migration_count);
    assert_false(rows[0].applied);
    assert_int_equal(access(path, F_OK), -1); /* looking makes no file */
    assert_int_equal(store_migrate_up(path, a->arena, &applied, &backup, &e), RC_OK);
    assert_int_equal(applied, migration_count);
    assert_false(slice_present(backup));
    assert_int_equal(store_migrate_up(path, a->arena, &applied, &backup, &e), RC_OK);
    assert_int_equal(applied, 0);
    assert_int_equal(store_migrate_status(path, a->arena, &rows, &count, &e), RC_OK);
    assert_true(rows[count - 1].applied);
}

#define FIRST                                                                                      \
    {                                                                                              \
        1, "0001_first",                                                                           \
            "CREATE TABLE one (id INTEGER PRIMARY KEY) STRICT; INSERT INTO one VALUES (7)"         \
    }
static const struct migration two[] = {
    FIRST,
    {2, "0002_second",
     "CREATE TABLE two (one INTEGER NOT NULL REFERENCES one (id)) STRICT;"
     "INSERT INTO two SELECT id FROM one"},
};

static void test_backup_before_the_first_pending(void **state)
{
    struct archive *a = *state;
    char path[128], backup[4200], expected[160];
    int applied = 0;
    struct err e = {0};
    snprintf(path, sizeof path, "%s/b.db", a->directory);
    struct db *db = open_db(path);
    assert_int_equal(migrate_run(db, path, two, 1, &applied, backup, &e), RC_OK);
    assert_string_equal(backup, ""); /* nothing was there to lose */
    assert_int_equal(migrate_run(db, path, two, 2, &applied, backup, &e), RC_OK);
    assert_int_equal(applied, 1);
    snprintf(expected, sizeof expected, "%s.bak-v1", path);
    assert_string_equal(backup, expected);
    assert_int_equal(db_value(db, "SELECT count(*) FROM two", -1), 1);
    db_close(db);
    db = open_db(backup);
    assert_int_equal(db_value(db, "PRAGMA user_version", -1), 1);
    assert_int_equal(db_value(db, "SELECT id FROM one", -1), 7);
    db_close(db);
}

/* ---- what is told of it */

struct told {
    unsigned count;
    char step[64]; /* of the last */
    int64_t seconds;
    char all[400];
};

static struct told told;

static void tell(const void *context, const char *step, int64_t seconds)
{
    assert_ptr_equal(context, &told);
    told.count++;
    told.seconds = seconds;
    snprintf(told.step, sizeof told.step, "%s", step);
    snprintf(told.all + strlen(told.all), sizeof told.all - strlen(told.all), "%s ", step);
}

static void test_steps_are_told(void **state)
{
    struct archive *a = *state;
    char path[128];
    struct err e = {0};
    snprintf(path, sizeof path, "%s/n.db", a->directory);
    struct db *db = open_db(path);
    db->notice = (struct store_notice){tell, &told};
    assert_int_equal(migrate_run(db, path, two, 1, NULL, NULL, &e), RC_OK);
    assert_int_equal(told.count, 0); /* a new archive takes no time */
    assert_int_equal(migrate_run(db, path, two, 2, NULL, NULL, &e), RC_OK);
    assert_string_equal(told.all, "backup 0002_second ");

    /* One that takes a minute, by its own account: told again while it runs, not after it. */
    db_step_named(db, "0003_long");
    db->step_began_ms -= 60000;
    db->step_told_ms -= 60000;
    db_exec(db, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
                " SELECT max(i) FROM n");
    assert_string_equal(told.step, "0003_long");
    assert_in_range(told.seconds, 60, 600);
    unsigned count = told.count;
    db_step_named(db, NULL);
    assert_int_equal(db_value(db, "SELECT count(*) FROM two", -1), 1);
    assert_int_equal(told.count, count);
    db_close(db);
}

static void test_a_failing_migration_leaves_nothing(void **state)
{
    struct archive *a = *state;
    static const struct migration bad[][2] = {
        {FIRST, {2, "0002_bad", "CREATE TABLE t (x) STRICT"}},
        {FIRST,
         {2, "0002_torn", "CREATE TABLE t (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1)"}},
        {FIRST,
         {2, "0002_lost",
          "CREATE TABLE t (x INTEGER REFERENCES one (id)) STRICT;"
          "INSERT INTO t VALUES (99)"}},
    };
    for (size_t i = 0; i < 3; i++) {
        char path[128];
        int applied = 0;
        struct err e = {0};
        snprintf(path, sizeof path, "%s/bad%zu.db", a->directory, i);
        struct db *db = open_db(path);
        assert_int_not_equal(migrate_run(db, path, bad[i], 2, &applied, NULL, &e), RC_OK);
        assert_non_null(strstr(e.message, bad[i][1].name));
        assert_int_equal(db_value(db, "PRAGMA user_version", -1), 1);
        assert_int_equal(db_value(db, "SELECT count(*) FROM sqlite_schema WHERE name = 't'", -1),
                         0);
        db_close(db);
    }
}

static void test_bad_files(void **state)
{
    struct archive *a = *state;
    char path[128];
    struct err e = {0};
    /* newer */
    snprintf(path, sizeof path, "%s/newer.db", a->directory);
    assert_int_equal(try_open(path, false, &e), RC_OK);
    struct db *db = open_db(path);
    db_exec(db, "PRAGMA user_version=999");
    db_close(db);
    assert_int_equal(try_open(path, false, &e), RC_UNAVAILABLE);
    assert_non_null(strstr(e.message, "newer"));
    assert_int_equal(try_open(path, true, &e), RC_UNAVAILABLE);
    /* someone else's */
    snprintf(path, sizeof path, "%s/foreign.db", a->directory);
    db = open_db(path);
    db_exec(db, "CREATE TABLE theirs (x)");
    db_close(db);
    assert_int_equal(try_open(path, false, &e), RC_UNAVAILABLE);
    assert_non_null(strstr(e.message, "another program"));
    db = open_db(path); /* untouched */
    assert_int_equal(db_value(db, "SELECT count(*) FROM sqlite_schema", -1), 1);
    assert_int_equal(db_value(db, "PRAGMA application_id", -1), 0);
    db_close(db);
    /* no database at all */
    snprintf(path, sizeof path, "%s/text.db", a->directory);
    char junk[5000];
    memset(junk, 'x', sizeof junk);
    write_file(path, junk, sizeof junk);
    assert_int_equal(try_open(path, false, &e), RC_UNAVAILABLE);
    assert_non_null(strstr(e.message, "not a guillemet database"));
    /* nowhere */
    assert_int_equal(try_open("/nonexistent/dir/x.db", false, &e), RC_UNAVAILABLE);
    assert_non_null(strstr(e.message, "/nonexistent/dir"));
    assert_string_equal(e.field, "db");
    assert_int_equal(try_open(a->directory, false, &e), RC_UNAVAILABLE);
    snprintf(path, sizeof path, "%s/missing.db", a->directory);
    assert_int_equal(try_open(path, true, &e), RC_UNAVAILABLE);
    assert_non_null(strstr(e.message, "no database"));
    assert_int_equal(access(path, F_OK), -1);
}

static void test_corrupt(void **state)
{
    struct archive *a = *state;
    char path[128];
    struct err e = {0};
    snprintf(path, sizeof path, "%s/corrupt.db", a->directory);
    assert_int_equal(try_open(path, false, &e), RC_OK);
    FILE *file = fopen(path, "r+b"); /* the schema's page, behind the header */
    assert_non_null(file);
    fseek(file, 100, SEEK_SET);
    for (int i = 0; i < 3900; i++) {
        fputc(0xa5, file);
    }
    fclose(file);
    assert_int_equal(try_open(path, false, &e), RC_UNAVAILABLE);
    assert_non_null(strstr(e.message, "damaged"));
}

/* As a user who may not write there: root becomes nobody in a child. */
static void test_read_only_places(void **state)
{
    struct archive *a = *state;
    char directory[96], path[128], file[128];
    struct err e = {0};
    snprintf(directory, sizeof directory, "%s/locked", a->directory);
    snprintf(path, sizeof path, "%s/x.db", directory);
    snprintf(file, sizeof file, "%s/file.db", a->directory);
    assert_int_equal(mkdir(directory, 0555), 0);
    assert_int_equal(try_open(file, false, &e), RC_OK);
    assert_int_equal(chmod(file, 0444), 0);
    assert_int_equal(chmod(a->directory, 0755), 0);
    pid_t child = fork();
    if (child == 0) {
        bool dropped = geteuid() != 0 || (setgid(65534) == 0 && setuid(65534) == 0);
        bool refused = try_open(path, false, &e) == RC_UNAVAILABLE &&
                       strstr(e.message, "may not be written to") != NULL &&
                       try_open(file, false, &e) == RC_UNAVAILABLE &&
                       strstr(e.message, "may not be written to") != NULL;
        _exit(dropped && refused ? 0 : 1);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_read_only_store_refuses_writes(void **state)
{
    struct archive *a = *state;
    struct store *store;
    struct err e = {0};
    struct store_options options = {.path = a->path, .read_only = true};
    assert_int_equal(store_open(&options, &store, &e), RC_OK);
    struct store_write request = {.kind = STORE_DELETE, .has_id = true, .id = 1};
    assert_int_equal(store_write_wait(store, &request, NULL, &e), RC_READ_ONLY);
    assert_non_null(strstr(e.message, "reading"));
    store_close(store);
}

/* The check must be able to fail. */
static void test_check_finds_differences(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    struct store_difference *rows;
    size_t count;
    struct err e = {0};
    fixture_begin(&f, "https://example.org/1", "Titre", "Jean Petit parle.");
    fixture_mention(&f, fixture_entity(&f, "Jean Petit", ENTITY_PER), "Jean Petit");
    fixture_put(&f, a->store);
    fixture_end(&f);
    archive_check(a, true);
    static const char *const harm[] = {
        "UPDATE counters SET value = value + 1 WHERE name = 'mentions'",
        "UPDATE entities SET mentions = 9",
        "UPDATE entity_aliases SET names = 4",
        "UPDATE article_entities SET sort_ms = 1",
        "UPDATE article_texts SET text = 'Jean Petit parle. Autre.'",
    };
    for (size_t i = 0; i < sizeof harm / sizeof harm[0]; i++) {
        struct db *db = open_db(a->path);
        db_exec(db, harm[i]);
        assert_true(db_ok(db));
        db_close(db);
        assert_int_equal(store_recount_check(a->reader, true, 10, a->arena, &rows, &count, &e),
                         RC_OK);
        assert_true(count >
                    (i == 0 ? 0u : i / 2)); /* each adds at least one, the first ones stay */
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_snapshot),
        cmocka_unit_test(test_numbers_have_no_gap),
        TEST(test_status_and_up),
        TEST(test_backup_before_the_first_pending),
        TEST(test_steps_are_told),
        TEST(test_a_failing_migration_leaves_nothing),
        TEST(test_bad_files),
        TEST(test_corrupt),
        TEST(test_read_only_places),
        TEST(test_read_only_store_refuses_writes),
        TEST(test_check_finds_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
