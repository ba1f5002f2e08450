#include "store/db.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/row_set.h"
#include "store/search_parts.h"
#include "store/search_rank.h"
#include "store/tokenizer.h"
#include "text/fold.h"

/* Virtual-machine steps between two looks at the clock: about every 50 µs of work. */
#define PROGRESS_STEPS 4000
#define BUSY_STEP_MS   4

/* Between two notices of a step that takes long. */
#define NOTICE_MS 5000

static void tell_step(struct db *db)
{
    int64_t now_ms = clock_steady_ms();
    if (now_ms - db->step_told_ms >= NOTICE_MS) {
        db->step_told_ms = now_ms;
        db->notice.tell(db->notice.context, db->step, (now_ms - db->step_began_ms) / 1000);
    }
}

void db_step_named(struct db *db, const char *step)
{
    db->step = db->notice.tell != NULL ? step : NULL;
    if (db->step != NULL) {
        db->step_began_ms = db->step_told_ms = clock_steady_ms();
        db->notice.tell(db->notice.context, step, 0);
    }
}

/* Called by SQLite between the steps of whatever runs. */
static int past_deadline(void *context)
{
    struct db *db = context;
    if (db->step != NULL) {
        tell_step(db);
    }
    if (db->looks_left > 0 && --db->looks_left == 0) {
        db->looked_enough = true;
        return 1;
    }
    return db->deadline_ms > 0 && clock_steady_ms() > db->deadline_ms;
}

/* Looks again every few milliseconds: a process that writes in bulk leaves the lock for not much longer (writer.c), and
 * SQLite's own handler comes to sleep a tenth of a second at a time. */
static int wait_for_another(void *context, int times_called)
{
    const struct db *db = context;
    const struct timespec step = {0, BUSY_STEP_MS * 1000000L};
    if ((int64_t)times_called * BUSY_STEP_MS >= db->busy_timeout_ms) {
        return 0;
    }
    nanosleep(&step, NULL);
    return 1;
}

/* A database is a file that others may have written: nothing in it may make SQLite do more than the
 * program's own SQL asks for. */
static void harden(sqlite3 *handle)
{
    static const struct {
        int limit, value;
    } limits[] = {
        {SQLITE_LIMIT_ATTACHED, 0},          {SQLITE_LIMIT_COMPOUND_SELECT, 20},
        {SQLITE_LIMIT_EXPR_DEPTH, 100},      {SQLITE_LIMIT_FUNCTION_ARG, 20},
        {SQLITE_LIMIT_LENGTH, 64 << 20},     {SQLITE_LIMIT_SQL_LENGTH, 100000},
        {SQLITE_LIMIT_VARIABLE_NUMBER, 250}, {SQLITE_LIMIT_WORKER_THREADS, 0},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 5},
    };
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        sqlite3_limit(handle, limits[i].limit, limits[i].value);
    }
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
}

static void set_pragmas(struct db *db, const struct db_options *options)
{
    char sql[320];
    snprintf(sql, sizeof sql,
             "PRAGMA cache_size=-%zu; PRAGMA mmap_size=%zu; PRAGMA temp_store=MEMORY;"
             "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL;",
             options->cache_bytes / 1024, options->mmap_bytes);
    db_exec(db, sql);
    if (options->pages_most > 0) {
        snprintf(sql, sizeof sql, "PRAGMA max_page_count=%u", options->pages_most);
        db_exec(db, sql);
    }
    if (options->read_only) {
        db_exec(db, "PRAGMA query_only=ON");
    }
}

/* folded(text): the form that names are compared in, for migrations. Nothing in the schema depends on it. */
static void folded(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const char *text = (const char *)sqlite3_value_text(values[0]);
    struct arena *arena = text ? arena_new(0) : NULL;
    struct slice key = arena
                           ? fold_key(arena, slice_of(text, (size_t)sqlite3_value_bytes(values[0])))
                           : SLICE_NONE;
    if (slice_present(key)) {
        sqlite3_result_text64(context, key.ptr, key.len, SQLITE_TRANSIENT, SQLITE_UTF8);
    } else if (text) {
        sqlite3_result_error_nomem(context);
    }
    arena_free(arena);
}

/* Without SQLite's count of its memory, connections of different threads share no lock. */
static void configure_once(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum rc db_open(struct db **out, const struct db_options *options, struct err *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure_once);
    struct db *db = calloc(1, sizeof *db);
    if (db == NULL) {
        return err_nomem(e);
    }
    /* A reader opens for writing when it may, because reading a write-ahead log needs its index file; it
     * is kept from writing by query_only. */
    bool may_write = !options->read_only || access(options->path, W_OK) == 0;
    int flags = (may_write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX |
                SQLITE_OPEN_EXRESCODE | (options->read_only ? 0 : SQLITE_OPEN_CREATE);
    int code = sqlite3_open_v2(options->path, &db->handle, flags, NULL);
    if (code == SQLITE_OK) {
        harden(db->handle);
        db->busy_timeout_ms = options->busy_timeout_ms;
        sqlite3_busy_handler(db->handle, wait_for_another, db);
        sqlite3_progress_handler(db->handle, PROGRESS_STEPS, past_deadline, db);
        code = tokenizer_register(db->handle);
    }
    code = code == SQLITE_OK ? search_parts_register(db->handle) : code;
    code = code == SQLITE_OK ? search_rank_register(db->handle) : code;
    code = code == SQLITE_OK ? row_set_register(db->handle) : code;
    if (code == SQLITE_OK) {
        code = sqlite3_create_function(db->handle, "folded", 1,
                                       SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL,
                                       folded, NULL, NULL);
    }
    if (code == SQLITE_OK) {
        set_pragmas(db, options);
        code = db->code;
    }
    if (code != SQLITE_OK) {
        db_explain(code, db->handle ? sqlite3_errmsg(db->handle) : "out of memory", e);
        enum rc rc = err_context(e, "opening %s", options->path);
        db_close(db);
        return rc;
    }
    *out = db;
    return RC_OK;
}

void db_close(struct db *db)
{
    if (db == NULL) {
        return;
    }
    for (size_t i = 0; i < DB_STATEMENTS; i++) {
        sqlite3_finalize(db->statements[i].stmt);
        free(db->statements[i].own_sql);
    }
    sqlite3_close(db->handle);
    free(db);
}

void db_note(struct db *db, int code)
{
    if (db->code == SQLITE_OK) {
        db->code = code;
        snprintf(db->message, sizeof db->message, "%s", sqlite3_errmsg(db->handle));
    }
}

static void forget_statements(struct db *db)
{
    for (size_t i = 0; i < DB_STATEMENTS; i++) {
        sqlite3_finalize(db->statements[i].stmt);
        free(db->statements[i].own_sql);
    }
    memset(db->statements, 0, sizeof db->statements);
    db->statement_count = 0;
}

static sqlite3_stmt *prepare(struct db *db, struct db_statement *slot, const char *sql)
{
    int code =
        sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &slot->stmt, NULL);
    if (code != SQLITE_OK) {
        db_note(db, code);
        return NULL;
    }
    db->statement_count++;
    return slot->stmt;
}

sqlite3_stmt *db_use(struct db *db, const char *literal_sql)
{
    if (db->code != SQLITE_OK) {
        return NULL;
    }
    size_t at = ((uintptr_t)literal_sql * 0x9e3779b97f4a7c15u) >> 40;
    for (;; at++) {
        struct db_statement *slot = &db->statements[at & (DB_STATEMENTS - 1)];
        if (slot->sql == literal_sql) {
            return slot->stmt;
        }
        if (slot->stmt == NULL) {
            if (prepare(db, slot, literal_sql) != NULL) {
                slot->sql = literal_sql;
            }
            return slot->stmt;
        }
    }
}

/* Eight bytes at a time: the text of a list has some hundreds. */
static uint64_t hash_text(const char *text)
{
    uint64_t hash = 1469598103934665603u, word = 0;
    size_t len = strlen(text), at = 0;
    for (; at + sizeof word <= len; at += sizeof word) {
        memcpy(&word, text + at, sizeof word);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
    }
    for (; at < len; at++) {
        hash = (hash ^ (unsigned char)text[at]) * 1099511628211u;
    }
    return hash ^ hash >> 29;
}

sqlite3_stmt *db_use_text(struct db *db, const char *sql)
{
    if (db->code != SQLITE_OK) {
        return NULL;
    }
    /* Lists have some hundreds of shapes; should they ever be more, starting over is cheap. Half of the
     * table stays free for db_use. */
    if (db->statement_count > DB_STATEMENTS / 2) {
        forget_statements(db);
    }
    for (size_t at = hash_text(sql) >> 20;; at++) {
        struct db_statement *slot = &db->statements[at & (DB_STATEMENTS - 1)];
        if (slot->own_sql != NULL && strcmp(slot->own_sql, sql) == 0) {
            return slot->stmt;
        }
        if (slot->stmt == NULL) {
            char *own = strdup(sql);
            if (own == NULL) {
                db->nomem = true;
                return NULL;
            }
            if (prepare(db, slot, own) == NULL) {
                free(own);
                return NULL;
            }
            slot->own_sql = own;
            slot->sql = own;
            return slot->stmt;
        }
    }
}

void db_exec(struct db *db, const char *sql)
{
    if (db->code != SQLITE_OK) {
        return;
    }
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        db_note(db, code);
    }
}

void db_bind_int(sqlite3_stmt *s, int index, int64_t value)
{
    if (s != NULL) {
        sqlite3_bind_int64(s, index, value);
    }
}

void db_bind_null(sqlite3_stmt *s, int index)
{
    if (s != NULL) {
        sqlite3_bind_null(s, index);
    }
}

/* A value that is longer than SQLITE_LIMIT_LENGTH isn't bound: the statement, which would write NULL in its place, fails
 * when it is stepped. A statement is bound and stepped by one thread. */
static _Thread_local struct {
    const sqlite3_stmt *statement;
    int code;
} unbound;

static void note_bound(const sqlite3_stmt *s, int code)
{
    if (code != SQLITE_OK) {
        unbound.statement = s;
        unbound.code = code;
    }
}

static bool is_bound(struct db *db, const sqlite3_stmt *s)
{
    if (unbound.statement != s) {
        return true;
    }
    unbound.statement = NULL;
    db_note(db, unbound.code);
    return false;
}

void db_bind_text(sqlite3_stmt *s, int index, struct slice text)
{
    if (s != NULL && slice_present(text)) {
        note_bound(s,
                   sqlite3_bind_text64(s, index, text.ptr, text.len, SQLITE_STATIC, SQLITE_UTF8));
    } else if (s != NULL) {
        sqlite3_bind_null(s, index);
    }
}

void db_bind_blob(sqlite3_stmt *s, int index, const void *bytes, size_t len)
{
    if (s != NULL) {
        note_bound(s, sqlite3_bind_blob64(s, index, len ? bytes : "", len, SQLITE_STATIC));
    }
}

void db_bind_maybe(sqlite3_stmt *s, int index, bool present, int64_t value)
{
    if (present) {
        db_bind_int(s, index, value);
    } else {
        db_bind_null(s, index);
    }
}

bool db_step(struct db *db, sqlite3_stmt *s)
{
    if (s == NULL || !db_ok(db) || !is_bound(db, s)) {
        return false;
    }
    int code = sqlite3_step(s);
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code != SQLITE_DONE) {
        db_note(db, code);
    }
    return false;
}

int64_t db_count_rows(struct db *db, sqlite3_stmt *s, int64_t looks, bool *whole)
{
    int64_t count = 0;
    int code = SQLITE_DONE;
    *whole = true;
    if (s == NULL || !db_ok(db) || !is_bound(db, s)) {
        return 0;
    }
    sqlite3_stmt_status(s, SQLITE_STMTSTATUS_VM_STEP, 1); /* looks are counted from here */
    db->looks_left = looks;
    db->looked_enough = false;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        count++;
    }
    db->looks_left = 0;
    if (code == SQLITE_INTERRUPT && db->looked_enough) {
        *whole = false;
    } else if (code != SQLITE_DONE) {
        db_note(db, code);
    }
    return count;
}

void db_done(sqlite3_stmt *s)
{
    if (s != NULL) {
        unbound.statement = unbound.statement == s ? NULL : unbound.statement;
        sqlite3_reset(s);
        sqlite3_clear_bindings(s);
    }
}

void db_run(struct db *db, sqlite3_stmt *s)
{
    while (db_step(db, s)) {
    }
    db_done(s);
}

void db_run2(struct db *db, const char *literal_sql, int64_t first, int64_t second)
{
    sqlite3_stmt *s = db_use(db, literal_sql);
    db_bind_int(s, 1, first);
    db_bind_int(s, 2, second);
    db_run(db, s);
}

void db_run3(struct db *db, const char *literal_sql, int64_t first, int64_t second, int64_t third)
{
    sqlite3_stmt *s = db_use(db, literal_sql);
    db_bind_int(s, 1, first);
    db_bind_int(s, 2, second);
    db_bind_int(s, 3, third);
    db_run(db, s);
}

/* The column is looked up once. Its value is "unprotected", which asks for what holds anyway: one thread at a time. */
struct slice db_text(sqlite3_stmt *s, int column)
{
    sqlite3_value *value = sqlite3_column_value(s, column);
    const char *text = (const char *)sqlite3_value_text(value);
    return slice_of(text, text ? (size_t)sqlite3_value_bytes(value) : 0);
}

struct slice db_blob(sqlite3_stmt *s, int column)
{
    sqlite3_value *value = sqlite3_column_value(s, column);
    const char *bytes = sqlite3_value_blob(value);
    size_t len = (size_t)sqlite3_value_bytes(value);
    return slice_of(bytes ? bytes : "", len);
}

struct slice db_text_copy(struct db *db, sqlite3_stmt *s, int column, struct arena *arena)
{
    struct slice text = db_text(s, column);
    if (!slice_present(text)) {
        return SLICE_NONE;
    }
    struct slice copy = arena_copy(arena, text);
    if (!slice_present(copy)) {
        db->nomem = true;
    }
    return copy;
}

int64_t db_value(struct db *db, const char *literal_sql, int64_t otherwise)
{
    sqlite3_stmt *s = db_use(db, literal_sql);
    int64_t value = db_step(db, s) ? db_int(s, 0) : otherwise;
    db_done(s);
    return value;
}

enum rc db_explain(int code, const char *words, struct err *e)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(e, RC_BUSY, "the database is locked by another process; try again");
    case SQLITE_INTERRUPT:
        return err_set(
            e, RC_BUSY,
            "the query took longer than it may; narrow it down: a shorter period, one source, a "
            "rarer word");
    case SQLITE_NOTADB:
        return err_set(e, RC_UNAVAILABLE,
                       "this file is not a guillemet database (nor any SQLite one)");
    case SQLITE_CORRUPT:
        return err_set(e, RC_UNAVAILABLE,
                       "the database is damaged (%s); restore a backup, or save what is left with "
                       "`sqlite3 FILE .recover`",
                       words);
    case SQLITE_FULL:
        return err_set(e, RC_FULL, "the disk is full: nothing of this write was kept");
    case SQLITE_IOERR:
        return err_set(e, RC_UNAVAILABLE, "the disk failed (%s)", words);
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return err_set(
            e, RC_READ_ONLY,
            "the database or its directory may not be written to (%s); check owner and mode",
            words);
    case SQLITE_CANTOPEN:
        return err_set(
            e, RC_UNAVAILABLE,
            "the database can't be opened (%s); check that its directory exists and may be "
            "written to",
            words);
    case SQLITE_NOMEM:
        return err_nomem(e);
    case SQLITE_TOOBIG:
        return err_set(e, RC_TOO_LARGE, "a value is larger than the database takes");
    default:
        return err_set(e, RC_INTERNAL, "the database refused a statement: %s", words);
    }
}

enum rc db_check(struct db *db, struct err *e)
{
    if (db_ok(db)) {
        return RC_OK;
    }
    enum rc rc = db->code != SQLITE_OK ? db_explain(db->code, db->message, e) : err_nomem(e);
    db_clear(db);
    return rc;
}

void db_clear(struct db *db)
{
    db->code = SQLITE_OK;
    db->nomem = false;
    db->message[0] = '\0';
}
