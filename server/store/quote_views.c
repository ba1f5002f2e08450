#include "store/quote_views.h"

#include "base/buf.h"
#include "store/quote_read.h"
#include "store/stale.h"

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

bool quote_views_keep(struct writer *w)
{
    static const struct stale kind = {
        .any = "SELECT EXISTS (SELECT 1 FROM quote_views_stale)",
        .some = "SELECT quote FROM quote_views_stale LIMIT ?1",
        .settle = "DELETE FROM quote_views_stale WHERE quote = ?1",
        .at_once = STALE_MOST_AT_ONCE,
        .renew = make,
    };
    return w->store->options.view != NULL && stale_keep(w, &kind);
}
