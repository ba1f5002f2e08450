#include "api/filters.h"

#include "api/routes.h"

/* Filters of several values, by the parameters' names. `roles` 0: as the parameter role says. */
static const struct {
    enum param param;
    enum store_field field;
    unsigned roles;
} lists[] = {
    {P_ENTITY, STORE_BY_ENTITY, 0},
    {P_SPEAKER, STORE_BY_ENTITY, STORE_SPEAKS},
    {P_ABOUT, STORE_BY_ENTITY, STORE_ABOUT},
    {P_REPORTED_BY, STORE_BY_ENTITY, STORE_REPORTS},
    {P_SOURCE, STORE_BY_SOURCE, STORE_ANY_ROLE},
    {P_SECTION, STORE_BY_SECTION, STORE_ANY_ROLE},
    {P_AUTHOR, STORE_BY_AUTHOR, STORE_ANY_ROLE},
    {P_LANG, STORE_BY_LANG, STORE_ANY_ROLE},
    {P_CUE, STORE_BY_CUE, STORE_ANY_ROLE},
    {P_ENTITY_TYPE, STORE_BY_ENTITY_TYPE, STORE_ANY_ROLE},
    {P_QUOTE_TYPE, STORE_BY_QUOTE_TYPE, STORE_ANY_ROLE},
    {P_SAID_TYPE, STORE_BY_QUOTE_TYPE, STORE_ANY_ROLE},
    {P_SPEAKER_KIND, STORE_BY_SPEAKER_KIND, STORE_ANY_ROLE},
    {P_CUE_CLASS, STORE_BY_CUE_CLASS, STORE_ANY_ROLE},
    {P_DATE, STORE_BY_DATE, STORE_ANY_ROLE},
};

/* Filters of one value: a flag, or an end of a range. */
static const struct {
    enum param param;
    enum store_field field;
    enum { FLAG, LEAST, MOST, BEFORE } what;
} singles[] = {
    {P_NEGATED, STORE_BY_NEGATED, FLAG},
    {P_HYPOTHETICAL, STORE_BY_HYPOTHETICAL, FLAG},
    {P_IN_HEADLINE, STORE_BY_IN_HEADLINE, FLAG},
    {P_MIN_CONFIDENCE, STORE_BY_CONFIDENCE, LEAST},
    {P_MAX_CONFIDENCE, STORE_BY_CONFIDENCE, MOST},
    {P_MIN_WORDS, STORE_BY_WORDS, LEAST},
    {P_MAX_WORDS, STORE_BY_WORDS, MOST},
    {P_MIN_QUOTES, STORE_BY_QUOTES, LEAST},
    {P_MIN_ARTICLES, STORE_BY_ARTICLES, LEAST},
    {P_FROM, STORE_BY_DATE, LEAST},
    {P_TO, STORE_BY_DATE, BEFORE},
};

/* What role= says of entity=. */
static unsigned asked_roles(const struct call *call)
{
    static const unsigned of_articles[] = {STORE_ANY_ROLE, STORE_SPEAKS, STORE_ABOUT};
    static const unsigned of_quotes[] = {STORE_ANY_ROLE, STORE_SPEAKS, STORE_ABOUT};
    if (call->route->params & PARAM_BIT(P_ROLE_ARTICLES)) {
        return of_articles[call_param(call, P_ROLE_ARTICLES)->number];
    }
    if (call->route->params & PARAM_BIT(P_ROLE_QUOTES)) {
        return of_quotes[call_param(call, P_ROLE_QUOTES)->number];
    }
    return STORE_ANY_ROLE;
}

static enum rc add_list(const struct call *call, size_t row, struct store_filter *out,
                        struct err *e)
{
    enum param param = lists[row].param;
    const struct param_clause *given = call_param(call, param)->clauses;
    for (; given; given = given->next) {
        struct store_clause *clause =
            store_filter_add(call->arena, out, lists[row].field, param_spec(param)->name);
        if (!clause) {
            return err_nomem(e);
        }
        clause->negated = given->negated;
        clause->roles = lists[row].roles ? lists[row].roles : asked_roles(call);
        clause->values = given->values;
        clause->count = given->count;
        clause->choices = given->choices;
        if (lists[row].field == STORE_BY_DATE) {
            clause->least = given->from_ms;
            clause->most = given->to_ms - 1;
        }
    }
    return RC_OK;
}

static enum rc add_single(const struct call *call, size_t row, struct store_filter *out,
                          struct err *e)
{
    const struct param_value *value = call_param(call, singles[row].param);
    if (!value->given) {
        return RC_OK;
    }
    struct store_clause *clause = store_filter_add(call->arena, out, singles[row].field,
                                                   param_spec(singles[row].param)->name);
    if (!clause) {
        return err_nomem(e);
    }
    switch (singles[row].what) {
    case FLAG:
        clause->choices = 1u << value->number;
        break;
    case LEAST:
        clause->least = value->number;
        break;
    case MOST:
        clause->most = value->number;
        break;
    case BEFORE:
        clause->most = value->number - 1;
        break;
    }
    return RC_OK;
}

static enum rc add_has_quotes(const struct call *call, struct store_filter *out, struct err *e)
{
    const struct param_value *value = call_param(call, P_HAS_QUOTES);
    bool added = !value->given ||
                 store_filter_range(call->arena, out, STORE_BY_QUOTES,
                                    value->number ? 1 : INT64_MIN, value->number ? INT64_MAX : 0);
    return added ? RC_OK : err_nomem(e);
}

enum rc filters_read(const struct call *call, enum store_list list, struct store_filter *out,
                     struct err *e)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0] && rc == RC_OK; i++) {
        if (store_filter_fits(list, lists[i].field)) {
            rc = add_list(call, i, out, e);
        }
    }
    for (size_t i = 0; i < sizeof singles / sizeof singles[0] && rc == RC_OK; i++) {
        if (store_filter_fits(list, singles[i].field)) {
            rc = add_single(call, i, out, e);
        }
    }
    rc = rc == RC_OK ? add_has_quotes(call, out, e) : rc;
    if (rc == RC_OK && call_param(call, P_ARTICLE)->given &&
        !store_filter_article(call->arena, out, call_param(call, P_ARTICLE)->id)) {
        rc = err_nomem(e);
    }
    out->collapse = call_param(call, P_COLLAPSE)->given;
    if (call_param(call, P_IN)->given) {
        out->in = (enum store_scope)(call_param(call, P_IN)->number + STORE_IN_TITLE);
    }
    out->q = call_param(call, P_Q)->text;
    out->forms = true;
    out->channel = call_param(call, P_CHANNEL)->text;
    return rc;
}

enum rc filters_refuse(struct call *call, enum rc rc, struct err *e)
{
    if (rc == RC_TOO_LARGE) {
        e->rc = RC_INVALID; /* too many words in an address: 413 is for bodies */
        return RC_INVALID;
    }
    if (rc != RC_CONFLICT) {
        return rc;
    }
    reply_problem(call->reply, "ambiguous", NULL);
    e->rc = RC_INVALID;
    return RC_INVALID;
}

void filters_write_hints(struct jsonw *w, const struct store_hints *hints)
{
    if (hints->count == 0) {
        return;
    }
    jsonw_key(w, "hints");
    jsonw_array(w);
    for (size_t i = 0; i < hints->count; i++) {
        const struct store_hint *hint = &hints->items[i];
        jsonw_object(w);
        jsonw_key_text(w, "field", hint->field);
        jsonw_key_string(w, "value", hint->value);
        jsonw_key_string(w, "nearest", hint->nearest);
        jsonw_end(w);
    }
    jsonw_end(w);
}
