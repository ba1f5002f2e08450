#include "api/sources.h"

#include <string.h>

#include "api/formats.h"
#include "api/routes.h"
#include "api/view_followed.h"

/* What an ETag of a source begins with is its revision: If-Match looks at that alone, so that a visit in between
 * spoils nobody's change. */
static bool is_fresh(struct call *call, const struct store_source *source, struct err *e)
{
    struct slice parts[] = {call->base, source->choice.url};
    struct digest digest = digest_sha256(parts, 2);
    char hash[DIGEST_ID_CHARS + 1];
    digest_format_id(digest_id(&digest), hash);
    struct slice tag =
        arena_printf(call->arena, "W/\"%u.%llx-%llx-%llx-%s\"", source->revision,
                     (unsigned long long)source->attempt_ms, (unsigned long long)source->requests,
                     (unsigned long long)source->next_ms, hash);
    if (!slice_present(tag)) {
        err_nomem(e);
        return false;
    }
    call->reply->passing = true; /* health moves without the archive's version */
    if (strcmp(call->route->http.method, "GET") != 0) {
        call->reply->etag = tag.ptr;
        return false;
    }
    return reply_not_modified(call->request, call->reply, tag.ptr);
}

enum rc sources_show(struct call *call, uint64_t id, struct err *e)
{
    struct store_source source;
    enum rc rc = store_source_get(call->reader, id, call->arena, &source, e);
    if (rc == RC_OK && !is_fresh(call, &source, e)) {
        struct jsonw w = reply_jsonw(call->reply);
        view_followed_write(&w, call->base, &source);
    }
    return rc;
}

enum rc sources_get(struct call *call, struct err *e)
{
    uint64_t id;
    enum rc rc = call_path_id(call, "source", &id, e);
    return rc == RC_OK ? sources_show(call, id, e) : rc;
}

/* Other readers of feeds take the list whole. */
static uint32_t limit_of(const struct call *call)
{
    bool whole = call->format == FORMAT_OPML && !call_param(call, P_LIMIT)->given;
    return whole ? SOURCES_MOST : (uint32_t)call_param(call, P_LIMIT)->number;
}

enum rc sources_list(struct call *call, struct err *e)
{
    const struct param_value *state = call_param(call, P_SOURCE_STATE),
                             *kind = call_param(call, P_SOURCE_KIND),
                             *failing = call_param(call, P_FAILING);
    struct store_source_query query = {.has_state = state->given,
                                       .has_kind = kind->given,
                                       .has_failing = failing->given,
                                       .failing = failing->number,
                                       .limit = limit_of(call),
                                       .after = call->params.after};
    struct store_source *rows;
    struct store_page page;
    size_t count;
    call->reply->cache_control = "no-store";
    if (state->given) {
        source_state_parse(state->text, &query.state);
    }
    if (kind->given) {
        source_kind_parse(kind->text, &query.kind);
    }
    enum rc rc = store_source_list(call->reader, &query, call->arena, &rows, &count, &page, e);
    if (rc != RC_OK) {
        return rc;
    }
    struct jsonw w = call_list_begin(call);
    for (size_t i = 0; i < count; i++) {
        view_followed_write(&w, call->base, &rows[i]);
    }
    return call_list_end(call, &w, &page, e);
}
