#include "store/search_renew.h"

#include <stdio.h>

#include "store/tokenizer.h"

/* `name`: whose value is the tokenizer's that the index was made with, in `versions`. `built`: the last migration that
 * builds the index itself, with the tokenizer of this program: it isn't built twice. */
static const struct {
    const char *index, *name;
    int built;
} indexes[] = {{"article_search", "tokenizer", 19}, {"quote_search", "tokenizer.quotes", 19}};

static bool is_current(struct db *db, size_t i, int64_t now)
{
    sqlite3_stmt *s = db_use(db, "SELECT value FROM versions WHERE name = ?1");
    db_bind_text(s, 1, slice_cstr(indexes[i].name));
    bool same = db_step(db, s) && db_int(s, 0) == now;
    db_done(s);
    return same || !db_ok(db);
}

static void renew(struct db *db, size_t i, int before, int64_t now)
{
    char sql[160];
    if (before >= indexes[i].built &&
        db_value(db, "SELECT EXISTS (SELECT 1 FROM articles)", 0) != 0) {
        snprintf(sql, sizeof sql, "INSERT INTO %s (%s) VALUES ('rebuild')", indexes[i].index,
                 indexes[i].index);
        db_step_named(db, indexes[i].index);
        db_exec(db, sql);
        db_step_named(db, NULL);
    }
    sqlite3_stmt *s = db_use(db, "INSERT INTO versions (name, value) VALUES (?1, ?2)"
                                 " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    db_bind_text(s, 1, slice_cstr(indexes[i].name));
    db_bind_int(s, 2, now);
    db_run(db, s);
}

/* Texts and deletions must be cut alike for ever; when the rules or the packs' elisions changed, the index
 * is built anew from the texts. */
void search_renew(struct db *db, int before)
{
    int64_t now = tokenizer_fingerprint();
    for (size_t i = 0; i < sizeof indexes / sizeof indexes[0]; i++) {
        if (is_current(db, i, now)) {
            continue;
        }
        db_exec(db, "BEGIN IMMEDIATE");
        if (!is_current(db, i, now)) { /* another process may have been faster */
            renew(db, i, before, now);
        }
        db_exec(db, "COMMIT");
        if (!sqlite3_get_autocommit(db->handle)) {
            sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
        }
    }
}
