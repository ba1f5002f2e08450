#include "store/entity_match.h"
#include "store/put.h"
#include "store/recent.h"

struct kept {
    int64_t entity;
    struct slice text;
    int64_t count;
};

struct kept_list {
    struct kept *items;
    size_t count, capacity;
};

/* Rows are read first and written after: a table isn't changed under a statement that walks it. */
static struct kept_list read_rows(struct writer *w, const char *sql, int64_t article)
{
    struct kept_list list = {0};
    sqlite3_stmt *s = db_use(w->db, sql);
    db_bind_int(s, 1, article);
    while (db_step(w->db, s)) {
        *ARENA_PUSH(w->arena, &list) =
            (struct kept){db_int(s, 0), arena_copy(w->arena, db_text(s, 1)), db_int(s, 2)};
    }
    db_done(s);
    return list;
}

static void remove_rows(struct writer *w, const char *sql, int64_t article)
{
    sqlite3_stmt *s = db_use(w->db, sql);
    db_bind_int(s, 1, article);
    db_run(w->db, s);
}

void analysis_rows_remove(struct writer *w, int64_t article)
{
    recent_stale_article(w, article);
    quote_rows_remove(w, article);

    struct kept_list forms = read_rows(
        w,
        "SELECT m.entity, CAST(substr(CAST(t.text AS BLOB), m.start_byte + 1,"
        "  m.end_byte - m.start_byte) AS TEXT) AS form, count(*)"
        " FROM mentions m JOIN article_texts t ON t.article = m.article WHERE m.article = ?1"
        " GROUP BY m.entity, form",
        article);
    struct kept_list names = read_rows(
        w, "SELECT entity, name, mentions FROM article_entities WHERE article = ?1", article);
    struct kept_list titles =
        read_rows(w, "SELECT entity, key, 0 FROM article_titles WHERE article = ?1", article);

    remove_rows(w, "DELETE FROM mentions WHERE article = ?1", article);
    remove_rows(w, "DELETE FROM article_titles WHERE article = ?1", article);
    remove_rows(w, "DELETE FROM article_entities WHERE article = ?1", article);
    remove_rows(w, "DELETE FROM quotation_marks WHERE article = ?1", article);

    for (size_t i = 0; i < forms.count; i++) {
        entity_rows_alias(w, forms.items[i].entity, forms.items[i].text, -forms.items[i].count, 0);
    }
    for (size_t i = 0; i < names.count; i++) {
        const struct kept *entity = &names.items[i];
        entity_rows_alias(w, entity->entity, entity->text, 0, -1);
        entity_choose_name(w, entity->entity);
        counters_add_entity(w->counters, entity->entity,
                            (struct entity_change){.articles = -1, .mentions = -entity->count});
    }
    for (size_t i = 0; i < titles.count; i++) {
        entity_rows_retitle(w, titles.items[i].entity, titles.items[i].text);
    }
}
