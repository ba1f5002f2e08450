#include "store/entity_moves.h"

#include "store/change_rows.h"
#include "store/correct.h"
#include "store/entity_match.h"
#include "store/put.h"
#include "store/recent.h"

struct row_list {
    int64_t *items;
    size_t count, capacity;
};

static struct row_list rows_of(struct writer *w, const char *sql, int64_t first, int64_t second)
{
    struct row_list list = {0};
    sqlite3_stmt *s = db_use(w->db, sql);
    db_bind_int(s, 1, first);
    db_bind_int(s, 2, second);
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

struct titles {
    struct {
        struct slice key, text;
        int64_t sort_ms;
    } * items;
    size_t count, capacity;
};

/* Those that the other hasn't in this article already. */
static void merge_titles(struct writer *w, int64_t article, int64_t from, int64_t into)
{
    struct titles titles = {0};
    sqlite3_stmt *s = db_use(w->db, "SELECT key, text, sort_ms FROM article_titles"
                                    " WHERE article = ?1 AND entity = ?2 AND key NOT IN (SELECT key"
                                    "  FROM article_titles WHERE article = ?1 AND entity = ?3)");
    db_bind_int(s, 1, article);
    db_bind_int(s, 2, from);
    db_bind_int(s, 3, into);
    while (db_step(w->db, s)) {
        __typeof__(titles.items) item = ARENA_PUSH(w->arena, &titles);
        item->key = arena_copy(w->arena, db_text(s, 0));
        item->text = arena_copy(w->arena, db_text(s, 1));
        item->sort_ms = db_int(s, 2);
    }
    db_done(s);
    for (size_t i = 0; i < titles.count; i++) {
        entity_rows_title(w, into, titles.items[i].key, titles.items[i].text,
                          titles.items[i].sort_ms);
    }
    db_run3(w->db,
            "UPDATE OR IGNORE article_titles SET entity = ?3 WHERE article = ?1 AND entity = ?2",
            article, from, into);
    db_run2(w->db, "DELETE FROM article_titles WHERE article = ?1 AND entity = ?2", article, from);
}

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
        entity_rows_alias(w, into, mine.name, 0, -1); /* it has both names */
    } else {
        db_run3(w->db, "UPDATE article_entities SET entity = ?3 WHERE article = ?1 AND entity = ?2",
                article, from, into);
    }
    db_run3(w->db, "UPDATE mentions SET entity = ?3 WHERE article = ?1 AND entity = ?2", article,
            from, into);
    merge_titles(w, article, from, into);
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
    db_run3(w->db, "UPDATE quote_people SET entity = ?3 WHERE quote = ?1 AND entity = ?2", quote,
            from, into);
    db_run3(w->db, "UPDATE quote_people SET affiliation = ?3 WHERE quote = ?1 AND affiliation = ?2",
            quote, from, into);
    db_run3(w->db,
            "UPDATE OR IGNORE quote_alternatives SET entity = ?3 WHERE quote = ?1 AND entity = ?2",
            quote, from, into);
    db_run2(w->db, "DELETE FROM quote_alternatives WHERE quote = ?1 AND entity = ?2", quote, from);
    quote_rows_count(w, quote, 1);
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
    db_run2(w->db, "UPDATE quote_people SET entity = NULL WHERE quote = ?1 AND entity = ?2", quote,
            entity);
    db_run2(w->db,
            "UPDATE quote_people SET affiliation = NULL WHERE quote = ?1 AND affiliation = ?2",
            quote, entity);
    db_run2(w->db, "DELETE FROM quote_alternatives WHERE quote = ?1 AND entity = ?2", quote,
            entity);
    quote_rows_count(w, quote, 1);
}

/* ---- part by part */

struct way {            /* where the rows of an entity go */
    int64_t from, into; /* into 0: nowhere, they are taken away */
    bool decided;       /* else they stay: it was undone */
};

static struct way way_of(struct writer *w, int64_t entity)
{
    struct way way = {.from = entity};
    sqlite3_stmt *s =
        db_use(w->db, "SELECT iif(e.forbidden OR m.forbidden, 0, m.id), e.forbidden OR"
                      " m.id IS NOT NULL FROM entities e"
                      " LEFT JOIN entities m ON m.id = e.merged_into WHERE e.id = ?1");
    db_bind_int(s, 1, entity);
    if (db_step(w->db, s)) {
        way.into = db_int(s, 0);
        way.decided = db_int(s, 1) != 0;
    }
    db_done(s);
    return way;
}

static void move_quote(struct writer *w, const struct way *way, int64_t quote)
{
    if (way->into != 0) {
        merge_in_quote(w, quote, way->from, way->into);
    } else {
        forbid_in_quote(w, quote, way->from);
    }
}

static void move_article(struct writer *w, const struct way *way, int64_t article)
{
    struct row_list quotes =
        rows_of(w,
                "SELECT q.id FROM quotes q CROSS JOIN quote_entities p ON p.quote = q.id"
                " AND p.entity = ?2 WHERE q.article = ?1",
                article, way->from);
    change_rows_article(w, article);
    if (way->into != 0) {
        merge_in_article(w, article, way->from, way->into);
    } else {
        forbid_in_article(w, article, way->from);
    }
    for (size_t i = 0; i < quotes.count; i++) {
        move_quote(w, way, quotes.items[i]);
    }
    if (way->into != 0) {
        correct_local_counts(w, article, way->into);
    }
}

/* By quotes too: a person may have made it speak in an article that doesn't name it, and it may have been weighed as a
 * speaker only. */
static void move_lone_quote(struct writer *w, const struct way *way, int64_t quote)
{
    int64_t article = correct_article_of(w, quote);
    change_rows_article(w, article);
    move_quote(w, way, quote);
    if (way->into != 0) {
        correct_local_counts(w, article, way->into);
    }
}

static const struct {
    const char *sql; /* ?2 of the rows, -1: all */
    void (*move)(struct writer *w, const struct way *way, int64_t row);
} phases[] = {
    {"SELECT article FROM article_entities WHERE entity = ?1 LIMIT ?2", move_article},
    {"SELECT quote FROM quote_entities WHERE entity = ?1 LIMIT ?2", move_lone_quote},
    {"SELECT quote FROM quote_alternatives WHERE entity = ?1 LIMIT ?2", move_lone_quote},
    {"SELECT DISTINCT quote FROM quote_people WHERE entity = ?1 LIMIT ?2", move_lone_quote},
    {"SELECT DISTINCT quote FROM quote_people WHERE affiliation = ?1 LIMIT ?2", move_lone_quote},
    {"SELECT id FROM quotes WHERE affiliation = ?1 LIMIT ?2", move_lone_quote},
};

void entity_moves_begin(struct writer *w, int64_t entity)
{
    db_run2(w->db, "INSERT OR IGNORE INTO entity_moves (entity) SELECT ?1 WHERE ?2", entity, 1);
}

bool entity_moves_some(struct writer *w, int64_t entity, size_t most)
{
    struct way way = way_of(w, entity);
    size_t left = most;
    for (size_t i = 0; way.decided && i < sizeof phases / sizeof phases[0]; i++) {
        struct row_list rows =
            rows_of(w, phases[i].sql, entity, most == ENTITY_MOVES_ALL ? -1 : (int64_t)left);
        for (size_t k = 0; k < rows.count; k++) {
            phases[i].move(w, &way, rows.items[k]);
        }
        left -= rows.count;
        if (left == 0) {
            return true;
        }
    }
    db_run2(w->db, "DELETE FROM entity_titles WHERE entity = ?1 AND ?2", entity, way.decided);
    db_run2(w->db, "DELETE FROM entity_moves WHERE entity = ?1 AND ?2", entity, 1);
    if (way.into != 0) {
        entity_choose_name(w, way.into);
    }
    return false;
}

bool entity_moves_wait(struct db *db)
{
    return db_value(db, "SELECT EXISTS (SELECT 1 FROM entity_moves)", 0) != 0;
}

enum rc entity_moves_part(struct writer *w, struct job *job, struct err *e)
{
    int64_t entity = db_value(w->db, "SELECT entity FROM entity_moves ORDER BY entity LIMIT 1", 0);
    w->moving = false; /* unless this part succeeds */
    if (entity != 0) {
        entity_moves_some(w, entity, w->store->options.moved_at_once);
        w->changed = true;
    }
    enum rc rc = db_check(w->db, e);
    bool more = rc == RC_OK && entity_moves_wait(w->db);
    w->moving = more;
    if (job->arg != NULL) {
        *(bool *)job->arg = more;
    }
    return rc;
}

enum rc entity_moves_finish(struct store *store, struct err *e)
{
    bool more = true;
    enum rc rc = RC_OK;
    while (rc == RC_OK && more) {
        rc = writer_call(store, entity_moves_part, &more, e);
    }
    return rc;
}
