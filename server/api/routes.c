#include "api/routes.h"

#include "api/articles.h"
#include "api/batch.h"
#include "api/changes.h"
#include "api/corrections.h"
#include "api/docs.h"
#include "api/duplicates.h"
#include "api/entities.h"
#include "api/entity_changes.h"
#include "api/formats.h"
#include "api/jobs.h"
#include "api/metrics.h"
#include "api/occurrences.h"
#include "api/quote_changes.h"
#include "api/quotes.h"
#include "api/related.h"
#include "api/resources.h"
#include "api/revisions.h"
#include "api/service.h"
#include "api/source_changes.h"
#include "api/sources.h"
#include "api/stats.h"
#include "api/suggest.h"
#include "api/timeline.h"
#include "api/writes.h"

#define B(param) PARAM_BIT(P_##param)

/* Of the body of a correction. */
#define CHANGE_BYTES  (256 * 1024)
/* Of a text that is analysed and not kept. */
#define ANALYSE_BYTES (1024 * 1024)

/* What lists of articles and of quotes have in common. */
#define LIST_PARAMS                                                                                \
    (B(Q) | B(HIGHLIGHT) | B(SOURCE) | B(SECTION) | B(AUTHOR) | B(LANG) | B(FROM) | B(TO) |        \
     B(DATE) | B(ORDER) | B(LIMIT) | B(CURSOR))
/* What a quote is like, whoever says it wherever. */
#define SAID_PARAMS                                                                                \
    (B(SPEAKER_KIND) | B(CUE) | B(CUE_CLASS) | B(MIN_CONFIDENCE) | B(MAX_CONFIDENCE) |             \
     B(NEGATED) | B(HYPOTHETICAL) | B(IN_HEADLINE) | B(REPORTED_BY))
#define ARTICLE_PARAMS                                                                             \
    (LIST_PARAMS | B(SPEAKER) | B(ABOUT) | B(ENTITY) | B(ROLE_ARTICLES) | B(HAS_QUOTES) |          \
     B(MIN_QUOTES) | B(MIN_WORDS) | B(MAX_WORDS) | B(SORT_ARTICLES) | B(COLLAPSE) | B(IN) |        \
     B(INCLUDE_LIST) | SAID_PARAMS | B(SAID_TYPE))
#define QUOTE_PARAMS   (SAID_PARAMS | B(QUOTE_TYPE) | B(CHANNEL) | B(SPEAKER) | B(ABOUT))
#define ARTICLE_FACETS (B(FACETS_ARTICLES) | B(FACET_LIMIT))
#define QUOTE_FACETS   (B(FACETS_QUOTES) | B(FACET_LIMIT))
/* Filters that articles and quotes have in common. */
#define COMMON_FILTERS                                                                             \
    (B(Q) | B(SOURCE) | B(SECTION) | B(AUTHOR) | B(LANG) | B(FROM) | B(TO) | B(DATE))
#define METADATA_PARAMS                                                                            \
    (B(DOC_URL) | B(DOC_EXTERNAL_ID) | B(DOC_SOURCE) | B(DOC_LANG) | B(DOC_TITLE) |                \
     B(DOC_SECTION) | B(DOC_PUBLISHED_AT) | B(DOC_MODIFIED_AT))
#define DOCUMENT_PARAMS (METADATA_PARAMS | B(REVIVE))

/* A read of the archive: inline, and a long one (a search, a large page) moves itself to a worker (api.c). */
#define READ(path, name, handler, params)                                                          \
    {                                                                                              \
        {"GET", path, name, NULL, 0, HTTP_AUTH_READ, HTTP_INLINE, 0}, handler, params, true        \
    }
/* Many reads in one: never on an event thread. */
#define READ_SLOWLY(path, name, handler, params)                                                   \
    {                                                                                              \
        {"GET", path, name, NULL, 0, HTTP_AUTH_READ, HTTP_WORKER, 0}, handler, params, true        \
    }
/* For those alone who may write: it names colleagues and shows their notes. */
#define READ_BY_WRITERS(path, name, handler, params)                                               \
    {                                                                                              \
        {"GET", path, name, NULL, 0, HTTP_AUTH_WRITE, HTTP_INLINE, 0}, handler, params, true       \
    }
/* A write takes a body or not, analyses, waits for the commit. */
#define WRITE(method, path, name, handler, body, params)                                           \
    {                                                                                              \
        {method, path, name, NULL, body, HTTP_AUTH_WRITE, HTTP_WORKER, 0}, handler, params, true   \
    }
/* For machines that ask every few seconds. */
#define PROBE(path, name, auth, handler)                                                           \
    {                                                                                              \
        {"GET", path, name, NULL, 0, auth, HTTP_INLINE | HTTP_PROBE, 0}, handler, 0, true          \
    }
#define SHOW(path, name, handler)                                                                  \
    {                                                                                              \
        {"GET", path, name, NULL, 0, HTTP_AUTH_NONE, HTTP_INLINE, 0}, handler, 0, false            \
    }

static const struct api_route routes[] = {
    READ("/articles", "listArticles", articles_list, ARTICLE_PARAMS | ARTICLE_FACETS),
    WRITE("POST", "/articles", "createArticle", writes_post, HTTP_BODY_DEFAULT,
          DOCUMENT_PARAMS | B(DRY_RUN)),
    READ_SLOWLY("/articles/changes", "listArticleChanges", changes_list,
                B(UPDATED_SINCE) | B(LIMIT) | B(CURSOR) | B(INCLUDE_LIST)),
    READ("/articles/{id}", "getArticle", articles_get, B(INCLUDE)),
    WRITE("PUT", "/articles/{id}", "replaceArticle", writes_put, HTTP_BODY_DEFAULT,
          DOCUMENT_PARAMS),
    WRITE("DELETE", "/articles/{id}", "deleteArticle", writes_delete, 0, 0),
    READ("/articles/{id}/entities", "listArticleEntities", articles_entities,
         B(NAME_START) | B(ENTITY_TYPE) | B(ROLE_ARTICLES) | B(FACETS_ENTITIES) | B(FACET_LIMIT) |
             B(LIMIT_WHOLE) | B(CURSOR)),
    READ("/articles/{id}/quotes", "listArticleQuotes", articles_quotes,
         QUOTE_PARAMS | QUOTE_FACETS | B(ENTITY) | B(ROLE_QUOTES) | B(Q) | B(HIGHLIGHT) |
             B(LIMIT_WHOLE) | B(CURSOR)),
    READ_SLOWLY("/articles/{id}/revisions", "listArticleRevisions", revisions_list,
                B(LIMIT) | B(CURSOR)),
    READ_SLOWLY("/articles/{id}/revisions/diff", "compareArticleRevisions", revisions_diff,
                B(REVISION_FROM) | B(REVISION_TO)),
    READ_SLOWLY("/articles/{id}/revisions/{revision}", "getArticleRevision", revisions_get,
                B(OFFSETS)),
    READ("/articles/{id}/duplicates", "listArticleDuplicates", duplicates_list,
         B(LIMIT) | B(CURSOR)),
    READ("/entities", "listEntities", entities_list,
         B(NAME_START) | B(NAME) | B(ENTITY_TYPE) | B(FROM) | B(TO) | B(DATE) | B(MIN_ARTICLES) |
             B(MIN_QUOTES) | B(FACETS_ENTITIES) | B(FACET_LIMIT) | B(SORT_ENTITIES) | B(ORDER) |
             B(LIMIT) | B(CURSOR)),
    READ("/entities/{entity}", "getEntity", entities_get, 0),
    WRITE("PATCH", "/entities/{entity}", "updateEntity", entity_changes_patch, CHANGE_BYTES, 0),
    WRITE("DELETE", "/entities/{entity}", "deleteEntity", entity_changes_delete, 0, B(NOTE)),
    WRITE("POST", "/entities/{entity}/merge", "mergeEntity", entity_changes_merge, CHANGE_BYTES, 0),
    WRITE("POST", "/entities/{entity}/split", "splitEntity", entity_changes_split, CHANGE_BYTES, 0),
    READ("/entities/{entity}/articles", "listEntityArticles", entities_articles,
         ARTICLE_PARAMS | ARTICLE_FACETS),
    READ("/entities/{entity}/quotes", "listEntityQuotes", entities_quotes,
         LIST_PARAMS | QUOTE_PARAMS | QUOTE_FACETS | B(ROLE) | B(SORT_QUOTES)),
    READ_SLOWLY("/entities/{entity}/related", "listRelated", related_list,
                COMMON_FILTERS | B(RELATION) | B(ENTITY_TYPE) | B(SORT_RELATED) | B(MIN_SHARED) |
                    B(LIMIT_SOME)),
    READ("/quotes", "listQuotes", quotes_list,
         LIST_PARAMS | QUOTE_PARAMS | QUOTE_FACETS | B(ENTITY) | B(ROLE_QUOTES) | B(ARTICLE) |
             B(SORT_QUOTES)),
    READ("/quotes/{id}", "getQuote", quotes_get, B(EXPLAIN)),
    READ_SLOWLY("/quotes/{id}/occurrences", "listQuoteOccurrences", occurrences_list, 0),
    WRITE("PATCH", "/quotes/{id}", "updateQuote", quote_changes_patch, CHANGE_BYTES, 0),
    READ_SLOWLY("/batch/articles", "getArticles", batch_articles, B(IDS) | B(INCLUDE_LIST)),
    READ_SLOWLY("/batch/entities", "getEntities", batch_entities, B(IDS)),
    READ_SLOWLY("/batch/quotes", "getQuotes", batch_quotes, B(IDS)),
    READ_SLOWLY("/suggest", "suggest", suggest_list,
                B(NAME_PART) | B(KINDS) | B(ONE_TYPE) | B(LIMIT_FEW) | B(OFFSETS)),
    READ_SLOWLY("/timeline", "getTimeline", timeline_get,
                COMMON_FILTERS | QUOTE_PARAMS | B(SAID_TYPE) | B(ENTITY) | B(ROLE_QUOTES) |
                    B(HAS_QUOTES) | B(MIN_QUOTES) | B(MIN_WORDS) | B(MAX_WORDS) | B(COLLAPSE) |
                    B(OF) | B(INTERVAL) | B(TZ) | B(SPLIT) | B(SPLIT_LIMIT)),
    READ_SLOWLY("/stats", "getStats", stats_get, 0),
    /* Keeps nothing: who may read may ask. */
    {{"POST", "/analyse", "analyse", NULL, ANALYSE_BYTES, HTTP_AUTH_READ, HTTP_WORKER, 0},
     writes_analyse,
     METADATA_PARAMS | B(EXPLAIN) | B(OFFSETS),
     true},
    READ_BY_WRITERS("/jobs", "listJobs", jobs_list, B(LIMIT) | B(CURSOR)),
    READ_BY_WRITERS("/jobs/{id}", "getJob", jobs_get, 0),
    READ_BY_WRITERS("/jobs/{id}/rejects", "listJobRejects", jobs_rejects, B(LIMIT) | B(CURSOR)),
    WRITE("DELETE", "/jobs/{id}", "cancelJob", jobs_cancel, 0, 0),
    READ_BY_WRITERS("/sources", "listSources", sources_list,
                    B(SOURCE_STATE) | B(SOURCE_KIND) | B(FAILING) | B(LIMIT) | B(CURSOR)),
    WRITE("POST", "/sources", "createSource", source_changes_post, HTTP_BODY_DEFAULT, 0),
    READ_BY_WRITERS("/sources/{id}", "getSource", sources_get, 0),
    WRITE("PATCH", "/sources/{id}", "updateSource", source_changes_patch, CHANGE_BYTES, 0),
    WRITE("DELETE", "/sources/{id}", "deleteSource", source_changes_delete, 0, 0),
    WRITE("POST", "/sources/{id}/fetch", "fetchSource", source_changes_fetch, 0, 0),
    READ_BY_WRITERS("/corrections", "listCorrections", corrections_list,
                    B(CORRECTION_KIND) | B(TARGET) | B(ARTICLE) | B(ORPHANED) | B(UNDONE) |
                        B(LIMIT) | B(CURSOR)),
    READ_BY_WRITERS("/corrections/{number}", "getCorrection", corrections_get, 0),
    WRITE("DELETE", "/corrections/{number}", "undoCorrection", corrections_undo, 0, 0),
    /* Together: they are the whole table of an admin listener (api.c). */
    PROBE("/healthz", "getHealth", HTTP_AUTH_NONE, service_health),
    PROBE("/readyz", "getReadiness", HTTP_AUTH_NONE, service_ready),
    PROBE("/metrics", "getMetrics", HTTP_AUTH_READ, service_metrics),
    SHOW("/", "getIndex", service_index),
    SHOW("/openapi.yaml", "getOpenapiYaml", service_openapi_yaml),
    SHOW("/openapi.json", "getOpenapiJson", service_openapi_json),
    SHOW("/schema/{name}", "getSchema", service_schema),
    SHOW("/docs", "getDocs", docs_page),
    SHOW("/docs/{name}", "getDocsFile", docs_file),
    SHOW("/problems", "listProblems", docs_problems),
    SHOW("/problems/{code}", "getProblem", docs_problem),
};

param_set api_route_params(const struct api_route *route)
{
    return route->params | formats_params(resource_use_find(route->http.operation_id));
}

const struct api_route *api_routes(size_t *count)
{
    *count = sizeof routes / sizeof routes[0];
    return routes;
}

static const char *auth_name(enum http_auth auth)
{
    switch (auth) {
    case HTTP_AUTH_NONE:
        return "none";
    case HTTP_AUTH_READ:
        return "read";
    case HTTP_AUTH_WRITE:
        return "write";
    case HTTP_AUTH_ADMIN:
        return "admin";
    }
    return "";
}

void api_routes_write(struct jsonw *w)
{
    jsonw_array(w);
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        const struct api_route *route = &routes[i];
        jsonw_object(w);
        jsonw_key_text(w, "method", route->http.method);
        jsonw_key_text(w, "path", route->http.path);
        jsonw_key_text(w, "operation_id", route->http.operation_id);
        jsonw_key_text(w, "auth", auth_name(route->http.auth));
        jsonw_key_bool(w, "takes_body", route->http.body_limit_bytes != 0);
        jsonw_key(w, "params");
        params_write(w, api_route_params(route));
        jsonw_end(w);
    }
    jsonw_end(w);
}
