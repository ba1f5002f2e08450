#include "api/suggest.h"

#include "api/links.h"
#include "store/suggest.h"
#include "text/dates.h"

enum { KIND_ENTITY = 1, KIND_SOURCE = 2, KIND_SECTION = 4 }; /* P_KINDS' choices, as bits */

static void write_entity(struct jsonw *w, struct slice base, const struct store_suggestion *row)
{
    char seen[32];
    jsonw_key_text(w, "kind", "entity");
    links_write_id(w, "id", row->id);
    jsonw_key_string(w, "slug", row->slug);
    jsonw_key_string(w, "name", row->name);
    jsonw_key_text(w, "type", entity_type_name(row->type));
    jsonw_key_int(w, "articles", row->articles);
    dates_format(row->last_seen_ms, false, seen);
    jsonw_key_text(w, "last_seen", seen);
    jsonw_key(w, "links");
    jsonw_object(w);
    links_write(w, base, "self", "entities", row->id, "");
    jsonw_end(w);
}

static void write_label(struct jsonw *w, const struct store_suggestion *row)
{
    jsonw_key_text(w, "kind", row->kind == STORE_SUGGEST_SOURCE ? "source" : "section");
    jsonw_key_string(w, "name", row->name);
    jsonw_key_int(w, "articles", row->articles);
}

static void write_item(struct jsonw *w, struct slice base, const struct store_suggestion *row)
{
    jsonw_object(w);
    if (row->kind == STORE_SUGGEST_ENTITY) {
        write_entity(w, base, row);
    } else {
        write_label(w, row);
    }
    jsonw_key(w, "matched");
    jsonw_object(w);
    jsonw_key_string(w, "text", row->matched);
    jsonw_key_int(w, "start", row->start_cp);
    jsonw_key_int(w, "end", row->end_cp);
    jsonw_end(w);
    jsonw_end(w);
}

enum rc suggest_list(struct call *call, struct err *e)
{
    struct store_suggestion *rows;
    size_t count;
    bool fresh;
    enum rc rc = call_etag(call, "", &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    const struct param_value *type = call_param(call, P_ONE_TYPE);
    unsigned kinds = (unsigned)call_param(call, P_KINDS)->number;
    struct store_suggest_query query = {.q = call_param(call, P_NAME_PART)->text,
                                        .entities = kinds & KIND_ENTITY,
                                        .sources = kinds & KIND_SOURCE,
                                        .sections = kinds & KIND_SECTION,
                                        .has_type = type->given,
                                        .type = (enum entity_type)type->number,
                                        .limit = (uint32_t)call_param(call, P_LIMIT_FEW)->number};
    if (!slice_present(query.q)) {
        return err_field(e, RC_INVALID, "q", "say in q what the name begins with: /suggest?q=zel");
    }
    if (query.has_type && (query.sources || query.sections)) {
        return err_field(e, RC_INVALID, "type", "type goes with kinds=entity alone");
    }
    rc = store_suggest(call->reader, &query, call->arena, &rows, &count, e);
    if (rc != RC_OK) {
        return rc;
    }
    struct jsonw w = reply_jsonw(call->reply);
    jsonw_object(&w);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (size_t i = 0; i < count; i++) {
        write_item(&w, call->base, &rows[i]);
    }
    jsonw_end(&w);
    jsonw_end(&w);
    return RC_OK;
}
