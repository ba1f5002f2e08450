#include "api/stats.h"

#include "api/view.h"

enum { SOURCES_MOST = 1000 };

static void write_counts(struct jsonw *w, const char *key, const struct store_count *rows,
                         size_t count)
{
    jsonw_key(w, key);
    jsonw_array(w);
    for (size_t i = 0; i < count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "value", rows[i].key.len ? rows[i].key : SLICE_NONE);
        jsonw_key_int(w, "count", rows[i].count);
        jsonw_end(w);
    }
    jsonw_end(w);
}

enum rc stats_get(struct call *call, struct err *e)
{
    struct store_stats stats;
    bool fresh;
    enum rc rc = call_etag(call, "", &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    rc = store_stats(call->reader, call->arena, &stats, e);
    if (rc != RC_OK) {
        return rc;
    }
    struct jsonw w = reply_jsonw(call->reply);
    jsonw_object(&w);
    jsonw_key_int(&w, "articles", stats.articles);
    jsonw_key_int(&w, "deleted_articles", stats.tombstones);
    jsonw_key_int(&w, "entities", stats.entities);
    jsonw_key_int(&w, "mentions", stats.mentions);
    jsonw_key_int(&w, "quotes", stats.quotes);
    view_time(&w, "first_article", stats.articles > 0, stats.first_ms);
    view_time(&w, "last_article", stats.articles > 0, stats.last_ms);
    jsonw_key_int(&w, "source_count", (int64_t)stats.source_count);
    write_counts(&w, "sources", stats.sources,
                 stats.source_count < SOURCES_MOST ? stats.source_count : SOURCES_MOST);
    write_counts(&w, "languages", stats.langs, stats.lang_count);
    write_counts(&w, "entity_types", stats.entity_types, stats.entity_type_count);
    write_counts(&w, "quote_types", stats.quote_types, stats.quote_type_count);
    write_counts(&w, "analysers", stats.analysers, stats.analyser_count);
    jsonw_key_int(&w, "database_bytes", stats.database_bytes);
    jsonw_end(&w);
    return RC_OK;
}
