#include "store/quotes.h"

#include "store/counters.h"
#include "store/list_queries.h"
#include "store/quote_read.h"
#include "store/quote_state.h"
#include "store/ranking.h"
#include "store/search_highlight.h"

enum rc store_quote_get(struct store_reader *reader, uint64_t id, struct arena *arena,
                        struct store_quote *out, struct err *e)
{
    struct db *db = reader->db;
    struct store_quote quote = {0};
    struct entity_refs known = {0};
    struct around from = {db, arena, &known};
    int64_t row, ordinal;
    bool entered = reader_enter(reader);
    sqlite3_stmt *s =
        db_use(db, QUOTE_SELECT " FROM quotes x" QUOTE_JOINS " WHERE x.public_id = ?1");
    db_bind_int(s, 1, db_id(id));
    bool found = db_step(db, s);
    if (found) {
        quote_read(&from, s, &quote, &row, &ordinal);
    }
    db_done(s);
    reader_leave(reader, entered);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK && !found) {
        rc = quote_missing(db, id, e);
    }
    if (rc == RC_OK) {
        *out = quote;
        out->state = quote_state_of(&quote);
    }
    return rc;
}

/* ---- lists */

static struct filter_order order_of(const struct store_quote_query *q)
{
    return (struct filter_order){.sort = q->sort == STORE_OLDEST ? STORE_NEWEST : q->sort,
                                 .ascending = (q->sort == STORE_OLDEST) != q->reversed,
                                 .after = &q->after,
                                 .limit = q->limit};
}

/* Confidence is within the view. */
static bool takes_views(const struct store_quote_query *q)
{
    return q->views && q->sort != STORE_CONFIDENCE;
}

void quote_list_sql(const struct store_quote_query *q, const struct filter *filter,
                    struct list_sql *out)
{
    struct filter_order order = order_of(q);
    list_text(out, takes_views(q) ? VIEW_SELECT : QUOTE_SELECT);
    filter_quotes(filter, &order, QUOTE_JOINS, out);
}

/* What a counter knows; -1 when none does. */
static int64_t counted_total(struct db *db, const struct filter *filter)
{
    if (filter->match != NULL && filter->count == 0) {
        return filter->match_count;
    }
    if (filter->match != NULL || filter->count > 1) {
        return -1;
    }
    if (filter->count == 0) {
        return counters_read(db, COUNT_QUOTES, -1, SLICE_NONE);
    }
    const struct filter_term *term = &filter->items[0];
    bool counted = false;
    if (filter_is_counted(term)) {
        return filter_counted(term, counters_read(db, COUNT_QUOTES, -1, SLICE_NONE));
    }
    if (term->field == STORE_BY_ENTITY) {
        counted = term->roles == STORE_SPEAKS || term->roles == STORE_ABOUT;
    }
    if (term->field == STORE_BY_QUOTE_TYPE) {
        return term->negated ? -1 : term->expected;
    }
    return counted && !term->negated && term->count == 1 ? term->expected : -1;
}

static void find_total(struct db *db, const struct filter *filter, struct store_page *page)
{
    page->total = counted_total(db, filter);
    page->total_is_exact = true;
    if (page->total >= 0) {
        page->total_is_exact = !filter->matches_more || filter->count > 0;
        return;
    }
    struct list_sql from;
    list_start(&from);
    struct row_set closed;
    struct filter counting = filter_counting(filter, &closed);
    filter_quotes(&counting, NULL, "", &from);
    page->total = list_count(db, &from, &page->total_is_exact);
    page->total_is_exact = page->total_is_exact && !filter->matches_more;
}

static int64_t sort_key(const struct store_quote_query *q, const struct filter *filter,
                        const struct store_quote *quote, int64_t ordinal)
{
    if (q->sort == STORE_CONFIDENCE) {
        return (int64_t)(quote->confidence * 1000 + 0.5f);
    }
    return filter_one_article(filter) && !filter_by_words(filter) ? ordinal : quote->sort_ms;
}

static void read_row(const struct around *from, sqlite3_stmt *s, const struct store_quote_query *q,
                     const struct filter *filter, struct store_quote *out, struct store_page *page)
{
    int64_t row = 0, ordinal = 0;
    if (!takes_views(q)) {
        quote_read(from, s, out, &row, &ordinal);
    } else if (!quote_read_view(from, s, out, &row, &ordinal)) {
        *out = (struct store_quote){0};
        quote_read_one(from, row, out, &ordinal);
    }
    page->last = (struct store_cursor){true, sort_key(q, filter, out, ordinal), row, SLICE_NONE};
    if (q->highlight) {
        struct highlights found = {0};
        bool whole = search_highlight(&filter->words, out->text, SEARCH_IN_QUOTE, SLICE_NONE,
                                      "text", from->arena, &found);
        from->db->nomem = from->db->nomem || !whole;
        out->highlighted = true;
        out->highlights = found.items;
        out->highlight_count = found.count;
    }
}

static void read_rows(struct db *db, const struct store_quote_query *q, const struct filter *filter,
                      struct arena *arena, struct store_quote *out, size_t *count,
                      struct store_page *page)
{
    struct list_sql sql;
    list_start(&sql);
    struct entity_refs known = {0};
    struct around from = {db, arena, &known};
    quote_list_sql(q, filter, &sql);
    sqlite3_stmt *s = list_use(db, &sql);
    while (db_step(db, s)) {
        if (*count == q->limit) {
            page->has_more = true;
            break;
        }
        read_row(&from, s, q, filter, &out[(*count)++], page);
    }
    db_done(s);
}

static enum rc read_ranked(struct store_reader *reader, const struct store_quote_query *q,
                           const struct filter *filter, struct arena *arena,
                           struct store_quote *out, size_t *count, struct store_page *page,
                           struct err *e)
{
    struct ranking ranking;
    struct db *db = reader->db;
    struct entity_refs known = {0};
    struct around from = {db, arena, &known};
    if (filter->match == NULL) {
        return err_field(e, RC_INVALID, "sort", "sort=relevance needs words to search for, in q");
    }
    enum rc rc =
        ranking_make(reader, filter, STORE_QUOTE_LIST, q->reversed, &q->after, arena, &ranking, e);
    for (size_t i = 0; rc == RC_OK && i < ranking.count && i < q->limit; i++) {
        const struct ranked *item = &ranking.items[i];
        sqlite3_stmt *s =
            takes_views(q)
                ? db_use(db, VIEW_SELECT " FROM quotes x" QUOTE_JOINS " WHERE x.id = ?1")
                : db_use(db, QUOTE_SELECT " FROM quotes x" QUOTE_JOINS " WHERE x.id = ?1");
        db_bind_int(s, 1, item->row);
        if (db_step(db, s)) {
            read_row(&from, s, q, filter, &out[(*count)++], page);
        }
        db_done(s);
        page->last = (struct store_cursor){true, item->score, item->row, SLICE_NONE};
    }
    if (rc == RC_OK) {
        page->has_more = ranking.count > q->limit;
        page->ranked = ranking.bounded ? RANKING_MOST : 0;
    }
    return rc;
}

enum rc store_quote_list(struct store_reader *reader, const struct store_quote_query *query,
                         struct arena *arena, struct store_quote **rows, size_t *count,
                         struct store_page *page, struct err *e)
{
    struct filter filter;
    struct store_page found = {0};
    size_t read = 0;
    struct store_quote *list = ARENA_ARRAY(arena, struct store_quote, query->limit);
    if (list == NULL) {
        return err_nomem(e);
    }
    bool entered = reader_enter(reader);
    enum rc rc = filter_resolve(reader, &query->filter, STORE_QUOTE_LIST, arena, &filter, e);
    if (rc == RC_OK && query->sort == STORE_RELEVANCE) {
        rc = read_ranked(reader, query, &filter, arena, list, &read, &found, e);
    } else if (rc == RC_OK) {
        read_rows(reader->db, query, &filter, arena, list, &read, &found);
    }
    if (rc == RC_OK) {
        if (!found.has_more && !query->after.present && found.ranked == 0) {
            found.total = (int64_t)read;
            found.total_is_exact = true;
        } else {
            find_total(reader->db, &filter, &found);
            if (!found.total_is_exact && found.total < (int64_t)read) {
                found.total = (int64_t)read; /* the page looked further than the count */
            }
        }
        found.hints = filter.hints;
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
