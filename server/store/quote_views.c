#include "store/quote_views.h"

#include "base/buf.h"
#include "store/quote_read.h"

/* Rows of one transaction: a write that comes meanwhile waits some milliseconds. */
#define KEPT_AT_ONCE 128

/* Everything that the renderer reads, but what stands in the article and in the entities, and the words. */
#define STALE(quote)                                                                               \
    " BEGIN UPDATE quotes SET view = NULL WHERE id = " quote ";"                                   \
    " INSERT OR IGNORE INTO quote_views_stale (quote) VALUES (" quote "); END;"
#define WATCH(name, event, table)                                                                  \
    "CREATE TEMP TRIGGER " name " AFTER " event " ON main." table                                  \
    " WHEN (SELECT view IS NOT NULL FROM main.quotes WHERE id = OLD.quote)" STALE("OLD.quote")

void quote_views_watch(struct db *db)
{
    static const char *const triggers[] = {
        "CREATE TEMP TRIGGER quote_view AFTER UPDATE OF type, speaker, spans, cue_class, cue_text,"
        " cue_lemma, cue_start_cp, cue_end_cp, speaker_kind, speaker_implied, speaker_text,"
        " speaker_name, speaker_title, speaker_start_cp, speaker_end_cp, affiliation, resolution,"
        " rule, channel, negated, hypothetical, in_headline, body_quote, confidence, corrected,"
        " about_count, people_count, alternative_count ON main.quotes"
        " WHEN OLD.view IS NOT NULL" STALE("OLD.id"),
        WATCH("quote_view_about", "UPDATE", "quote_entities"),
        WATCH("quote_view_people", "UPDATE", "quote_people"),
        WATCH("quote_view_weighed", "UPDATE", "quote_alternatives"),
        WATCH("quote_view_weighed_no_more", "DELETE", "quote_alternatives"),
    };
    for (size_t i = 0; i < sizeof triggers / sizeof triggers[0]; i++) {
        db_exec(db, triggers[i]);
    }
}

static void make(struct writer *w, int64_t quote)
{
    struct store_quote read = {0};
    int64_t ordinal;
    struct buf view;
    const struct around from = {w->db, w->arena, NULL};
    if (w->store->options.view == NULL || !quote_read_one(&from, quote, &read, &ordinal)) {
        return;
    }
    buf_init(&view);
    if (w->store->options.view(&read, &view)) {
        sqlite3_stmt *s = db_use(w->db, "UPDATE quotes SET view = ?2 WHERE id = ?1");
        db_bind_int(s, 1, quote);
        db_bind_blob(s, 2, view.data, view.len);
        db_run(w->db, s);
    } else {
        w->db->nomem = true;
    }
    buf_done(&view);
}

static size_t read_stale(struct db *db, int64_t quotes[KEPT_AT_ONCE])
{
    size_t count = 0;
    sqlite3_stmt *s = db_use(db, "SELECT quote FROM quote_views_stale LIMIT ?1");
    db_bind_int(s, 1, KEPT_AT_ONCE);
    while (db_step(db, s)) {
        quotes[count++] = db_int(s, 0);
    }
    db_done(s);
    return count;
}

static void renew(struct writer *w, int64_t quote)
{
    make(w, quote);
    sqlite3_stmt *s = db_use(w->db, "DELETE FROM quote_views_stale WHERE quote = ?1");
    db_bind_int(s, 1, quote);
    db_run(w->db, s);
    arena_reset(w->arena);
}

bool quote_views_keep(struct writer *w)
{
    struct db *db = w->db;
    int64_t quotes[KEPT_AT_ONCE];
    size_t count = 0;
    if (w->store->options.view != NULL &&
        db_value(db, "SELECT EXISTS (SELECT 1 FROM quote_views_stale)", 0) != 0) {
        db_exec(db, "BEGIN IMMEDIATE");
        count = db_ok(db) ? read_stale(db, quotes) : 0;
    }
    for (size_t i = 0; i < count && db_ok(db); i++) {
        renew(w, quotes[i]);
    }
    if (count > 0 && db_ok(db)) {
        db_exec(db, "COMMIT");
    }
    bool kept = db_ok(db);
    if (!sqlite3_get_autocommit(db->handle)) {
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    }
    db_clear(db); /* what has no view is read member by member */
    return kept && count == KEPT_AT_ONCE;
}
