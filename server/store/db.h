/* One SQLite connection, its statements, and the short words that SQL is spoken in: internal to store/.
 *
 * Shape:   a struct db keeps every statement it ever prepared, by the address of the SQL (literals) or by
 *          its text (lists that are put together). A statement is bound, stepped and let go: db_done
 *          resets it. Faults are sticky: after the first one db_step answers false and db_check
 *          gives the rc, so that a run of writes is checked once.
 * Memory:  columns are valid until the next step; db_column_copy puts them into an arena.
 * Threads: a db belongs to one thread at a time.
 */
#ifndef GUILLEMET_STORE_DB_H
#define GUILLEMET_STORE_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "store/store.h"

#define DB_APPLICATION_ID 0x676c6d74 /* "glmt" */
#define DB_STATEMENTS     512        /* slots of the statement table, a power of two */

#define DB_RIGHTS_KNOWN 32

struct store_rights_table;
struct entity_names;

struct db_statement {
    const char *sql; /* literal's address, or own_sql */
    char *own_sql;
    sqlite3_stmt *stmt;
};

struct db {
    sqlite3 *handle;
    struct db_statement statements[DB_STATEMENTS];
    size_t statement_count;
    int busy_timeout_ms;
    struct store_notice notice;
    const char *step;                    /* what it is told about; NULL: nothing */
    int64_t step_began_ms, step_told_ms; /* steady */
    int code;                            /* first failure, SQLITE_OK while all is well */
    char message[256];                   /* its words */
    int64_t deadline_ms;                 /* steady; 0: none */
    int64_t looks_left;                  /* db_count_rows; 0: nothing is being counted */
    bool looked_enough;
    bool nomem;                              /* an arena ran out while copying columns */
    const struct store_rights_table *rights; /* of a reader, see rights.h; NULL: all may be shown */
    int64_t rights_rows[DB_RIGHTS_KNOWN];    /* sources, */
    uint8_t rights_values[DB_RIGHTS_KNOWN];  /* and what they allow */
    size_t rights_known;
    struct entity_names *names; /* of a reader, see entity_refs.h; NULL: each is looked up */
};

struct db_options {
    const char *path;
    bool read_only;
    size_t cache_bytes, mmap_bytes;
    uint32_t pages_most; /* 0: as many as the disk takes */
    int busy_timeout_ms;
};

/* Opens and sets up a connection, tokenizer included; nothing is read yet but the file's header. */
enum rc db_open(struct db **out, const struct db_options *options, struct err *e);
void db_close(struct db *db);
/* What runs from now on may take long: db->notice is told, now and every few seconds, until NULL. */
void db_step_named(struct db *db, const char *step);

/* The statement, ready to bind; NULL after a failure (every function below takes NULL). */
sqlite3_stmt *db_use(struct db *db, const char *literal_sql);
sqlite3_stmt *db_use_text(struct db *db, const char *sql);
void db_exec(struct db *db, const char *sql); /* several statements, not kept */

void db_bind_int(sqlite3_stmt *s, int index, int64_t value);
void db_bind_null(sqlite3_stmt *s, int index);
void db_bind_text(sqlite3_stmt *s, int index,
                  struct slice text); /* absent: NULL; borrowed till db_done */
/* What is longer than the connection takes (64 MiB) fails the statement when it is stepped: RC_TOO_LARGE. */
void db_bind_blob(sqlite3_stmt *s, int index, const void *bytes, size_t len);
/* NULL when !present. */
void db_bind_maybe(sqlite3_stmt *s, int index, bool present, int64_t value);

/* True: a row. False: the end or a failure. */
bool db_step(struct db *db, sqlite3_stmt *s);
void db_done(sqlite3_stmt *s);
/* Steps to the end and counts, but gives up after so many looks (of 4,000 steps of SQLite's machine each); *whole: it
 * didn't. The same data give the same number. */
int64_t db_count_rows(struct db *db, sqlite3_stmt *s, int64_t looks, bool *whole);
/* Steps once to the end and lets go: for writes. */
void db_run(struct db *db, sqlite3_stmt *s);
/* A write with two or three numbers bound. */
void db_run2(struct db *db, const char *literal_sql, int64_t first, int64_t second);
void db_run3(struct db *db, const char *literal_sql, int64_t first, int64_t second, int64_t third);

static inline int64_t db_int(sqlite3_stmt *s, int column)
{
    return sqlite3_column_int64(s, column);
}
static inline bool db_null(sqlite3_stmt *s, int column)
{
    return sqlite3_column_type(s, column) == SQLITE_NULL;
}
/* Borrowed until the next step; absent for NULL. */
struct slice db_text(sqlite3_stmt *s, int column);
struct slice db_blob(sqlite3_stmt *s, int column);
/* A copy in the arena; when memory is out db.nomem is set and the slice absent. */
struct slice db_text_copy(struct db *db, sqlite3_stmt *s, int column, struct arena *arena);

/* First column of the first row, or `otherwise`. For literal SQL without bindings. */
int64_t db_value(struct db *db, const char *literal_sql, int64_t otherwise);

/* RC_OK, or fills `e` for what went wrong since the last db_clear, and clears. */
enum rc db_check(struct db *db, struct err *e);
void db_clear(struct db *db);
static inline bool db_ok(const struct db *db)
{
    return db->code == SQLITE_OK && !db->nomem;
}
void db_note(struct db *db, int code); /* records a failure of the handle */
/* As the connection's failure, for a code at hand. */
enum rc db_explain(int code, const char *words, struct err *e);

/* The public id is 64 bits; SQLite's integers are signed. */
static inline int64_t db_id(uint64_t id)
{
    return (int64_t)id;
}

#endif
