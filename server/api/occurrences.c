#include "api/occurrences.h"

#include "api/links.h"
#include "api/view.h"
#include "api/view_quote.h"
#include "store/occurrences.h"

static void write_first(struct jsonw *w, const struct store_quote *first)
{
    jsonw_key(w, "first_seen");
    jsonw_object(w);
    links_write_id(w, "quote", first->id);
    links_write_id(w, "article", first->article.id);
    jsonw_key_string(w, "source", first->article.source);
    view_time(w, "at", true, first->sort_ms);
    jsonw_end(w);
}

static void write_outlets(struct jsonw *w, const struct store_occurrences *group)
{
    jsonw_key(w, "outlets");
    jsonw_array(w);
    for (size_t i = 0; i < group->outlet_count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "source", group->outlets[i].source);
        jsonw_key_int(w, "quotes", group->outlets[i].quotes);
        view_time(w, "first_seen", true, group->outlets[i].first_ms);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void write_item(struct jsonw *w, struct slice base, const struct store_occurrence *item)
{
    jsonw_object(w);
    jsonw_key_text(w, "kind", occurrence_kind_name(item->kind));
    jsonw_key_real(w, "similarity", (double)item->similarity);
    jsonw_key(w, "difference");
    jsonw_array(w);
    for (size_t i = 0; i < item->difference_count; i++) {
        jsonw_object(w);
        jsonw_key_text(w, "op", store_diff_name(item->difference[i].op));
        jsonw_key_string(w, "text", item->difference[i].text);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_key(w, "quote");
    view_quote_write(w, base, &item->quote);
    jsonw_end(w);
}

enum rc occurrences_list(struct call *call, struct err *e)
{
    struct store_occurrences group;
    uint64_t id;
    bool fresh;
    enum rc rc = call_path_id(call, "quote", &id, e);
    rc = rc == RC_OK ? call_etag(call, "", &fresh, e) : rc;
    if (rc != RC_OK || fresh) {
        return rc;
    }
    rc = store_quote_occurrences(call->reader, id, call->arena, &group, e);
    if (rc != RC_OK) {
        return rc;
    }
    struct jsonw w = reply_jsonw(call->reply);
    jsonw_object(&w);
    links_write_id(&w, "quote", id);
    write_first(&w, &group.items[0].quote);
    jsonw_key_int(&w, "articles", group.articles);
    write_outlets(&w, &group);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (size_t i = 0; i < group.count; i++) {
        write_item(&w, call->base, &group.items[i]);
    }
    jsonw_end(&w);
    jsonw_key_int(&w, "total", (int64_t)group.count);
    jsonw_key_bool(&w, "total_is_exact", group.is_whole);
    jsonw_end(&w);
    return RC_OK;
}
