#include "api/quotes.h"

#include "api/facets.h"
#include "api/filters.h"
#include "api/view_quote.h"
#include "text/digest.h"

enum rc quotes_page(struct call *call, struct store_quote_query *query, struct err *e)
{
    struct store_page page;
    struct store_quote *rows;
    size_t count;
    enum rc rc = filters_read(call, STORE_QUOTE_LIST, &query->filter, e);
    query->after = call->params.after;
    query->views = true;
    query->highlight = call_param(call, P_HIGHLIGHT)->number;
    rc = rc == RC_OK ? facets_of(call, STORE_QUOTE_LIST, &query->filter, e) : rc;
    rc = rc == RC_OK ? store_quote_list(call->reader, query, call->arena, &rows, &count, &page, e)
                     : rc;
    if (rc != RC_OK) {
        return filters_refuse(call, rc, e);
    }
    struct jsonw w = call_list_begin(call);
    for (size_t i = 0; i < count; i++) {
        view_quote_write(&w, call->base, &rows[i]);
    }
    return call_list_end(call, &w, &page, e);
}

enum rc quotes_sorted(struct call *call, struct store_quote_query *query, struct err *e)
{
    static const enum store_sort sorts[] = {STORE_NEWEST, STORE_OLDEST, STORE_CONFIDENCE,
                                            STORE_RELEVANCE};
    query->sort = sorts[call_param(call, P_SORT_QUOTES)->number];
    query->limit = (uint32_t)call_param(call, P_LIMIT)->number;
    enum rc rc = call_order(call, false, &query->sort, &query->reversed, e);
    return rc == RC_OK ? quotes_page(call, query, e) : rc;
}

enum rc quotes_list(struct call *call, struct err *e)
{
    bool fresh;
    struct store_quote_query query = {0};
    enum rc rc = call_etag(call, "", &fresh, e);
    return rc != RC_OK || fresh ? rc : quotes_sorted(call, &query, e);
}

enum rc quotes_write(struct call *call, struct jsonw *w, uint64_t id, struct err *e)
{
    struct store_quote row;
    enum rc rc = store_quote_get(call->reader, id, call->arena, &row, e);
    if (rc == RC_OK) {
        view_quote_write(w, call->base, &row);
    }
    return rc;
}

enum rc quotes_get(struct call *call, struct err *e)
{
    struct store_quote row;
    uint64_t id;
    bool fresh;
    char state[DIGEST_ID_CHARS + 2];
    enum rc rc = call_path_id(call, "quote", &id, e);
    rc = rc == RC_OK ? store_quote_get(call->reader, id, call->arena, &row, e) : rc;
    if (rc != RC_OK) {
        return rc;
    }
    /* What If-Match takes: the quote's own state, whatever else the archive gets meanwhile. */
    digest_format_id(row.state, state);
    memcpy(state + DIGEST_ID_CHARS, ".", 2);
    rc = call_etag(call, state, &fresh, e);
    if (rc == RC_OK && !fresh) {
        struct jsonw w = reply_jsonw(call->reply);
        bool explain = call_param(call, P_EXPLAIN)->number;
        (explain ? view_quote_explain : view_quote_write)(&w, call->base, &row);
    }
    return rc;
}
