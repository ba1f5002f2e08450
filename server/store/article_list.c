#include "store/list_queries.h"

#include "store/article_columns.h"
#include "store/counters.h"

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

static bool counted_total(struct db *db, const struct filter *filter, int64_t *total)
{
    const struct filter_term *source = NULL, *lang = NULL;
    if (filter->match != NULL || filter->count > 2 || (filter->collapse && filter->count > 0)) {
        return false;
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
    if (counted_total(db, filter, &page->total)) {
        return;
    }
    struct list_sql from = {0};
    filter_articles(filter, NULL, "", &from);
    page->total = list_count(db, &from, &page->total_is_exact);
    if (filter->match != NULL && page->total_is_exact) {
        struct list_sql matches = {0};
        list_slice(&matches, "FROM article_search WHERE article_search MATCH ",
                   slice_cstr(filter->match));
        page->total_is_exact = list_count(db, &matches, &page->total_is_exact) < LIST_MATCHES_MOST;
    }
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

static void read_rows(struct db *db, const struct store_article_query *q,
                      const struct filter *filter, struct arena *arena, struct store_article *out,
                      size_t *count, struct store_page *page)
{
    int64_t row = 0;
    struct list_sql sql = {0};
    article_list_sql(q, filter, &sql);
    sqlite3_stmt *s = list_use(db, &sql);
    while (db_step(db, s)) {
        if (*count == q->limit) {
            page->has_more = true;
            break;
        }
        struct columns c = {db, s, arena, 0};
        struct store_article *article = &out[*count];
        article_columns_read(&c, q->parts, article, &row);
        if (filter_focus(filter) != NULL) {
            article->prominence = next_thousandths(&c);
            article->mentions = next_int(&c);
        }
        if (q->parts & STORE_META) {
            article_columns_lists(db, row, arena, article);
        }
        page->last = (struct store_cursor){true, sort_key(q->sort, article), row, SLICE_NONE};
        (*count)++;
    }
    db_done(s);
}

static enum rc check_sort(const struct store_article_query *q, const struct filter *filter,
                          struct err *e)
{
    if (q->sort == STORE_PROMINENCE && filter_focus(filter) == NULL) {
        return err_field(e, RC_INVALID, "sort",
                         "sort=prominence needs an entity: entity=NAME, or its articles' address");
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
    if (rc == RC_OK) {
        read_rows(reader->db, query, &filter, arena, list, &read, &found);
        if (!found.has_more && !query->after.present && filter.match == NULL) {
            found.total = (int64_t)read;
            found.total_is_exact = true;
        } else {
            find_total(reader->db, &filter, &found);
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
