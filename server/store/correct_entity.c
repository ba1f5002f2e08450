#include "store/correct.h"

#include "store/change_rows.h"
#include "store/entity_match.h"
#include "store/entity_words.h"
#include "store/put.h"
#include "store/recent.h"

void correct_local_counts(struct writer *w, int64_t article, int64_t entity)
{
    db_run2(w->db,
            "UPDATE article_entities SET quotes_by = (SELECT count(*) FROM quotes q JOIN "
            "quote_entities p"
            "  ON p.quote = q.id AND p.entity = ?2 WHERE q.article = ?1 AND p.roles & 1),"
            " quotes_about = (SELECT count(*) FROM quotes q JOIN quote_entities p"
            "  ON p.quote = q.id AND p.entity = ?2 WHERE q.article = ?1 AND p.roles & 2)"
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

struct row_list {
    int64_t *items;
    size_t count, capacity;
};

static struct row_list rows_of(struct writer *w, const char *sql, int64_t entity)
{
    struct row_list list = {0};
    sqlite3_stmt *s = db_use(w->db, sql);
    db_bind_int(s, 1, entity);
    while (db_step(w->db, s)) {
        *ARENA_PUSH(w->arena, &list) = db_int(s, 0);
    }
    db_done(s);
    return list;
}

struct article_part { /* an entity's row in one article */
    bool exists;
    int64_t mentions, prominence, sort_ms;
    struct slice name;
};

static struct article_part part_of(struct writer *w, int64_t article, int64_t entity)
{
    struct article_part part = {0};
    sqlite3_stmt *s =
        db_use(w->db, "SELECT mentions, prominence, sort_ms, name FROM article_entities"
                      " WHERE article = ?1 AND entity = ?2");
    db_bind_int(s, 1, article);
    db_bind_int(s, 2, entity);
    if (db_step(w->db, s)) {
        part = (struct article_part){true, db_int(s, 0), db_int(s, 1), db_int(s, 2),
                                     arena_copy(w->arena, db_text(s, 3))};
    }
    db_done(s);
    return part;
}

/* ---- merge */

static void merge_in_article(struct writer *w, int64_t article, int64_t from, int64_t into)
{
    struct article_part mine = part_of(w, article, from), theirs = part_of(w, article, into);
    recent_stale_article(w, article);
    recent_stale(w, into);
    if (theirs.exists) {
        db_run2(w->db, "DELETE FROM article_entities WHERE article = ?1 AND entity = ?2", article,
                from);
        db_run3(
            w->db,
            "UPDATE article_entities SET mentions = mentions + ?3 WHERE article = ?1 AND entity = "
            "?2",
            article, into, mine.mentions);
        db_run3(w->db,
                "UPDATE article_entities SET prominence = max(prominence, ?3)"
                " WHERE article = ?1 AND entity = ?2",
                article, into, mine.prominence);
        db_run2(w->db, "UPDATE articles SET entity_count = entity_count - 1 WHERE id = ?1 AND ?2",
                article, 1);
        entity_rows_alias(w, from, mine.name, 0, -1);
    } else {
        db_run3(w->db, "UPDATE article_entities SET entity = ?3 WHERE article = ?1 AND entity = ?2",
                article, from, into);
    }
    db_run3(w->db, "UPDATE mentions SET entity = ?3 WHERE article = ?1 AND entity = ?2", article,
            from, into);
    db_run3(w->db,
            "UPDATE OR IGNORE article_titles SET entity = ?3 WHERE article = ?1 AND entity = ?2",
            article, from, into);
    db_run2(w->db, "DELETE FROM article_titles WHERE article = ?1 AND entity = ?2", article, from);
    counters_add_entity(w->counters, from,
                        (struct entity_change){.articles = -1, .mentions = -mine.mentions});
    counters_add_entity(
        w->counters, into,
        (struct entity_change){.articles = !theirs.exists, .mentions = mine.mentions});
}

static void merge_in_quote(struct writer *w, int64_t quote, int64_t from, int64_t into)
{
    quote_rows_count(w, quote, -1);
    db_run3(w->db,
            "UPDATE quote_entities SET roles = roles | coalesce((SELECT roles FROM quote_entities"
            "  WHERE quote = ?1 AND entity = ?2), 0) WHERE quote = ?1 AND entity = ?3",
            quote, from, into);
    db_run3(w->db,
            "UPDATE OR IGNORE quote_entities SET entity = ?3 WHERE quote = ?1 AND entity = ?2",
            quote, from, into);
    db_run2(w->db, "DELETE FROM quote_entities WHERE quote = ?1 AND entity = ?2", quote, from);
    db_run3(w->db, "UPDATE quotes SET speaker = ?3 WHERE id = ?1 AND speaker = ?2", quote, from,
            into);
    db_run3(w->db, "UPDATE quotes SET affiliation = ?3 WHERE id = ?1 AND affiliation = ?2", quote,
            from, into);
    db_run2(w->db,
            "UPDATE quotes SET about_count = (SELECT count(*) FROM quote_entities WHERE quote = ?1"
            " AND roles & 2) WHERE id = ?1 AND ?2",
            quote, 1);
    quote_rows_count(w, quote, 1);
}

static int64_t article_of(struct writer *w, int64_t quote)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT article FROM quotes WHERE id = ?1");
    db_bind_int(s, 1, quote);
    int64_t article = db_step(w->db, s) ? db_int(s, 0) : 0;
    db_done(s);
    return article;
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

static void move_names(struct writer *w, int64_t from, int64_t into)
{
    struct names_of aliases =
        read_names(w, "SELECT text, mentions, names FROM entity_aliases WHERE entity = ?1", from);
    struct names_of titles =
        read_names(w, "SELECT key, 0, 0 FROM entity_titles WHERE entity = ?1", from);
    db_run2(w->db, "DELETE FROM entity_aliases WHERE entity = ?1 AND ?2", from, 1);
    db_run2(w->db, "DELETE FROM entity_titles WHERE entity = ?1 AND ?2", from, 1);
    for (size_t i = 0; i < aliases.count; i++) {
        entity_rows_alias(w, into, aliases.items[i].text, aliases.items[i].mentions,
                          aliases.items[i].names);
    }
    for (size_t i = 0; i < titles.count; i++) {
        entity_rows_retitle(w, into, titles.items[i].text);
    }
}

void correct_merge(struct writer *w, int64_t from, int64_t into)
{
    change_rows_entity(w, from);
    struct row_list articles =
        rows_of(w, "SELECT article FROM article_entities WHERE entity = ?1", from);
    struct row_list quotes = rows_of(w, "SELECT quote FROM quote_entities WHERE entity = ?1", from);
    for (size_t i = 0; i < articles.count; i++) {
        merge_in_article(w, articles.items[i], from, into);
    }
    for (size_t i = 0; i < quotes.count; i++) {
        merge_in_quote(w, quotes.items[i], from, into);
    }
    db_run2(w->db, "UPDATE quote_people SET entity = ?2 WHERE entity = ?1", from, into);
    db_run2(w->db, "UPDATE quote_people SET affiliation = ?2 WHERE affiliation = ?1", from, into);
    db_run2(w->db, "UPDATE OR IGNORE quote_alternatives SET entity = ?2 WHERE entity = ?1", from,
            into);
    db_run2(w->db, "DELETE FROM quote_alternatives WHERE entity = ?1 AND ?2", from, 1);
    /* By quotes too: a person may have made it speak in an article that doesn't name it. */
    for (size_t i = 0; i < articles.count; i++) {
        correct_local_counts(w, articles.items[i], into);
    }
    for (size_t i = 0; i < quotes.count; i++) {
        correct_local_counts(w, article_of(w, quotes.items[i]), into);
    }
    move_names(w, from, into);
    db_run2(w->db, "UPDATE entities SET merged_into = ?2 WHERE id = ?1 OR merged_into = ?1", from,
            into);
    entity_words_renew(w, from);
    entity_choose_name(w, into);
}

/* ---- not a name */

static void forbid_in_article(struct writer *w, int64_t article, int64_t entity)
{
    struct article_part part = part_of(w, article, entity);
    recent_stale_article(w, article);
    db_run2(w->db, "DELETE FROM mentions WHERE article = ?1 AND entity = ?2", article, entity);
    db_run2(w->db, "DELETE FROM article_titles WHERE article = ?1 AND entity = ?2", article,
            entity);
    db_run2(w->db, "DELETE FROM article_entities WHERE article = ?1 AND entity = ?2", article,
            entity);
    db_run2(
        w->db,
        "UPDATE articles SET entity_count = entity_count - 1, mention_count = mention_count - ?2"
        " WHERE id = ?1",
        article, part.mentions);
    counters_add(w->counters, COUNT_MENTIONS, -1, SLICE_NONE, -part.mentions);
    counters_add_day(w->counters, COUNT_MENTIONS_DAY, part.sort_ms, -part.mentions);
    counters_add_entity(w->counters, entity,
                        (struct entity_change){.articles = -1, .mentions = -part.mentions});
}

static void forbid_in_quote(struct writer *w, int64_t quote, int64_t entity)
{
    quote_rows_count(w, quote, -1);
    db_run2(w->db, "DELETE FROM quote_entities WHERE quote = ?1 AND entity = ?2", quote, entity);
    db_run2(w->db, "UPDATE quotes SET speaker = NULL WHERE id = ?1 AND speaker = ?2", quote,
            entity);
    db_run2(w->db, "UPDATE quotes SET affiliation = NULL WHERE id = ?1 AND affiliation = ?2", quote,
            entity);
    db_run2(w->db,
            "UPDATE quotes SET about_count = (SELECT count(*) FROM quote_entities WHERE quote = ?1"
            " AND roles & 2) WHERE id = ?1 AND ?2",
            quote, 1);
    quote_rows_count(w, quote, 1);
}

void correct_forbid(struct writer *w, int64_t entity)
{
    struct row_list articles =
        rows_of(w, "SELECT article FROM article_entities WHERE entity = ?1", entity);
    struct row_list quotes =
        rows_of(w, "SELECT quote FROM quote_entities WHERE entity = ?1", entity);
    for (size_t i = 0; i < articles.count; i++) {
        forbid_in_article(w, articles.items[i], entity);
    }
    for (size_t i = 0; i < quotes.count; i++) {
        forbid_in_quote(w, quotes.items[i], entity);
    }
    db_run2(w->db, "UPDATE quote_people SET entity = NULL WHERE entity = ?1 AND ?2", entity, 1);
    db_run2(w->db, "UPDATE quote_people SET affiliation = NULL WHERE affiliation = ?1 AND ?2",
            entity, 1);
    db_run2(w->db, "DELETE FROM quote_alternatives WHERE entity = ?1 AND ?2", entity, 1);
    db_run2(w->db, "DELETE FROM entity_aliases WHERE entity = ?1 AND ?2", entity, 1);
    db_run2(w->db, "DELETE FROM entity_titles WHERE entity = ?1 AND ?2", entity, 1);
    db_run2(w->db, "UPDATE entities SET forbidden = ?2 WHERE id = ?1", entity, 1);
    entity_words_renew(w, entity);
}
