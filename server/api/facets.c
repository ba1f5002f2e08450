#include "api/facets.h"

#include <stdlib.h>

#include "api/filters.h"
#include "api/formats.h"
#include "api/links.h"
#include "api/routes.h"
#include "api/view_facets.h"
#include "store/facets.h"

static const enum param params[] = {P_FACETS_ARTICLES, P_FACETS_QUOTES, P_FACETS_ENTITIES};

static unsigned asked(const struct call *call)
{
    for (size_t i = 0; i < sizeof params / sizeof params[0]; i++) {
        if (call_param(call, params[i])->given) {
            return (unsigned)call_param(call, params[i])->number;
        }
    }
    return 0;
}

static enum rc check(const struct call *call, struct err *e)
{
    /* Its default alone changes nothing: forms made from openapi.yaml send it. */
    const struct param_value *limit = call_param(call, P_FACET_LIMIT);
    int64_t standard = strtoll(param_spec(P_FACET_LIMIT)->standard, NULL, 10);
    if (limit->given && limit->number != standard && asked(call) == 0) {
        return err_field(e, RC_INVALID, "facet_limit",
                         "facet_limit goes with facets: say which, as in facets=source,entity");
    }
    if (asked(call) != 0 && call->format != FORMAT_JSON) {
        return err_field(e, RC_INVALID, "facets", "facets come beside a list in JSON alone");
    }
    return RC_OK;
}

enum rc facets_of(struct call *call, enum store_list list, const struct store_filter *filter,
                  struct err *e)
{
    call->faceted = filter;
    call->faceted_list = (int)list;
    return check(call, e);
}

static enum rc keep(struct call *call, const struct store_facet_counts *counts, struct err *e)
{
    struct store_facet_counts *kept = ARENA_NEW(call->arena, struct store_facet_counts);
    if (!kept) {
        return err_nomem(e);
    }
    *kept = *counts;
    size_t limit = (size_t)call_param(call, P_FACET_LIMIT)->number;
    while (kept->count > limit) {
        kept->other += kept->values[--kept->count].count;
    }
    call->facets = kept;
    call->facet_count = 1;
    return RC_OK;
}

enum rc facets_of_entities(struct call *call, const struct store_entity_query *query, struct err *e)
{
    struct store_facet_counts counts;
    enum rc rc = check(call, e);
    if (rc != RC_OK || asked(call) == 0) {
        return rc;
    }
    rc = store_entity_types(call->reader, query, call->arena, &counts, e);
    return rc == RC_OK ? keep(call, &counts, e) : rc;
}

enum rc facets_of_types(struct call *call, const int64_t types[ENTITY_MISC + 1], struct err *e)
{
    struct store_facet_counts counts;
    enum rc rc = check(call, e);
    if (rc != RC_OK || asked(call) == 0) {
        return rc;
    }
    return store_facet_types(types, call->arena, &counts) ? keep(call, &counts, e) : err_nomem(e);
}

/* As the filter is called. */
static const char *name_of(const struct call *call, enum store_facet facet)
{
    bool articles = call->faceted && call->faceted_list == STORE_ARTICLE_LIST;
    return articles && facet == FACET_TYPE ? "quote_type" : store_facet_name(facet);
}

static void write_facet(const struct call *call, struct jsonw *w,
                        const struct store_facet_counts *facet)
{
    jsonw_key(w, name_of(call, facet->facet));
    jsonw_object(w);
    jsonw_key(w, "values");
    jsonw_array(w);
    for (size_t i = 0; i < facet->count; i++) {
        jsonw_object(w);
        view_facet_value(w, call->base, &facet->values[i]);
        jsonw_key_int(w, "count", facet->values[i].count);
        jsonw_end(w);
    }
    jsonw_end(w);
    view_facet_number(w, "distinct", facet->distinct);
    view_facet_number(w, "other", facet->other);
    view_facet_number(w, "missing", facet->missing);
    jsonw_key_int(w, "counted", facet->counted);
    jsonw_key_bool(w, "exact", facet->exact);
    jsonw_end(w);
}

static enum rc find(struct call *call, struct err *e)
{
    struct store_facet_counts *facets =
        ARENA_ARRAY(call->arena, struct store_facet_counts, STORE_FACET_COUNT);
    if (!facets) {
        return err_nomem(e);
    }
    enum rc rc = store_facets(call->reader, call->faceted, (enum store_list)call->faceted_list,
                              asked(call), (uint32_t)call_param(call, P_FACET_LIMIT)->number,
                              STORE_FACET_ROWS, call->arena, facets, &call->facet_count, e);
    call->facets = facets;
    return rc == RC_OK ? rc : filters_refuse(call, rc, e);
}

enum rc facets_find(struct call *call, struct store_page *page, struct err *e)
{
    bool wanted = call->faceted && asked(call) != 0;
    enum rc rc = wanted && !call->facets ? find(call, e) : RC_OK;
    for (size_t i = 0; rc == RC_OK && i < call->facet_count && !page->total_is_exact; i++) {
        int64_t counted = call->facets[i].counted;
        page->total = counted > page->total ? counted : page->total;
        page->total_is_exact = call->facets[i].exact;
    }
    return rc;
}

void facets_write(const struct call *call, struct jsonw *w)
{
    if (call->facet_count == 0) {
        return;
    }
    jsonw_key(w, "facets");
    jsonw_object(w);
    for (size_t i = 0; i < call->facet_count; i++) {
        write_facet(call, w, &call->facets[i]);
    }
    jsonw_end(w);
}
