#include "api/entities.h"

#include "api/articles.h"
#include "api/facets.h"
#include "api/filters.h"
#include "api/quotes.h"
#include "api/view_entity.h"
#include "store/entities.h"

/* Aliases and titles: as many alone as in a list. */
enum { CANDIDATES_MOST = 20, NAMES_MOST = 50 };

/* What an alias or a merged id was resolved from; names, slugs and ids are what they say. */
static struct slice resolved_from(const struct store_candidate *candidate, struct slice asked)
{
    bool other = candidate->match == STORE_MATCH_ALIAS || candidate->match == STORE_MATCH_MERGED_ID;
    return other ? asked : SLICE_NONE;
}

static enum rc write_candidate(struct call *call, struct jsonw *w,
                               const struct store_candidate *candidate, struct slice asked,
                               struct err *e)
{
    struct store_entity entity;
    enum rc rc = store_entity_get(call->reader, candidate->id, NAMES_MOST, call->arena, &entity, e);
    if (rc == RC_OK) {
        view_entity_write(w, call->base, &entity, NULL, resolved_from(candidate, asked));
    }
    return rc;
}

enum rc entities_write(struct call *call, struct jsonw *w, uint64_t id, struct slice resolved_from,
                       struct err *e)
{
    struct store_entity entity;
    struct store_entity_recent recent;
    enum rc rc = store_entity_whole(call->reader, id, NAMES_MOST, call->arena, &entity, &recent, e);
    if (rc == RC_OK) {
        view_entity_write(w, call->base, &entity, &recent, resolved_from);
    }
    return rc;
}

/* 300: the client chooses by id. A problem document with candidates beside the usual members. */
static enum rc write_choices(struct call *call, struct slice asked,
                             const struct store_candidate *rows, size_t count, struct err *e)
{
    call->reply->status = 300;
    struct jsonw w = reply_jsonw(call->reply);
    jsonw_object(&w);
    jsonw_key(&w, "type");
    struct slice type = arena_printf(call->arena, "%.*s/problems/ambiguous", SLICE_ARG(call->base));
    jsonw_string(&w, type);
    jsonw_key_text(&w, "title", "The name means several entities");
    jsonw_key_int(&w, "status", 300);
    jsonw_key_text(&w, "code", "ambiguous");
    struct slice detail = arena_printf(call->arena, "'%.*s' means %zu entities: ask again by id",
                                       SLICE_ARG(asked), count);
    jsonw_key_string(&w, "detail", detail);
    jsonw_key(&w, "candidates");
    jsonw_array(&w);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < count && i < CANDIDATES_MOST && rc == RC_OK; i++) {
        rc = write_candidate(call, &w, &rows[i], asked, e);
    }
    jsonw_end(&w);
    jsonw_end(&w);
    return rc;
}

enum rc entities_resolve(struct call *call, const struct store_candidate **found, struct err *e)
{
    struct slice asked = request_path_parameter(call->request, "entity");
    struct store_candidate *rows;
    size_t count;
    *found = NULL;
    enum rc rc = store_entity_resolve(call->reader, asked, call->arena, &rows, &count, e);
    if (rc != RC_OK) {
        return call_entity_refuse(call, asked, rc, e);
    }
    if (count > 1) {
        return write_choices(call, asked, rows, count, e);
    }
    *found = &rows[0];
    return RC_OK;
}

/* As above; *found NULL also when the client's copy is fresh (304). */
enum rc entities_open(struct call *call, const struct store_candidate **found, struct err *e)
{
    bool fresh;
    enum rc rc = call_etag(call, "", &fresh, e);
    *found = NULL;
    return rc != RC_OK || fresh ? rc : entities_resolve(call, found, e);
}

enum rc entities_get(struct call *call, struct err *e)
{
    const struct store_candidate *found;
    enum rc rc = entities_open(call, &found, e);
    if (rc != RC_OK || !found) {
        return rc;
    }
    struct jsonw w = reply_jsonw(call->reply);
    struct slice asked = request_path_parameter(call->request, "entity");
    return entities_write(call, &w, found->id, resolved_from(found, asked), e);
}

enum rc entities_articles(struct call *call, struct err *e)
{
    const struct store_candidate *found;
    enum rc rc = entities_open(call, &found, e);
    if (rc != RC_OK || !found) {
        return rc;
    }
    static const unsigned roles[] = {STORE_ANY_ROLE, STORE_SPEAKS, STORE_ABOUT};
    unsigned role = roles[call_param(call, P_ROLE_ARTICLES)->number];
    struct store_article_query query = {0};
    bool added = store_filter_entity(call->arena, &query.filter, "entity", role, found->id);
    return added ? articles_page(call, &query, e) : err_nomem(e);
}

enum rc entities_quotes(struct call *call, struct err *e)
{
    static const unsigned roles[] = {STORE_SPEAKS, STORE_ABOUT, STORE_ANY_ROLE};
    const struct store_candidate *found;
    enum rc rc = entities_open(call, &found, e);
    if (rc != RC_OK || !found) {
        return rc;
    }
    unsigned role = roles[call_param(call, P_ROLE)->number];
    struct store_quote_query query = {0};
    bool added = store_filter_entity(call->arena, &query.filter, "entity", role, found->id);
    return added ? quotes_sorted(call, &query, e) : err_nomem(e);
}

/* A name finds whom it names: nothing is ignored in silence. */
static enum rc check_named(const struct call *call, struct err *e)
{
    static const enum param others[] = {P_NAME_START,    P_FROM,       P_TO,
                                        P_DATE,          P_MIN_QUOTES, P_MIN_ARTICLES,
                                        P_SORT_ENTITIES, P_ORDER,      P_CURSOR};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (call_param(call, others[i])->given) {
            const char *name = param_spec(others[i])->name;
            return err_field(e, RC_INVALID, name,
                             "%s doesn't go with name, which finds those that are called so: give "
                             "q, the start of a name, instead",
                             name);
        }
    }
    return RC_OK;
}

/* GET /entities?name=: what GET /entities/{entity} finds, as a list, for proxies that decode %2F. */
static enum rc list_named(struct call *call, struct err *e)
{
    unsigned types = call_choices(call, P_ENTITY_TYPE);
    int64_t counts[ENTITY_MISC + 1] = {0};
    int64_t limit = call_param(call, P_LIMIT)->number;
    struct slice asked = call_param(call, P_NAME)->text;
    struct store_candidate *rows;
    size_t count;
    enum rc rc = store_entity_resolve(call->reader, asked, call->arena, &rows, &count, e);
    if (rc == RC_NOT_FOUND || rc == RC_GONE) {
        return call_list_empty(call, e);
    }
    struct store_page page = {.total_is_exact = true};
    if (rc != RC_OK) {
        return rc;
    }
    struct jsonw w = call_list_begin(call);
    for (size_t i = 0; i < count && rc == RC_OK; i++) {
        if (types & 1u << rows[i].type) {
            counts[rows[i].type]++;
            rc = page.total++ < limit ? write_candidate(call, &w, &rows[i], asked, e) : RC_OK;
        }
    }
    rc = rc == RC_OK ? facets_of_types(call, counts, e) : rc;
    return rc == RC_OK ? call_list_end(call, &w, &page, e) : rc;
}

static enum rc list_all(struct call *call, struct err *e)
{
    static const enum store_sort sorts[] = {STORE_ARTICLES, STORE_MENTIONS, STORE_QUOTES,
                                            STORE_NAME, STORE_LAST_SEEN};
    struct store_entity_query query = {.q = call_param(call, P_NAME_START)->text,
                                       .sort = sorts[call_param(call, P_SORT_ENTITIES)->number],
                                       .limit = (uint32_t)call_param(call, P_LIMIT)->number,
                                       .after = call->params.after,
                                       .most = NAMES_MOST};
    struct store_page page;
    struct store_entity *rows;
    size_t count;
    enum rc rc = filters_read(call, STORE_ENTITY_LIST, &query.filter, e);
    query.filter.q = SLICE_NONE; /* the start of a name */
    rc = rc == RC_OK ? call_order(call, query.sort == STORE_NAME, &query.sort, &query.reversed, e)
                     : rc;
    rc = rc == RC_OK ? facets_of_entities(call, &query, e) : rc;
    rc = rc == RC_OK ? store_entity_list(call->reader, &query, call->arena, &rows, &count, &page, e)
                     : rc;
    if (rc != RC_OK) {
        return filters_refuse(call, rc, e);
    }
    struct jsonw w = call_list_begin(call);
    for (size_t i = 0; i < count; i++) {
        view_entity_write(&w, call->base, &rows[i], NULL, SLICE_NONE);
    }
    return call_list_end(call, &w, &page, e);
}

enum rc entities_list(struct call *call, struct err *e)
{
    bool fresh;
    enum rc rc = call_etag(call, "", &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    if (!call_param(call, P_NAME)->given) {
        return list_all(call, e);
    }
    rc = check_named(call, e);
    return rc == RC_OK ? list_named(call, e) : rc;
}
