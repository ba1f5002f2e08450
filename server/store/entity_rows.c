#include "store/entity_match.h"
#include "store/entity_words.h"
#include "store/put.h"

/* Its names went there at once, its rows may still be on their way: entity_moves.h. */
static int64_t merged_into(struct writer *w, int64_t entity)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT merged_into FROM entities WHERE id = ?1");
    db_bind_int(s, 1, entity);
    int64_t into = db_step(w->db, s) ? db_int(s, 0) : 0;
    db_done(s);
    return into;
}

void entity_rows_alias(struct writer *w, int64_t entity, struct slice text, int64_t mentions,
                       int64_t names)
{
    if (mentions < 0 || names < 0) {
        sqlite3_stmt *s = db_use(w->db, "UPDATE entity_aliases SET mentions = mentions + ?3,"
                                        " names = names + ?4 WHERE entity = ?1 AND text = ?2");
        db_bind_int(s, 1, entity);
        db_bind_text(s, 2, text);
        db_bind_int(s, 3, mentions);
        db_bind_int(s, 4, names);
        db_run(w->db, s);
        if (sqlite3_changes(w->db->handle) == 0 && (entity = merged_into(w, entity)) != 0) {
            entity_rows_alias(w, entity, text, mentions, names);
            return;
        }
        s = db_use(w->db, "DELETE FROM entity_aliases WHERE entity = ?1 AND text = ?2"
                          " AND mentions = 0 AND names = 0");
        db_bind_int(s, 1, entity);
        db_bind_text(s, 2, text);
        db_run(w->db, s);
        if (sqlite3_changes(w->db->handle) > 0) {
            entity_words_drop(w, entity, entity_keys_of(w->arena, text).key);
        }
        return;
    }
    /* Most forms are known already: folding is for new ones. */
    sqlite3_stmt *s = db_use(w->db, "UPDATE entity_aliases SET mentions = mentions + ?3,"
                                    " names = names + ?4 WHERE entity = ?1 AND text = ?2");
    db_bind_int(s, 1, entity);
    db_bind_text(s, 2, text);
    db_bind_int(s, 3, mentions);
    db_bind_int(s, 4, names);
    db_run(w->db, s);
    if (sqlite3_changes(w->db->handle) > 0) {
        return;
    }
    struct entity_keys keys = entity_keys_of(w->arena, text);
    s = db_use(w->db, "INSERT INTO entity_aliases (entity, text, key, match_key, mentions, names)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    db_bind_int(s, 1, entity);
    db_bind_text(s, 2, text);
    db_bind_text(s, 3, keys.key);
    db_bind_text(s, 4, keys.match_key);
    db_bind_int(s, 5, mentions);
    db_bind_int(s, 6, names);
    db_run(w->db, s);
    entity_words_add(w, entity, keys.key);
}

void entity_rows_title(struct writer *w, int64_t entity, struct slice key, struct slice text,
                       int64_t sort_ms)
{
    sqlite3_stmt *s = db_use(
        w->db,
        "INSERT INTO entity_titles (entity, key, text, articles, first_seen_ms, last_seen_ms)"
        " VALUES (?1, ?2, ?3, 1, ?4, ?4) ON CONFLICT (entity, key) DO UPDATE SET"
        " articles = articles + 1, first_seen_ms = min(first_seen_ms, excluded.first_seen_ms),"
        " last_seen_ms = max(last_seen_ms, excluded.last_seen_ms)");
    db_bind_int(s, 1, entity);
    db_bind_text(s, 2, key);
    db_bind_text(s, 3, text);
    db_bind_int(s, 4, sort_ms);
    db_run(w->db, s);
}

void entity_rows_retitle(struct writer *w, int64_t entity, struct slice key)
{
    static const char *const sql[] = {
        "DELETE FROM entity_titles WHERE entity = ?1 AND key = ?2",
        "INSERT INTO entity_titles (entity, key, text, articles, first_seen_ms, last_seen_ms)"
        " SELECT entity, key, text, count(*), min(sort_ms), max(sort_ms) FROM article_titles"
        " WHERE entity = ?1 AND key = ?2 GROUP BY entity, key",
    };
    for (size_t i = 0; i < 2; i++) {
        sqlite3_stmt *s = db_use(w->db, sql[i]);
        db_bind_int(s, 1, entity);
        db_bind_text(s, 2, key);
        db_run(w->db, s);
    }
}
