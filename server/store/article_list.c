#include "store/article_list.h"

#include "store/article_columns.h"
#include "store/counters.h"
#include "store/search_query.h"

/* Copies are left out whatever else is asked for, and so is what `total` counts. */
static void collapse(const struct store_article_query *q, struct list_sql *out)
{
    if (q->collapse) {
        list_text(out, " AND a.duplicate = 0");
    }
}

/* ---- the three ways in: by date (with source, language), by entity, by words */

static void join_speaker(const struct store_article_query *q, const struct list_rows *rows,
                         struct list_sql *out)
{
    if (q->has_speaker) {
        list_int(out,
                 " CROSS JOIN article_entities sp ON sp.article = a.id AND sp.quotes_by > 0"
                 " AND sp.entity = ",
                 rows->speaker);
    }
}

static void from_index(const struct store_article_query *q, const struct list_rows *rows,
                       unsigned parts, struct list_sql *out)
{
    bool source = slice_present(q->source), lang = slice_present(q->lang);
    list_text(out, " FROM articles a INDEXED BY ");
    list_text(out, source && lang ? "articles_by_source_lang"
                   : source       ? "articles_by_source"
                   : lang         ? "articles_by_lang"
                   : q->collapse  ? "articles_firsts_by_date"
                                  : "articles_by_date");
    join_speaker(q, rows, out);
    article_columns_join(out, parts);
    list_text(out, " WHERE a.deleted_ms IS NULL");
    if (source) {
        list_int(out, " AND a.source = ", rows->source);
    }
    if (lang) {
        list_slice(out, " AND a.lang = ", q->lang);
    }
    collapse(q, out);
    list_period(out, "a.sort_ms", &q->period);
}

static void from_entity(const struct store_article_query *q, const struct list_rows *rows,
                        unsigned parts, struct list_sql *out)
{
    list_text(out, " FROM article_entities ae INDEXED BY article_entities_by_entity"
                   " CROSS JOIN articles a ON a.id = ae.article");
    join_speaker(q, rows, out);
    article_columns_join(out, parts);
    list_int(out, " WHERE ae.entity = ", rows->entity);
    if (slice_present(q->source)) {
        list_int(out, " AND ae.source = ", rows->source);
    }
    if (slice_present(q->lang)) {
        list_slice(out, " AND ae.lang = ", q->lang);
    }
    collapse(q, out);
    list_period(out, "ae.sort_ms", &q->period);
}

static void from_words(const struct store_article_query *q, const struct list_rows *rows,
                       unsigned parts, struct list_sql *out)
{
    list_slice(out, " FROM (SELECT rowid AS id FROM article_search WHERE article_search MATCH ",
               slice_cstr(rows->match));
    list_int(out, " ORDER BY rowid DESC LIMIT ", LIST_MATCHES_MOST);
    list_text(out, ") m CROSS JOIN articles a ON a.id = m.id");
    if (q->has_entity) {
        list_int(out, " CROSS JOIN article_entities ae ON ae.article = a.id AND ae.entity = ",
                 rows->entity);
    }
    join_speaker(q, rows, out);
    article_columns_join(out, parts);
    list_text(out, " WHERE a.deleted_ms IS NULL");
    if (slice_present(q->source)) {
        list_int(out, " AND a.source = ", rows->source);
    }
    if (slice_present(q->lang)) {
        list_slice(out, " AND a.lang = ", q->lang);
    }
    collapse(q, out);
    list_period(out, "a.sort_ms", &q->period);
}

void article_list_from(const struct store_article_query *q, const struct list_rows *rows,
                       unsigned parts, struct list_sql *out)
{
    if (rows->match != NULL) {
        from_words(q, rows, parts, out);
    } else if (q->has_entity) {
        from_entity(q, rows, parts, out);
    } else {
        from_index(q, rows, parts, out);
    }
}

void article_list_sql(const struct store_article_query *q, const struct list_rows *rows,
                      struct list_sql *out)
{
    bool by_entity = rows->match == NULL && q->has_entity;
    list_text(out, "SELECT ");
    article_columns_select(out, q->parts);
    if (q->has_entity) {
        list_text(out, ", ae.prominence, ae.mentions");
    }
    article_list_from(q, rows, q->parts, out);
    list_order(out, by_entity ? "ae.sort_ms" : "a.sort_ms", by_entity ? "ae.article" : "a.id",
               q->sort != STORE_OLDEST, &q->after, q->limit);
}

/* ---- totals: from counters where one knows it */

static bool counted_total(struct db *db, const struct store_article_query *q,
                          const struct list_rows *rows, int64_t *total)
{
    bool source = slice_present(q->source), lang = slice_present(q->lang);
    if (rows->match != NULL || q->period.has_from || q->period.has_to || q->has_speaker ||
        (q->has_entity && (source || lang)) || (q->collapse && (q->has_entity || source || lang))) {
        return false;
    }
    if (q->has_entity) {
        sqlite3_stmt *s = db_use(db, "SELECT articles FROM entities WHERE id = ?1");
        db_bind_int(s, 1, rows->entity);
        *total = db_step(db, s) ? db_int(s, 0) : 0;
        db_done(s);
    } else {
        *total = counters_read(db,
                               source && lang ? COUNT_ARTICLES_SOURCE_LANG
                               : source       ? COUNT_ARTICLES_SOURCE
                               : lang         ? COUNT_ARTICLES_LANG
                                              : COUNT_ARTICLES,
                               source ? rows->source : -1, lang ? q->lang : SLICE_NONE);
        *total -= q->collapse ? counters_read(db, COUNT_DUPLICATES, -1, SLICE_NONE) : 0;
    }
    return true;
}

static void find_total(struct db *db, const struct store_article_query *q,
                       const struct list_rows *rows, struct store_page *page)
{
    page->total_is_exact = true;
    if (counted_total(db, q, rows, &page->total)) {
        return;
    }
    struct list_sql from = {0};
    article_list_from(q, rows, 0, &from);
    page->total = list_count(db, &from, &page->total_is_exact);
    if (rows->match != NULL && page->total_is_exact) {
        struct list_sql matches = {0};
        list_slice(&matches, "FROM article_search WHERE article_search MATCH ",
                   slice_cstr(rows->match));
        page->total_is_exact = list_count(db, &matches, &page->total_is_exact) < LIST_MATCHES_MOST;
    }
}

/* ---- the list */

static enum rc resolve(struct store_reader *reader, const struct store_article_query *q,
                       struct arena *arena, struct list_rows *rows, struct err *e)
{
    enum rc rc = RC_OK;
    if (slice_present(q->source)) {
        rows->source = reader_source(reader, q->source);
    }
    if (q->has_entity) {
        rc = reader_entity(reader, q->entity, &rows->entity, e);
    }
    if (rc == RC_OK && q->has_speaker) {
        rc = reader_entity(reader, q->speaker, &rows->speaker, e);
    }
    if (rc == RC_OK && slice_present(q->q)) {
        rc = search_query_compile(q->q, NULL, arena, &rows->match, e);
    }
    return rc;
}

static void read_rows(struct db *db, const struct store_article_query *q,
                      const struct list_sql *sql, struct arena *arena, struct store_article *out,
                      size_t *count, struct store_page *page)
{
    int64_t row = 0;
    sqlite3_stmt *s = list_use(db, sql);
    while (db_step(db, s)) {
        if (*count == q->limit) {
            page->has_more = true;
            break;
        }
        struct columns c = {db, s, arena, 0};
        struct store_article *article = &out[*count];
        article_columns_read(&c, q->parts, article, &row);
        if (q->has_entity) {
            article->prominence = next_thousandths(&c);
            article->mentions = next_int(&c);
        }
        if (q->parts & STORE_META) {
            article_columns_lists(db, row, arena, article);
        }
        page->last = (struct store_cursor){true, article->sort_ms, row, SLICE_NONE};
        (*count)++;
    }
    db_done(s);
}

/* A speaker alone leads to its articles like any entity; the join then keeps those in which it speaks. */
static struct store_article_query led_by_speaker(const struct store_article_query *query)
{
    struct store_article_query led = *query;
    if (led.has_speaker && !led.has_entity) {
        led.has_entity = true;
        led.entity = led.speaker;
    }
    return led;
}

enum rc store_article_list(struct store_reader *reader, const struct store_article_query *query,
                           struct arena *arena, struct store_article **rows, size_t *count,
                           struct store_page *page, struct err *e)
{
    struct store_article_query led = led_by_speaker(query);
    struct list_rows internal = {0};
    struct list_sql sql = {0};
    struct store_page found = {0};
    size_t read = 0;
    struct store_article *list = ARENA_ARRAY(arena, struct store_article, query->limit);
    if (list == NULL) {
        return err_nomem(e);
    }
    bool entered = reader_enter(reader);
    enum rc rc = resolve(reader, &led, arena, &internal, e);
    if (rc == RC_OK) {
        article_list_sql(&led, &internal, &sql);
        read_rows(reader->db, &led, &sql, arena, list, &read, &found);
        if (!found.has_more && !query->after.present && internal.match == NULL) {
            found.total = (int64_t)read;
            found.total_is_exact = true;
        } else {
            find_total(reader->db, &led, &internal, &found);
        }
    }
    reader_leave(reader, entered);
    if (rc == RC_OK) {
        rc = db_check(reader->db, e);
    }
    if (rc == RC_OK) {
        *rows = list;
        *count = read;
        *page = found;
    }
    return rc;
}
