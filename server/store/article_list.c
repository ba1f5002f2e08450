#include "store/list_queries.h"

#include "store/article_columns.h"
#include "store/counters.h"
#include "store/ranking.h"
#include "store/rights_of.h"
#include "store/search_highlight.h"

static const char field_text[] = "text";

static struct filter_order order_of(const struct store_article_query *q)
{
    return (struct filter_order){.sort = q->sort == STORE_OLDEST ? STORE_NEWEST : q->sort,
                                 .ascending = (q->sort == STORE_OLDEST) != q->reversed,
                                 .after = &q->after,
                                 .limit = q->limit};
}

void article_list_sql(const struct store_article_query *q, const struct filter *filter,
                      struct list_sql *out)
{
    struct filter_order order = order_of(q);
    list_text(out, "SELECT ");
    article_columns_select(out, q->parts);
    if (filter_focus(filter) != NULL) {
        list_text(out, ", ae.prominence, ae.mentions");
    }
    filter_articles(filter, &order, article_columns_joins(q->parts), out);
}

/* ---- totals: from counters where one knows it */

static bool is_plain(const struct filter_term *term)
{
    return !term->negated && term->count == 1;
}

static bool counted_total(struct db *db, const struct filter *filter, int64_t *total, bool *exact)
{
    const struct filter_term *source = NULL, *lang = NULL;
    if (filter->match != NULL && filter->count == 0 && !filter->collapse) {
        *total = filter->match_count;
        *exact = !filter->matches_more;
        return true;
    }
    if (filter->match != NULL || filter->count > 2 || (filter->collapse && filter->count > 0)) {
        return false;
    }
    if (filter->count == 1 && !filter->collapse && filter_is_counted(&filter->items[0])) {
        *total =
            filter_counted(&filter->items[0], counters_read(db, COUNT_ARTICLES, -1, SLICE_NONE));
        return true;
    }
    for (size_t i = 0; i < filter->count; i++) {
        const struct filter_term *term = &filter->items[i];
        if (term->field == STORE_BY_ENTITY && filter->count == 1 && is_plain(term) &&
            term->roles == STORE_ANY_ROLE) {
            *total = term->expected;
            return true;
        }
        if (term->field == STORE_BY_SOURCE && is_plain(term) && source == NULL) {
            source = term;
        } else if (term->field == STORE_BY_LANG && is_plain(term) && lang == NULL) {
            lang = term;
        } else {
            return false;
        }
    }
    *total = counters_read(db,
                           source && lang ? COUNT_ARTICLES_SOURCE_LANG
                           : source       ? COUNT_ARTICLES_SOURCE
                           : lang         ? COUNT_ARTICLES_LANG
                                          : COUNT_ARTICLES,
                           source ? source->rows[0] : -1, lang ? lang->keys[0] : SLICE_NONE);
    *total -= filter->collapse ? counters_read(db, COUNT_DUPLICATES, -1, SLICE_NONE) : 0;
    return true;
}

static void find_total(struct db *db, const struct filter *filter, struct store_page *page)
{
    page->total_is_exact = true;
    if (counted_total(db, filter, &page->total, &page->total_is_exact)) {
        return;
    }
    struct list_sql from;
    list_start(&from);
    struct row_set closed;
    struct filter counting = filter_counting(filter, &closed);
    filter_articles(&counting, NULL, NULL, &from);
    page->total = list_count(db, &from, &page->total_is_exact);
    page->total_is_exact = page->total_is_exact && !filter->matches_more;
}

/* ---- the list */

static int64_t sort_key(enum store_sort sort, const struct store_article *article)
{
    switch (sort) {
    case STORE_QUOTES:
        return article->quote_count;
    case STORE_WORDS:
        return article->word_count;
    case STORE_PROMINENCE:
        return (int64_t)(article->prominence * 1000 + 0.5f);
    default:
        return article->sort_ms;
    }
}

/* Of what stands in the statement's row. */
static void read_row(struct db *db, sqlite3_stmt *s, const struct store_article_query *q,
                     const struct filter *filter, struct arena *arena, struct store_article *out,
                     int64_t *row)
{
    struct columns c = {db, s, arena, 0};
    article_columns_read(&c, q->parts, out, row);
    if (filter_focus(filter) != NULL) {
        out->prominence = next_thousandths(&c);
        out->mentions = next_int(&c);
    }
    if (q->parts & STORE_META) {
        article_columns_lists(db, *row, arena, out);
    }
}

static void add_highlights(struct db *db, const struct filter *filter, int64_t row,
                           struct arena *arena, struct store_article *out)
{
    const struct search_query *words = &filter->words;
    struct highlights found = {0};
    sqlite3_stmt *s = db_use(db, "SELECT a.title, t.standfirst, t.text, t.quoted FROM articles a"
                                 " JOIN article_texts t ON t.article = a.id WHERE a.id = ?1");
    db_bind_int(s, 1, row);
    if (db_step(db, s)) {
        bool hidden = rights_hide(out->rights); /* words that may not be read aren't shown */
        struct slice text = rights_cut(out->rights, db_text(s, 2));
        bool whole =
            search_highlight(words, db_text(s, 0), SEARCH_IN_TITLE, SLICE_NONE, "title", arena,
                             &found) &&
            search_highlight(words, hidden ? SLICE_NONE : db_text(s, 1), SEARCH_IN_STANDFIRST,
                             SLICE_NONE, "standfirst", arena, &found) &&
            search_highlight(words, text, SEARCH_IN_NARRATION | SEARCH_IN_QUOTES, db_blob(s, 3),
                             field_text, arena, &found);
        db->nomem = db->nomem || !whole;
        search_snippet(text, &found, field_text, arena, &out->snippet);
    }
    db_done(s);
    out->highlights = found.items;
    out->highlight_count = found.count;
}

static void read_rows(struct db *db, const struct store_article_query *q,
                      const struct filter *filter, struct arena *arena, struct store_article *out,
                      size_t *count, struct store_page *page)
{
    int64_t row = 0;
    struct list_sql sql;
    list_start(&sql);
    article_list_sql(q, filter, &sql);
    sqlite3_stmt *s = list_use(db, &sql);
    while (db_step(db, s)) {
        if (*count == q->limit) {
            page->has_more = true;
            break;
        }
        struct store_article *article = &out[(*count)++];
        read_row(db, s, q, filter, arena, article, &row);
        page->last = (struct store_cursor){true, sort_key(q->sort, article), row, SLICE_NONE};
        if (q->highlight) {
            add_highlights(db, filter, row, arena, article);
        }
    }
    db_done(s);
}

static void read_one(struct db *db, const struct store_article_query *q,
                     const struct filter *filter, int64_t row, struct arena *arena,
                     struct store_article *out)
{
    const struct filter_term *focus = filter_focus(filter);
    struct list_sql sql;
    list_start(&sql);
    list_text(&sql, "SELECT ");
    article_columns_select(&sql, q->parts);
    list_text(&sql, focus ? ", ae.prominence, ae.mentions FROM articles a" : " FROM articles a");
    if (focus != NULL) {
        list_int(&sql, " CROSS JOIN article_entities ae ON ae.article = a.id AND ae.entity = ",
                 focus->rows[0]);
    }
    list_text(&sql, article_columns_joins(q->parts));
    list_int(&sql, " WHERE a.id = ", row);
    sqlite3_stmt *s = list_use(db, &sql);
    if (db_step(db, s)) {
        read_row(db, s, q, filter, arena, out, &row);
    }
    db_done(s);
    if (q->highlight) {
        add_highlights(db, filter, row, arena, out);
    }
}

static enum rc read_ranked(struct store_reader *reader, const struct store_article_query *q,
                           const struct filter *filter, struct arena *arena,
                           struct store_article *out, size_t *count, struct store_page *page,
                           struct err *e)
{
    struct ranking ranking;
    enum rc rc = ranking_make(reader, filter, STORE_ARTICLE_LIST, q->reversed, &q->after, arena,
                              &ranking, e);
    for (size_t i = 0; rc == RC_OK && i < ranking.count && i < q->limit; i++) {
        const struct ranked *item = &ranking.items[i];
        read_one(reader->db, q, filter, item->row, arena, &out[(*count)++]);
        page->last = (struct store_cursor){true, item->score, item->row, SLICE_NONE};
    }
    if (rc == RC_OK) {
        page->has_more = ranking.count > q->limit;
        page->ranked = ranking.bounded ? RANKING_MOST : 0;
    }
    return rc;
}

static enum rc check_sort(const struct store_article_query *q, const struct filter *filter,
                          struct err *e)
{
    if (q->sort == STORE_PROMINENCE && filter_focus(filter) == NULL) {
        return err_field(e, RC_INVALID, "sort",
                         "sort=prominence needs an entity: entity=NAME, or its articles' address");
    }
    if (q->sort == STORE_RELEVANCE && filter->match == NULL) {
        return err_field(e, RC_INVALID, "sort", "sort=relevance needs words to search for, in q");
    }
    return RC_OK;
}

enum rc store_article_list(struct store_reader *reader, const struct store_article_query *query,
                           struct arena *arena, struct store_article **rows, size_t *count,
                           struct store_page *page, struct err *e)
{
    struct filter filter;
    struct store_page found = {0};
    size_t read = 0;
    struct store_article *list = ARENA_ARRAY(arena, struct store_article, query->limit);
    if (list == NULL) {
        return err_nomem(e);
    }
    bool entered = reader_enter(reader);
    enum rc rc = filter_resolve(reader, &query->filter, STORE_ARTICLE_LIST, arena, &filter, e);
    rc = rc == RC_OK ? check_sort(query, &filter, e) : rc;
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
