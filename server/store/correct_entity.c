#include "store/correct.h"

#include "store/entity_moves.h"
#include "store/entity_words.h"
#include "store/put.h"
#include "store/recent.h"

void correct_local_counts(struct writer *w, int64_t article, int64_t entity)
{
    /* CROSS: by the article's quotes, for an entity may have a hundred thousand. */
    db_run2(w->db,
            "UPDATE article_entities SET quotes_by = (SELECT count(*) FROM quotes q"
            "  CROSS JOIN quote_entities p ON p.quote = q.id AND p.entity = ?2"
            "  WHERE q.article = ?1 AND p.roles & 1),"
            " quotes_about = (SELECT count(*) FROM quotes q"
            "  CROSS JOIN quote_entities p ON p.quote = q.id AND p.entity = ?2"
            "  WHERE q.article = ?1 AND p.roles & 2)"
            " WHERE article = ?1 AND entity = ?2",
            article, entity);
    recent_stale(w, entity);
}

void correct_retype(struct writer *w, int64_t entity, enum entity_type type)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT type, articles FROM entities WHERE id = ?1");
    db_bind_int(s, 1, entity);
    if (db_step(w->db, s) && db_int(s, 1) > 0) {
        counters_add(w->counters, COUNT_ENTITIES_TYPE, db_int(s, 0), SLICE_NONE, -1);
        counters_add(w->counters, COUNT_ENTITIES_TYPE, (int64_t)type, SLICE_NONE, 1);
    }
    db_done(s);
    db_run2(w->db, "UPDATE entities SET type = ?2 WHERE id = ?1", entity, (int64_t)type);
    entity_words_retype(w, entity, (int64_t)type);
    db_run2(w->db,
            "UPDATE mentions SET type = ?2 WHERE entity = ?1 AND article IN"
            " (SELECT article FROM article_entities WHERE entity = ?1)",
            entity, (int64_t)type);
}

struct names_of {
    struct {
        struct slice text;
        int64_t mentions, names;
    } * items;
    size_t count, capacity;
};

static struct names_of read_names(struct writer *w, const char *sql, int64_t entity)
{
    struct names_of list = {0};
    sqlite3_stmt *s = db_use(w->db, sql);
    db_bind_int(s, 1, entity);
    while (db_step(w->db, s)) {
        __typeof__(list.items) item = ARENA_PUSH(w->arena, &list);
        item->text = arena_copy(w->arena, db_text(s, 0));
        item->mentions = db_int(s, 1);
        item->names = db_int(s, 2);
    }
    db_done(s);
    return list;
}

static void drop_names(struct writer *w, int64_t entity)
{
    db_run2(w->db, "DELETE FROM entity_aliases WHERE entity = ?1 AND ?2", entity, 1);
    db_run2(w->db, "DELETE FROM entity_titles WHERE entity = ?1 AND ?2", entity, 1);
}

static void move_names(struct writer *w, int64_t from, int64_t into)
{
    struct names_of aliases =
        read_names(w, "SELECT text, mentions, names FROM entity_aliases WHERE entity = ?1", from);
    drop_names(w, from);
    for (size_t i = 0; i < aliases.count; i++) {
        entity_rows_alias(w, into, aliases.items[i].text, aliases.items[i].mentions,
                          aliases.items[i].names);
    }
}

void correct_merge(struct writer *w, int64_t from, int64_t into)
{
    move_names(w, from, into);
    db_run2(w->db, "UPDATE entities SET merged_into = ?2 WHERE id = ?1 OR merged_into = ?1", from,
            into);
    entity_words_renew(w, from);
    entity_moves_begin(w, from);
}

void correct_forbid(struct writer *w, int64_t entity)
{
    drop_names(w, entity);
    db_run2(w->db, "UPDATE entities SET forbidden = ?2 WHERE id = ?1", entity, 1);
    entity_words_renew(w, entity);
    entity_moves_begin(w, entity);
}
