#include "api/related.h"

#include <math.h>

#include "api/entities.h"
#include "api/filters.h"
#include "api/links.h"
#include "store/entities.h"
#include "store/related.h"
#include "text/dates.h"

static void write_evidence(struct jsonw *w, struct slice base, const struct store_related *row)
{
    char at[32];
    jsonw_key(w, "evidence");
    jsonw_array(w);
    for (size_t i = 0; i < row->evidence_count; i++) {
        const struct store_evidence *evidence = &row->evidence[i];
        jsonw_object(w);
        links_write_id(w, "id", evidence->article);
        jsonw_key_string(w, "title", evidence->title);
        jsonw_key_string(w, "source", evidence->source);
        dates_format(evidence->sort_ms, false, at);
        jsonw_key_text(w, "at", at);
        jsonw_key(w, "links");
        jsonw_object(w);
        links_write(w, base, "self", "articles", evidence->article, "");
        jsonw_end(w);
        jsonw_end(w);
    }
    jsonw_end(w);
}

/* All that shows it: a list with both, in their roles. */
static void write_links(struct call *call, struct jsonw *w, uint64_t entity, uint64_t other)
{
    static const char *const forms[] = {"%.*s/articles?entity=%s&entity=%s",
                                        "%.*s/quotes?speaker=%s&about=%s",
                                        "%.*s/quotes?about=%s&speaker=%s"};
    char one[DIGEST_ID_CHARS + 1], two[DIGEST_ID_CHARS + 1];
    int64_t relation = call_param(call, P_RELATION)->number;
    digest_format_id(entity, one);
    digest_format_id(other, two);
    jsonw_key(w, "links");
    jsonw_object(w);
    links_write(w, call->base, "self", "entities", other, "");
    jsonw_key_string(w, relation == STORE_COOCCURS ? "articles" : "quotes",
                     arena_printf(call->arena, forms[relation], SLICE_ARG(call->base), one, two));
    jsonw_end(w);
}

static void write_row(struct call *call, struct jsonw *w, uint64_t entity,
                      const struct store_related *row)
{
    jsonw_object(w);
    links_write_id(w, "id", row->id);
    jsonw_key_string(w, "slug", row->slug);
    jsonw_key_string(w, "name", row->name);
    jsonw_key_text(w, "type", entity_type_name(row->type));
    jsonw_key_int(w, "shared", row->shared);
    jsonw_key_int(w, "total", row->total);
    jsonw_key_real(w, "score", round(row->score * 100) / 100);
    jsonw_key_real(w, "npmi", round(row->npmi * 1000) / 1000);
    write_evidence(w, call->base, row);
    write_links(call, w, entity, row->id);
    jsonw_end(w);
}

static enum rc write_list(struct call *call, uint64_t entity,
                          const struct store_related_query *query, struct err *e)
{
    struct store_related_list list;
    enum rc rc = store_entity_related(call->reader, query, call->arena, &list, e);
    if (rc != RC_OK) {
        return filters_refuse(call, rc, e);
    }
    struct jsonw w = reply_jsonw(call->reply);
    jsonw_object(&w);
    links_write_id(&w, "entity", entity);
    jsonw_key_string(&w, "relation", call_param(call, P_RELATION)->text);
    jsonw_key_int(&w, "looked_at", list.looked_at);
    jsonw_key_bool(&w, "whole", list.whole);
    jsonw_key_int(&w, "corpus", list.corpus);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (size_t i = 0; i < list.count; i++) {
        write_row(call, &w, entity, &list.items[i]);
    }
    jsonw_end(&w);
    jsonw_end(&w);
    return RC_OK;
}

enum rc related_list(struct call *call, struct err *e)
{
    const struct store_candidate *found;
    enum rc rc = entities_open(call, &found, e);
    if (rc != RC_OK || !found) {
        return rc;
    }
    struct store_related_query query = {
        .entity = found->id,
        .relation = (enum store_relation)call_param(call, P_RELATION)->number,
        .types = call_choices(call, P_ENTITY_TYPE),
        .by_count = call_param(call, P_SORT_RELATED)->number,
        .least = call_param(call, P_MIN_SHARED)->number,
        .limit = (uint32_t)call_param(call, P_LIMIT_SOME)->number};
    enum store_list list = query.relation == STORE_COOCCURS ? STORE_ARTICLE_LIST : STORE_QUOTE_LIST;
    rc = filters_read(call, list, &query.filter, e);
    return rc == RC_OK ? write_list(call, found->id, &query, e) : rc;
}
