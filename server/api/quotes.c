#include "api/quotes.h"

#include "api/view_quote.h"

enum rc quotes_page(struct call *call, struct store_quote_query *query, struct err *e)
{
    const struct param_value *type = call_param(call, P_QUOTE_TYPE);
    query->has_type = type->given;
    query->type = (enum quote_type)type->number; /* the choices stand in the enum's order */
    query->after = call->params.after;
    struct store_page page;
    struct store_quote *rows;
    size_t count;
    enum rc rc = store_quote_list(call->reader, query, call->arena, &rows, &count, &page, e);
    if (rc != RC_OK) {
        return rc;
    }
    struct jsonw w = call_list_begin(call);
    for (size_t i = 0; i < count; i++) {
        view_quote_write(&w, call->base, &rows[i]);
    }
    return call_list_end(call, &w, &page, e);
}

static enum rc filter_people(struct call *call, struct store_quote_query *query, bool *known,
                             struct err *e)
{
    enum rc rc =
        call_filter_entity(call, P_SPEAKER, &query->has_speaker, known, &query->speaker, e);
    if (rc == RC_OK) {
        rc = call_filter_entity(call, P_ENTITY, &query->has_entity, known, &query->entity, e);
    }
    if (rc == RC_OK) {
        rc = call_filter_entity(call, P_ABOUT, &query->has_about, known, &query->about, e);
    }
    return rc;
}

enum rc quotes_list(struct call *call, struct err *e)
{
    bool fresh, known = true;
    enum rc rc = call_etag(call, "", &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    struct store_quote_query query = {.q = call_param(call, P_Q)->text,
                                      .source = call_param(call, P_SOURCE)->text,
                                      .lang = call_param(call, P_LANG)->text,
                                      .period = call_period(call),
                                      .sort = call_param(call, P_SORT_DATE)->number ? STORE_OLDEST
                                                                                    : STORE_NEWEST,
                                      .limit = (uint32_t)call_param(call, P_LIMIT)->number};
    rc = filter_people(call, &query, &known, e);
    if (rc != RC_OK) {
        return rc;
    }
    return known ? quotes_page(call, &query, e) : call_list_empty(call, e);
}

enum rc quotes_get(struct call *call, struct err *e)
{
    uint64_t id;
    bool fresh;
    enum rc rc = call_path_id(call, "quote", &id, e);
    rc = rc == RC_OK ? call_etag(call, "", &fresh, e) : rc;
    if (rc != RC_OK || fresh) {
        return rc;
    }
    struct store_quote row;
    rc = store_quote_get(call->reader, id, call->arena, &row, e);
    if (rc != RC_OK) {
        return rc;
    }
    struct jsonw w = reply_jsonw(call->reply);
    view_quote_write(&w, call->base, &row);
    return RC_OK;
}
