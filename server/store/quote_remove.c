#include "store/put.h"
#include "store/roles.h"

void quote_rows_count(struct writer *w, int64_t quote, int64_t change)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT type, source, lang, sort_ms FROM quotes WHERE id = ?1");
    db_bind_int(s, 1, quote);
    if (db_step(w->db, s)) {
        counters_add(w->counters, COUNT_QUOTES, -1, SLICE_NONE, change);
        counters_add_day(w->counters, COUNT_QUOTES_DAY, db_int(s, 3), change);
        counters_add(w->counters, COUNT_QUOTES_TYPE, db_int(s, 0), SLICE_NONE, change);
        counters_add(w->counters, COUNT_QUOTES_LANG, -1, db_text(s, 2), change);
        if (!db_null(s, 1)) {
            counters_add(w->counters, COUNT_QUOTES_SOURCE, db_int(s, 1), SLICE_NONE, change);
        }
    }
    db_done(s);
    s = db_use(w->db, "SELECT entity, roles FROM quote_entities WHERE quote = ?1");
    db_bind_int(s, 1, quote);
    while (db_step(w->db, s)) {
        int64_t roles = db_int(s, 1);
        struct entity_change entity = {.quotes_by = roles & ROLE_SPEAKS ? change : 0,
                                       .quotes_about = roles & ROLE_ABOUT ? change : 0};
        if (entity.quotes_by != 0 || entity.quotes_about != 0) {
            counters_add_entity(w->counters, db_int(s, 0), entity);
        }
    }
    db_done(s);
}

void quote_rows_remove_one(struct writer *w, int64_t quote)
{
    static const char *const sql[] = {
        "DELETE FROM quote_entities WHERE quote = ?1",
        "DELETE FROM quote_people WHERE quote = ?1",
        "DELETE FROM quote_alternatives WHERE quote = ?1",
        "DELETE FROM quotes WHERE id = ?1",
    };
    quote_rows_count(w, quote, -1);
    quote_words_unindex(w, quote);
    for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++) {
        sqlite3_stmt *s = db_use(w->db, sql[i]);
        db_bind_int(s, 1, quote);
        db_run(w->db, s);
    }
}

void quote_rows_remove(struct writer *w, int64_t article)
{
    struct {
        int64_t *items;
        size_t count, capacity;
    } quotes = {0};
    sqlite3_stmt *s = db_use(w->db, "SELECT id FROM quotes WHERE article = ?1");
    db_bind_int(s, 1, article);
    while (db_step(w->db, s)) {
        *ARENA_PUSH(w->arena, &quotes) = db_int(s, 0);
    }
    db_done(s);
    for (size_t i = 0; i < quotes.count; i++) {
        quote_rows_remove_one(w, quotes.items[i]);
    }
}
