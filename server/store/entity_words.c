#include "store/entity_words.h"

#include "text/utf8.h"

static int64_t bits(int64_t number)
{
    int64_t count = 0;
    for (; number > 0 && count < 31; number >>= 1) {
        count++;
    }
    return count;
}

/* "jean de la tour" → itself, "de la tour", "la tour", "tour"; false at the end. `*at`: bytes, 0 at first. */
static bool next_word(struct slice key, size_t *at, struct slice *word)
{
    if (*at >= key.len || utf8_count(slice_of(key.ptr, *at)) >= ENTITY_WORDS_PLACES) {
        return false;
    }
    *word = slice_of(key.ptr + *at, key.len - *at);
    size_t blank = slice_find(key, SLICE(" "), *at);
    *at = blank == SIZE_MAX ? key.len : blank + 1;
    return true;
}

static void run_word(struct writer *w, const char *sql, int64_t entity, struct slice word)
{
    sqlite3_stmt *s = db_use(w->db, sql);
    db_bind_int(s, 1, entity);
    db_bind_text(s, 2, word);
    db_run(w->db, s);
}

static void run_entity(struct writer *w, const char *sql, int64_t entity)
{
    sqlite3_stmt *s = db_use(w->db, sql);
    db_bind_int(s, 1, entity);
    db_run(w->db, s);
}

void entity_words_add(struct writer *w, int64_t entity, struct slice key)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT type, articles FROM entities WHERE id = ?1"
                                    " AND merged_into IS NULL AND forbidden = 0");
    db_bind_int(s, 1, entity);
    bool stands = db_step(w->db, s);
    int64_t type = stands ? db_int(s, 0) : 0, weight = stands ? bits(db_int(s, 1)) : 0;
    db_done(s);
    struct slice word;
    for (size_t at = 0; stands && next_word(key, &at, &word);) {
        s = db_use(w->db, "INSERT OR IGNORE INTO entity_words (word, entity, type, weight)"
                          " VALUES (?1, ?2, ?3, ?4)");
        db_bind_text(s, 1, word);
        db_bind_int(s, 2, entity);
        db_bind_int(s, 3, type);
        db_bind_int(s, 4, weight);
        db_run(w->db, s);
    }
}

void entity_words_drop(struct writer *w, int64_t entity, struct slice key)
{
    struct slice word;
    for (size_t at = 0; next_word(key, &at, &word);) {
        run_word(w,
                 "DELETE FROM entity_words WHERE entity = ?1 AND word = ?2 AND NOT EXISTS"
                 " (SELECT 1 FROM entity_aliases WHERE entity = ?1 AND (key = ?2"
                 "  OR substr(key, -length(?2) - 1) = ' ' || ?2)) AND NOT EXISTS"
                 " (SELECT 1 FROM entities WHERE id = ?1 AND (key = ?2"
                 "  OR substr(key, -length(?2) - 1) = ' ' || ?2))",
                 entity, word);
    }
}

void entity_words_renew(struct writer *w, int64_t entity)
{
    struct {
        struct slice *items;
        size_t count, capacity;
    } keys = {0};
    sqlite3_stmt *s = db_use(w->db, "SELECT key FROM entity_aliases WHERE entity = ?1 UNION"
                                    " SELECT key FROM entities WHERE id = ?1");
    db_bind_int(s, 1, entity);
    while (db_step(w->db, s)) {
        *ARENA_PUSH(w->arena, &keys) = arena_copy(w->arena, db_text(s, 0));
    }
    db_done(s);
    run_entity(w, "DELETE FROM entity_words WHERE entity = ?1", entity);
    for (size_t i = 0; i < keys.count; i++) {
        entity_words_add(w, entity, keys.items[i]);
    }
}

void entity_words_retype(struct writer *w, int64_t entity, int64_t type)
{
    sqlite3_stmt *s = db_use(w->db, "UPDATE entity_words SET type = ?2 WHERE entity = ?1");
    db_bind_int(s, 1, entity);
    db_bind_int(s, 2, type);
    db_run(w->db, s);
}

void entity_words_weigh(struct db *db, int64_t entity, int64_t articles_before, int64_t articles)
{
    if (bits(articles_before) == bits(articles)) {
        return;
    }
    sqlite3_stmt *s = db_use(db, "UPDATE entity_words SET weight = ?2 WHERE entity = ?1");
    db_bind_int(s, 1, entity);
    db_bind_int(s, 2, bits(articles));
    db_run(db, s);
}
