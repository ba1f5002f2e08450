#include "store/stale.h"

static size_t read_some(struct db *db, const struct stale *kind, int64_t rows[STALE_MOST_AT_ONCE])
{
    size_t count = 0;
    sqlite3_stmt *s = db_use(db, kind->some);
    db_bind_int(s, 1, (int64_t)kind->at_once);
    while (db_step(db, s)) {
        rows[count++] = db_int(s, 0);
    }
    db_done(s);
    return count;
}

static void renew(struct writer *w, const struct stale *kind, int64_t row)
{
    kind->renew(w, row);
    sqlite3_stmt *s = db_use(w->db, kind->settle);
    db_bind_int(s, 1, row);
    db_run(w->db, s);
    arena_reset(w->arena);
}

bool stale_keep(struct writer *w, const struct stale *kind)
{
    struct db *db = w->db;
    int64_t rows[STALE_MOST_AT_ONCE];
    size_t count = 0;
    if (db_value(db, kind->any, 0) != 0) {
        db_exec(db, "BEGIN IMMEDIATE");
        count = db_ok(db) ? read_some(db, kind, rows) : 0;
    }
    for (size_t i = 0; i < count && db_ok(db); i++) {
        renew(w, kind, rows[i]);
    }
    if (count > 0 && db_ok(db)) {
        db_exec(db, "COMMIT");
    }
    bool kept = db_ok(db);
    if (!sqlite3_get_autocommit(db->handle)) {
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    }
    db_clear(db);
    return kept && count == kind->at_once;
}
