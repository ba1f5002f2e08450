#include "store/migrate.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "store/migrate_run.h"
#include "store/search_renew.h"

CLEANUP_DEFINE(db_close, struct db)

enum rc migrate_inspect(struct db *db, const struct migration *list, size_t count, int *version,
                        struct err *e)
{
    int64_t application = db_value(db, "PRAGMA application_id", 0);
    int64_t found = db_value(db, "PRAGMA user_version", 0);
    int64_t things = db_value(db, "SELECT count(*) FROM sqlite_schema", 0);
    enum rc rc = db_check(db, e);
    if (rc != RC_OK) {
        return rc;
    }
    int newest = count ? list[count - 1].number : 0;
    if (application != DB_APPLICATION_ID && (application != 0 || found != 0 || things != 0)) {
        return err_set(
            e, RC_UNAVAILABLE,
            "this SQLite database belongs to another program (application id 0x%08x, %lld "
            "tables); choose another --db file",
            (unsigned)application, (long long)things);
    }
    if (found > newest) {
        return err_set(
            e, RC_UNAVAILABLE,
            "the database was written by a newer guillemet (schema %lld, this program knows "
            "up to %d); upgrade the program or choose another --db file",
            (long long)found, newest);
    }
    *version = (int)found;
    return RC_OK;
}

static enum rc back_up(struct db *db, const char *path, int version, char *backup_path,
                       struct err *e)
{
    char final[4200], partial[4200];
    snprintf(final, sizeof final, "%s.bak-v%d", path, version);
    snprintf(partial, sizeof partial, "%s.bak-v%d.part", path, version);
    sqlite3 *copy = NULL;
    int code = sqlite3_open_v2(partial, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (code == SQLITE_OK) {
        sqlite3_backup *backup = sqlite3_backup_init(copy, "main", db->handle, "main");
        if (backup != NULL) {
            sqlite3_backup_step(backup, -1);
            code = sqlite3_backup_finish(backup);
        } else {
            code = sqlite3_errcode(copy);
        }
    }
    char words[200];
    snprintf(words, sizeof words, "%s", copy ? sqlite3_errmsg(copy) : "out of memory");
    sqlite3_close(copy);
    if (code == SQLITE_OK && rename(partial, final) != 0) {
        code = SQLITE_IOERR;
        snprintf(words, sizeof words, "%s", strerror(errno));
    }
    if (code != SQLITE_OK) {
        unlink(partial);
        db_explain(code, words, e);
        return err_context(e, "backing up to %s before migrating", final);
    }
    if (backup_path != NULL) {
        snprintf(backup_path, 4200, "%s", final);
    }
    return RC_OK;
}

static void run_one(struct db *db, const struct migration *migration, int64_t *applied)
{
    char sql[120];
    db_exec(db, "PRAGMA foreign_keys=OFF; BEGIN IMMEDIATE");
    /* Another process may have been faster. */
    if (db_value(db, "PRAGMA user_version", 0) < migration->number) {
        db_exec(db, migration->sql);
        if (db_ok(db) && db_value(db, "SELECT count(*) FROM pragma_foreign_key_check", 0) != 0) {
            db->code = SQLITE_CONSTRAINT;
            snprintf(db->message, sizeof db->message, "it leaves rows that refer to nothing");
        }
        snprintf(sql, sizeof sql, "PRAGMA user_version=%d; PRAGMA application_id=%d",
                 migration->number, DB_APPLICATION_ID);
        db_exec(db, sql);
        *applied += db_ok(db);
    }
    if (db_ok(db)) {
        db_exec(db, "COMMIT");
    }
    if (!sqlite3_get_autocommit(db->handle)) {
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    }
    sqlite3_exec(db->handle, "PRAGMA foreign_keys=ON", NULL, NULL, NULL);
}

enum rc migrate_run(struct db *db, const char *path, const struct migration *list, size_t count,
                    int *applied, char backup_path[4200], struct err *e)
{
    int version = 0;
    int64_t ran = 0;
    if (backup_path != NULL) {
        backup_path[0] = '\0';
    }
    enum rc rc = migrate_inspect(db, list, count, &version, e);
    bool pending =
        version > 0 && version < list[count - 1].number; /* a new archive needs no time */
    if (rc == RC_OK && pending) {
        db_step_named(db, "backup");
        rc = back_up(db, path, version, backup_path, e);
    }
    for (size_t i = 0; i < count && rc == RC_OK; i++) {
        if (list[i].number > version) {
            db_step_named(db, pending ? list[i].name : NULL);
            run_one(db, &list[i], &ran);
            rc = db_check(db, e);
            if (rc != RC_OK) {
                err_context(e, "migration %s (nothing of it was kept)", list[i].name);
            }
        }
    }
    db_step_named(db, NULL);
    if (rc == RC_OK && applied != NULL) {
        *applied = (int)ran;
    }
    return rc;
}

enum rc store_migrate_status(const char *path, struct arena *arena, struct store_migration **rows,
                             size_t *count, struct err *e)
{
    int version = 0;
    if (access(path, F_OK) == 0) {
        CLEANUP(db_close_p) struct db *db = NULL;
        struct db_options options = {.path = path, .read_only = true, .busy_timeout_ms = 5000};
        enum rc rc = db_open(&db, &options, e);
        if (rc == RC_OK) {
            rc = migrate_inspect(db, migrations, migration_count, &version, e);
        }
        if (rc != RC_OK) {
            return rc;
        }
    }
    struct store_migration *list = ARENA_ARRAY(arena, struct store_migration, migration_count);
    if (list == NULL) {
        return err_nomem(e);
    }
    for (size_t i = 0; i < migration_count; i++) {
        list[i] = (struct store_migration){migrations[i].number, migrations[i].name,
                                           migrations[i].number <= version};
    }
    *rows = list;
    *count = migration_count;
    return RC_OK;
}

enum rc store_migrate_up(const char *path, struct arena *arena, int *applied, struct slice *backup,
                         struct err *e)
{
    CLEANUP(db_close_p) struct db *db = NULL;
    char backup_path[4200];
    struct db_options options = {.path = path, .busy_timeout_ms = 10000, .cache_bytes = 32u << 20};
    enum rc rc = db_open(&db, &options, e);
    if (rc != RC_OK) {
        return rc;
    }
    int version = 0;
    rc = migrate_inspect(db, migrations, migration_count, &version, e);
    if (rc == RC_OK) {
        db_exec(db, "PRAGMA journal_mode=WAL");
        rc = db_check(db, e);
    }
    if (rc == RC_OK) {
        rc = migrate_run(db, path, migrations, migration_count, applied, backup_path, e);
    }
    if (rc == RC_OK) {
        search_renew(db, version);
        rc = db_check(db, e);
    }
    if (rc == RC_OK) {
        *backup = backup_path[0] ? arena_copy(arena, slice_cstr(backup_path)) : SLICE_NONE;
    }
    return rc;
}

enum rc store_schema_dump(struct buf *out, struct err *e)
{
    CLEANUP(db_close_p) struct db *db = NULL;
    struct db_options options = {.path = ":memory:"};
    enum rc rc = db_open(&db, &options, e);
    if (rc == RC_OK) {
        rc = migrate_run(db, ":memory:", migrations, migration_count, NULL, NULL, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    buf_printf(out, "-- Generated by `make schema`: the schema after migration %d. Don't edit.\n",
               migrations[migration_count - 1].number);
    sqlite3_stmt *s =
        db_use(db, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name NOT "
                   "IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') "
                   "ORDER BY rowid");
    while (db_step(db, s)) {
        buf_char(out, '\n');
        buf_slice(out, db_text(s, 0));
        buf_text(out, ";\n");
    }
    db_done(s);
    rc = db_check(db, e);
    return rc == RC_OK && out->failed ? err_nomem(e) : rc;
}
