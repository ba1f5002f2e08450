#include "store/suggest_words.h"

#include "text/utf8.h"

static void between(const struct suggest_ask *ask, struct list_sql *out)
{
    list_slice(out, " AND word >= ", ask->key);
    list_slice(out, " AND word < ", ask->last);
    if (ask->type >= 0) {
        list_int(out, " AND type = ", ask->type);
    }
}

void suggest_rare_sql(const struct suggest_ask *ask, struct list_sql *out)
{
    list_text(out, "SELECT entity, weight, word FROM entity_words WHERE weight > 0");
    between(ask, out);
    list_int(out, " LIMIT ", SUGGEST_RARE_MOST + 1);
}

void suggest_known_sql(const struct suggest_ask *ask, struct list_sql *out)
{
    static const char *const leads[] = {
        " INDEXED BY entity_words_by_1 WHERE weight > 0 AND substr(word, 1, 1) = ",
        " INDEXED BY entity_words_by_2 WHERE weight > 0 AND substr(word, 1, 2) = ",
        " INDEXED BY entity_words_by_3 WHERE weight > 0 AND substr(word, 1, 3) = ",
    };
    size_t letters = 0, at = 0;
    while (letters < 3 && at < ask->key.len) {
        utf8_decode(ask->key, at, &at);
        letters++;
    }
    list_text(out, "SELECT entity, weight, word FROM entity_words");
    list_slice(out, leads[letters - 1], slice_of(ask->key.ptr, at));
    between(ask, out);
    list_text(out, " ORDER BY weight DESC");
    list_int(out, " LIMIT ", SUGGEST_ROWS_MOST);
}

static void push(struct db *db, sqlite3_stmt *s, const struct suggest_ask *ask, struct arena *arena,
                 struct suggest_hits *out)
{
    struct suggest_hit *hit = ARENA_PUSH(arena, out);
    if (hit == NULL) {
        db->nomem = true;
        return;
    }
    struct slice word = db_text(s, 2);
    bool whole = word.len == ask->key.len || word.ptr[ask->key.len] == ' ';
    *hit = (struct suggest_hit){db_int(s, 0), db_int(s, 1), whole};
}

void suggest_words_find(struct db *db, const struct suggest_ask *ask, struct arena *arena,
                        struct suggest_hits *out)
{
    struct list_sql sql;
    list_start(&sql);
    size_t before = out->count;
    suggest_rare_sql(ask, &sql);
    sqlite3_stmt *s = list_use(db, &sql);
    while (db_step(db, s)) {
        push(db, s, ask, arena, out);
    }
    db_done(s);
    if (out->count - before <= SUGGEST_RARE_MOST) {
        return;
    }
    out->count = before;
    sql = (struct list_sql){0};
    suggest_known_sql(ask, &sql);
    s = list_use(db, &sql);
    /* Each weight is read to its end: which of its entities are the best known isn't said here. Names that
     * match twice make the factor of two. */
    while (db_step(db, s)) {
        if (out->count - before >= (size_t)ask->wanted * 2 &&
            db_int(s, 1) < out->items[out->count - 1].weight) {
            break;
        }
        push(db, s, ask, arena, out);
    }
    db_done(s);
}
