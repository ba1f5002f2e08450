#include "api/quotes.h"

#include "api/view_quote.h"
#include "text/digest.h"

/* What the words are like. Choices stand in the order of their enums. */
static void filter_traits(const struct call *call, struct store_quote_query *query)
{
    const struct param_value *type = call_param(call, P_QUOTE_TYPE),
                             *kind = call_param(call, P_SPEAKER_KIND),
                             *class = call_param(call, P_CUE_CLASS),
                             *negated = call_param(call, P_NEGATED),
                             *hypothetical = call_param(call, P_HYPOTHETICAL),
                             *headline = call_param(call, P_IN_HEADLINE);
    query->has_type = type->given;
    query->type = (enum quote_type)type->number;
    query->has_speaker_kind = kind->given;
    query->speaker_kind = (enum speaker_kind)kind->number;
    query->has_cue_class = class->given;
    query->cue_class = (enum cue_class) class->number;
    query->has_negated = negated->given;
    query->negated = negated->number;
    query->has_hypothetical = hypothetical->given;
    query->hypothetical = hypothetical->number;
    query->has_in_headline = headline->given;
    query->in_headline = headline->number;
    query->cue = call_param(call, P_CUE)->text;
    query->channel = call_param(call, P_CHANNEL)->text;
    query->q = call_param(call, P_Q)->text;
    query->min_confidence = (float)call_param(call, P_MIN_CONFIDENCE)->number / 1000.0f;
}

/* The filters that name an entity; those that the address has decided stay. */
static enum rc filter_people(struct call *call, struct store_quote_query *query, bool *known,
                             struct err *e)
{
    const struct {
        enum param param;
        bool *has;
        uint64_t *id;
    } people[] = {
        {P_SPEAKER, &query->has_speaker, &query->speaker},
        {P_ENTITY, &query->has_entity, &query->entity},
        {P_ABOUT, &query->has_about, &query->about},
        {P_REPORTED_BY, &query->has_reported_by, &query->reported_by},
    };
    enum rc rc = RC_OK;
    for (size_t i = 0; i < sizeof people / sizeof people[0] && rc == RC_OK; i++) {
        if (call_param(call, people[i].param)->given) {
            if (*people[i].has) {
                const char *name = param_spec(people[i].param)->name;
                return err_field(e, RC_INVALID, name,
                                 "%s goes with another role: role=any, or role=%s", name,
                                 people[i].param == P_SPEAKER ? "about" : "speaks");
            }
            rc = call_filter_entity(call, people[i].param, people[i].has, known, people[i].id, e);
        }
    }
    return rc;
}

enum rc quotes_page(struct call *call, struct store_quote_query *query, struct err *e)
{
    bool known = true;
    struct store_page page;
    struct store_quote *rows;
    size_t count;
    enum rc rc = filter_people(call, query, &known, e);
    if (rc != RC_OK || !known) {
        return rc != RC_OK ? rc : call_list_empty(call, e);
    }
    filter_traits(call, query);
    query->after = call->params.after;
    rc = store_quote_list(call->reader, query, call->arena, &rows, &count, &page, e);
    if (call_param(call, P_ARTICLE)->given && (rc == RC_NOT_FOUND || rc == RC_GONE)) {
        return call_list_empty(call, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    struct jsonw w = call_list_begin(call);
    for (size_t i = 0; i < count; i++) {
        view_quote_write(&w, call->base, &rows[i]);
    }
    return call_list_end(call, &w, &page, e);
}

enum rc quotes_list(struct call *call, struct err *e)
{
    bool fresh;
    enum rc rc = call_etag(call, "", &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    struct store_quote_query query = {.has_article = call_param(call, P_ARTICLE)->given,
                                      .article = call_param(call, P_ARTICLE)->id,
                                      .source = call_param(call, P_SOURCE)->text,
                                      .lang = call_param(call, P_LANG)->text,
                                      .period = call_period(call),
                                      .sort = call_param(call, P_SORT_DATE)->number ? STORE_OLDEST
                                                                                    : STORE_NEWEST,
                                      .limit = (uint32_t)call_param(call, P_LIMIT)->number};
    return quotes_page(call, &query, e);
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
