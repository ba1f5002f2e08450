#include "api/articles.h"

#include <stdio.h>

#include "api/facets.h"
#include "api/filters.h"
#include "api/links.h"
#include "api/quotes.h"
#include "api/view_article.h"
#include "api/view_entity.h"
#include "base/clock.h"
#include "text/fold.h"

enum { INCLUDE_MOST = 100, WHOLE = 1000 };

enum rc articles_complete(struct store_reader *reader, struct arena *arena,
                          struct store_article *row, unsigned include, struct err *e)
{
    if (row->summary.len) {
        return RC_OK;
    }
    unsigned parts = STORE_META | view_article_parts(include);
    struct store_article whole;
    enum rc rc = store_article_get(reader, row->id, parts, arena, &whole, e);
    if (rc == RC_OK) {
        whole.prominence = row->prominence; /* these two are the list's */
        whole.mentions = row->mentions;
        whole.summary = SLICE_NONE; /* fields are written */
        *row = whole;
    }
    return rc;
}

static enum rc load_quotes(struct call *call, struct view_article *view, struct err *e)
{
    struct store_quote_query query = {.sort = STORE_OLDEST, .views = true, .limit = WHOLE};
    if (!store_filter_article(call->arena, &query.filter, view->article->id)) {
        return err_nomem(e);
    }
    struct store_page page;
    struct store_quote *rows;
    size_t count;
    enum rc rc = store_quote_list(call->reader, &query, call->arena, &rows, &count, &page, e);
    if (rc == RC_OK) {
        view->quotes = rows;
        view->quote_count = count;
    }
    return rc;
}

/* What the row lacks for its view. */
static enum rc load_view(struct call *call, struct store_article *row, unsigned include,
                         struct view_article *out, struct err *e)
{
    struct view_article view = {
        .article = row, .include = include, .highlighted = call_param(call, P_HIGHLIGHT)->number};
    enum rc rc = articles_complete(call->reader, call->arena, row, include, e);
    if (rc == RC_OK && (include & VIEW_ENTITIES)) {
        struct store_article_entity *rows;
        rc = store_article_entities(call->reader, row->id, call->arena, &rows, &view.entity_count,
                                    e);
        view.entities = rc == RC_OK ? rows : NULL;
    }
    if (rc == RC_OK && (include & VIEW_QUOTES)) {
        rc = load_quotes(call, &view, e);
    }
    *out = view;
    return rc;
}

enum rc articles_write(struct call *call, struct jsonw *w, struct store_article *row,
                       unsigned include, struct err *e)
{
    struct view_article view;
    enum rc rc = load_view(call, row, include, &view, e);
    if (rc == RC_OK) {
        view_article_write(w, call->base, &view);
    }
    return rc;
}

enum rc articles_write_by_id(struct call *call, struct jsonw *w, const char *key, uint64_t id,
                             unsigned include, struct err *e)
{
    struct store_article *row = ARENA_NEW(call->arena, struct store_article);
    struct view_article view;
    if (!row) {
        return err_nomem(e);
    }
    enum rc rc =
        store_article_get(call->reader, id, view_article_parts(include), call->arena, row, e);
    rc = rc == RC_OK ? load_view(call, row, include, &view, e) : rc;
    if (rc == RC_OK) {
        jsonw_key(w, key);
        view_article_write(w, call->base, &view);
    }
    return rc;
}

static enum rc write_page(struct call *call, const struct store_article_query *query,
                          unsigned include, struct err *e)
{
    struct store_page page;
    struct store_article *rows;
    size_t count;
    enum rc rc = store_article_list(call->reader, query, call->arena, &rows, &count, &page, e);
    if (rc != RC_OK) {
        return filters_refuse(call, rc, e);
    }
    struct jsonw w = call_list_begin(call);
    for (size_t i = 0; i < count && rc == RC_OK; i++) {
        rc = articles_write(call, &w, &rows[i], include, e);
    }
    return rc == RC_OK ? call_list_end(call, &w, &page, e) : rc;
}

enum rc articles_page(struct call *call, struct store_article_query *query, struct err *e)
{
    static const enum store_sort sorts[] = {STORE_NEWEST, STORE_OLDEST,     STORE_QUOTES,
                                            STORE_WORDS,  STORE_PROMINENCE, STORE_RELEVANCE};
    unsigned include = (unsigned)call_param(call, P_INCLUDE_LIST)->number;
    enum rc rc = filters_read(call, STORE_ARTICLE_LIST, &query->filter, e);
    query->sort = sorts[call_param(call, P_SORT_ARTICLES)->number];
    rc = rc == RC_OK ? call_order(call, false, &query->sort, &query->reversed, e) : rc;
    rc = rc == RC_OK ? facets_of(call, STORE_ARTICLE_LIST, &query->filter, e) : rc;
    if (rc != RC_OK) {
        return rc;
    }
    query->limit = (uint32_t)call_param(call, P_LIMIT)->number;
    query->after = call->params.after;
    query->highlight = call_param(call, P_HIGHLIGHT)->number;
    query->parts = view_article_parts(include);
    if (include && query->limit > INCLUDE_MOST) {
        return err_field(e, RC_INVALID, "limit", "with include, limit is at most %d", INCLUDE_MOST);
    }
    if (!(include & (VIEW_ENTITIES | VIEW_QUOTES))) {
        return write_page(call, query, include, e);
    }
    /* Several reads that must see one moment. */
    rc = store_reader_begin(call->reader, e);
    if (rc != RC_OK) {
        return rc;
    }
    rc = write_page(call, query, include, e);
    store_reader_end(call->reader);
    return rc;
}

enum rc articles_list(struct call *call, struct err *e)
{
    bool fresh;
    struct store_article_query query = {0};
    enum rc rc = call_etag(call, "", &fresh, e);
    return rc != RC_OK || fresh ? rc : articles_page(call, &query, e);
}

static enum rc revision_etag(struct call *call, uint32_t revision, bool *fresh, struct err *e)
{
    char resource[24];
    snprintf(resource, sizeof resource, "%u.", (unsigned)revision);
    return call_etag(call, resource, fresh, e);
}

enum rc articles_open(struct call *call, uint64_t *id, bool *fresh, struct err *e)
{
    uint32_t revision;
    enum rc rc = call_path_id(call, "article", id, e);
    rc = rc == RC_OK ? store_article_revision(call->reader, *id, &revision, e) : rc;
    return rc == RC_OK ? revision_etag(call, revision, fresh, e) : rc;
}

/* Whoever has no copy of it needn't wait for the question whether that is fresh. */
static enum rc open_to_get(struct call *call, uint64_t *id, bool *fresh, struct err *e)
{
    *fresh = false;
    return slice_present(request_header(call->request, "If-None-Match"))
               ? articles_open(call, id, fresh, e)
               : call_path_id(call, "article", id, e);
}

static enum rc get_article(struct call *call, uint64_t id, struct err *e)
{
    bool fresh;
    struct store_article row;
    unsigned include = (unsigned)call_param(call, P_INCLUDE)->number;
    enum rc rc =
        store_article_get(call->reader, id, view_article_parts(include), call->arena, &row, e);
    rc = rc == RC_OK && call->reply->etag == NULL ? revision_etag(call, row.revision, &fresh, e)
                                                  : rc;
    if (rc != RC_OK) {
        return rc;
    }
    char changed[32];
    clock_format_http(row.updated_ms, changed);
    reply_header_text(call->reply, "Last-Modified", slice_cstr(changed));
    struct jsonw w = reply_jsonw(call->reply);
    return articles_write(call, &w, &row, include, e);
}

enum rc articles_get(struct call *call, struct err *e)
{
    uint64_t id;
    bool fresh;
    enum rc rc = open_to_get(call, &id, &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    if (!((unsigned)call_param(call, P_INCLUDE)->number & (VIEW_ENTITIES | VIEW_QUOTES))) {
        return get_article(call, id, e);
    }
    rc = store_reader_begin(call->reader, e);
    if (rc != RC_OK) {
        return rc;
    }
    rc = get_article(call, id, e);
    store_reader_end(call->reader);
    return rc;
}

static bool starts_so(struct arena *arena, struct slice name, struct slice start)
{
    return slice_starts(fold_key(arena, name), start);
}

/* By type, role and the start of a name, whichever of its names. */
static bool is_asked(const struct call *call, const struct store_article_entity *row,
                     struct slice start)
{
    enum { MENTIONED, SPEAKS, ABOUT }; /* P_ROLE_ARTICLES' choices */
    int64_t role = call_param(call, P_ROLE_ARTICLES)->number;
    bool named = start.len == 0 || starts_so(call->arena, row->name, start);
    for (size_t i = 0; !named && i < row->alias_count; i++) {
        named = starts_so(call->arena, row->aliases[i].text, start);
    }
    return named && (call_choices(call, P_ENTITY_TYPE) & 1u << row->type) &&
           (role != SPEAKS || row->quotes_by > 0) && (role != ABOUT || row->quotes_about > 0);
}

/* Keeps the rows that are asked for, cuts the page out: one article's entities are read whole anyway. */
static enum rc write_entities(struct call *call, const struct store_article_entity *rows,
                              size_t count, struct err *e)
{
    struct slice asked = call_param(call, P_NAME_START)->text;
    struct slice start = slice_present(asked) ? fold_key(call->arena, asked) : SLICE("");
    int64_t counts[ENTITY_MISC + 1] = {0};
    int64_t skip = call->params.after.present ? call->params.after.key : 0;
    int64_t limit = call_param(call, P_LIMIT_WHOLE)->number;
    struct store_page page = {.total_is_exact = true};
    if (slice_present(asked) && start.len == 0) {
        return err_field(e, RC_INVALID, "q", "no letter to search a name by");
    }
    struct jsonw w = call_list_begin(call);
    for (size_t i = 0; i < count; i++) {
        if (!is_asked(call, &rows[i], start)) {
            continue;
        }
        counts[rows[i].type]++;
        if (page.total >= skip && page.total < skip + limit) {
            view_article_entity_write(&w, call->base, &rows[i]);
        }
        page.total++;
    }
    page.has_more = skip + limit < page.total;
    page.last = (struct store_cursor){.present = true, .key = skip + limit};
    enum rc rc = facets_of_types(call, counts, e);
    return rc == RC_OK ? call_list_end(call, &w, &page, e) : rc;
}

enum rc articles_entities(struct call *call, struct err *e)
{
    uint64_t id;
    bool fresh;
    enum rc rc = articles_open(call, &id, &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    struct store_article_entity *rows;
    size_t count;
    rc = store_article_entities(call->reader, id, call->arena, &rows, &count, e);
    return rc == RC_OK ? write_entities(call, rows, count, e) : rc;
}

enum rc articles_quotes(struct call *call, struct err *e)
{
    struct store_quote_query query = {.sort = STORE_OLDEST};
    uint64_t id;
    bool fresh;
    enum rc rc = articles_open(call, &id, &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    if (!store_filter_article(call->arena, &query.filter, id)) {
        return err_nomem(e);
    }
    query.limit = (uint32_t)call_param(call, P_LIMIT_WHOLE)->number;
    return quotes_page(call, &query, e);
}
