#include "store/integrity.h"

#include <stdio.h>

#include "base/cleanup.h"

CLEANUP_DEFINE(db_close, struct db)

static const char *const searches[][2] = {
    {"article_search",
     "INSERT INTO article_search (article_search, rank) VALUES ('integrity-check', 1)"},
    {"quote_search", "INSERT INTO quote_search (quote_search, rank) VALUES ('integrity-check', 1)"},
};

void integrity_check(struct db *db, void (*found)(void *context, struct slice what), void *context)
{
    char words[120];
    sqlite3_stmt *s = db_use(db, "PRAGMA integrity_check(20)");
    while (db_step(db, s)) {
        if (!slice_is(db_text(s, 0), "ok")) {
            found(context, db_text(s, 0));
        }
    }
    db_done(s);
    int64_t lost = db_value(db, "SELECT count(*) FROM pragma_foreign_key_check", 0);
    if (lost > 0) {
        snprintf(words, sizeof words, "%lld rows refer to nothing", (long long)lost);
        found(context, slice_cstr(words));
    }
    for (size_t i = 0; i < sizeof searches / sizeof searches[0] && db_ok(db); i++) {
        db_exec(db, searches[i][1]);
        if ((db->code & 0xff) == SQLITE_CORRUPT) {
            db_clear(db);
            snprintf(words, sizeof words, "the index %s doesn't match the texts", searches[i][0]);
            found(context, slice_cstr(words));
        }
    }
}

static void keep_first(void *context, struct slice what)
{
    char *first = context;
    if (first[0] == '\0') {
        snprintf(first, 200, "%.*s", SLICE_ARG(what));
    }
}

enum rc integrity_check_file(const char *path, struct err *e)
{
    CLEANUP(db_close_p) struct db *db = NULL;
    struct db_options options = {.path = path, .busy_timeout_ms = 10000, .cache_bytes = 8u << 20};
    char first[200] = "";
    enum rc rc = db_open(&db, &options, e);
    if (rc) {
        return rc;
    }
    integrity_check(db, keep_first, first);
    rc = db_check(db, e);
    if (rc == RC_OK && first[0]) {
        rc = err_set(e, RC_UNAVAILABLE, "damaged: %s", first);
    }
    return rc;
}
