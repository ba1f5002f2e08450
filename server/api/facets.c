#include "api/facets.h"

#include "api/filters.h"
#include "api/formats.h"
#include "api/links.h"
#include "api/routes.h"
#include "api/view_facets.h"
#include "store/facets.h"

static const enum param params[] = {P_FACETS_ARTICLES, P_FACETS_QUOTES};

static unsigned asked(const struct call *call)
{
    for (size_t i = 0; i < sizeof params / sizeof params[0]; i++) {
        if (call_param(call, params[i])->given) {
            return (unsigned)call_param(call, params[i])->number;
        }
    }
    return 0;
}

enum rc facets_of(struct call *call, enum store_list list, const struct store_filter *filter,
                  struct err *e)
{
    if (call_param(call, P_FACET_LIMIT)->given && asked(call) == 0) {
        return err_field(e, RC_INVALID, "facet_limit",
                         "facet_limit goes with facets: say which, as in facets=source,entity");
    }
    if (asked(call) != 0 && call->format != FORMAT_JSON) {
        return err_field(e, RC_INVALID, "facets", "facets come beside a list in JSON alone");
    }
    call->faceted = filter;
    call->faceted_list = (int)list;
    return RC_OK;
}

static void write_facet(struct jsonw *w, struct slice base, const struct store_facet_counts *facet)
{
    jsonw_key(w, store_facet_name(facet->facet));
    jsonw_object(w);
    jsonw_key(w, "values");
    jsonw_array(w);
    for (size_t i = 0; i < facet->count; i++) {
        jsonw_object(w);
        view_facet_value(w, base, &facet->values[i]);
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

enum rc facets_write(struct call *call, struct jsonw *w, struct err *e)
{
    struct store_facet_counts facets[STORE_FACET_COUNT];
    size_t count;
    if (!call->faceted || asked(call) == 0) {
        return RC_OK;
    }
    enum rc rc = store_facets(call->reader, call->faceted, (enum store_list)call->faceted_list,
                              asked(call), (uint32_t)call_param(call, P_FACET_LIMIT)->number,
                              STORE_FACET_ROWS, call->arena, facets, &count, e);
    if (rc != RC_OK) {
        return filters_refuse(call, rc, e);
    }
    jsonw_key(w, "facets");
    jsonw_object(w);
    for (size_t i = 0; i < count; i++) {
        write_facet(w, call->base, &facets[i]);
    }
    jsonw_end(w);
    return RC_OK;
}
