#include "api/service.h"

#include <stdio.h>

#include "analyse/analyse.h"
#include "api/api_private.h"
#include "api/assets.h"
#include "text/digest.h"

struct slice service_asset(const char *folder, struct slice name, const char *suffix)
{
    char path[96];
    int len = snprintf(path, sizeof path, "%s%.*s%s", folder, SLICE_ARG(name), suffix);
    if (len < 0 || (size_t)len >= sizeof path) {
        return SLICE_NONE;
    }
    for (size_t i = 0; i < asset_count; i++) {
        if (strcmp(assets[i].path, path) == 0) {
            return slice_of(assets[i].start, (size_t)(assets[i].end - assets[i].start));
        }
    }
    return SLICE_NONE;
}

/* By content: these change with the program, not with the archive. */
enum rc service_etag(struct call *call, struct slice content, bool *fresh, struct err *e)
{
    struct slice accept = request_header(call->request, "Accept");
    struct slice parts[] = {content, slice_cstr(GUILLEMET_VERSION), call->base,
                            call->reply->vary ? accept : SLICE("")};
    struct digest digest = digest_sha256(parts, sizeof parts / sizeof parts[0]);
    char id[DIGEST_ID_CHARS + 1];
    digest_format_id(digest_id(&digest), id);
    struct slice etag = arena_printf(call->arena, "W/\"%s\"", id);
    if (!slice_present(etag)) {
        return err_nomem(e);
    }
    *fresh = reply_not_modified(call->request, call->reply, etag.ptr);
    return RC_OK;
}

static enum rc show(struct call *call, const char *type, struct slice bytes, struct err *e)
{
    bool fresh = false;
    enum rc rc = service_etag(call, bytes, &fresh, e);
    if (rc == RC_OK && !fresh) {
        reply_stored(call->reply, type, bytes);
    }
    return rc;
}

enum rc service_show_packed(struct call *call, const char *type, const char *name, struct err *e)
{
    struct slice bytes = service_asset("docs/", slice_cstr(name), ".gz");
    if (!slice_present(bytes)) {
        return err_set(e, RC_INTERNAL, "docs/%s is missing from this build", name);
    }
    enum rc rc = show(call, type, bytes, e);
    call->reply->stored_is_gzip = slice_present(call->reply->stored);
    return rc;
}

static enum rc show_asset(struct call *call, const char *type, const char *name, struct err *e)
{
    struct slice bytes = service_asset("", slice_cstr(name), "");
    if (!slice_present(bytes)) {
        return err_set(e, RC_INTERNAL, "%s is missing from this build", name);
    }
    return show(call, type, bytes, e);
}

enum rc service_openapi_yaml(struct call *call, struct err *e)
{
    return show_asset(call, "application/yaml", "openapi.yaml", e);
}

enum rc service_openapi_json(struct call *call, struct err *e)
{
    return show_asset(call, "application/json", "openapi.json", e);
}

enum rc service_schema(struct call *call, struct err *e)
{
    struct slice name = request_path_parameter(call->request, "name");
    struct slice bytes = service_asset("schema/", name, "");
    if (!slice_present(bytes)) {
        return err_field(e, RC_NOT_FOUND, "name",
                         "there is no schema of that name: /openapi.yaml "
                         "refers to all of them");
    }
    call->reply->cache_control = HTTP_KEEP;
    return show(call, "application/schema+json", bytes, e);
}

enum rc service_health(struct call *call, struct err *e)
{
    enum rc rc = store_healthy(call->reader, e);
    if (rc != RC_OK) {
        return rc;
    }
    call->reply->cache_control = "no-store";
    struct jsonw w = reply_jsonw(call->reply);
    jsonw_object(&w);
    jsonw_key_text(&w, "status", "ok");
    jsonw_key_text(&w, "version", GUILLEMET_VERSION);
    jsonw_key_text(&w, "analyser", analyse_version());
    jsonw_end(&w);
    return RC_OK;
}

/* Not ready is said before the archive is asked: a drain must not wait for it. */
enum rc service_ready(struct call *call, struct err *e)
{
    const struct http_server *server = atomic_load(&call->api->server);
    if (server && server_is_draining(server)) {
        reply_problem(call->reply, "shutting_down", NULL);
        return err_set(e, RC_BUSY, "this server is about to stop: send requests to another");
    }
    return service_health(call, e);
}

enum rc service_index(struct call *call, struct err *e)
{
    static const char *const links[][2] = {{"articles", "/articles"}, {"entities", "/entities"},
                                           {"quotes", "/quotes"},     {"health", "/healthz"},
                                           {"docs", "/docs"},         {"openapi", "/openapi.yaml"},
                                           {"problems", "/problems"}};
    bool fresh = false;
    enum rc rc = service_etag(call, SLICE("index"), &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    struct jsonw w = reply_jsonw(call->reply);
    jsonw_object(&w);
    jsonw_key_text(&w, "name", "guillemet");
    jsonw_key_text(&w, "version", GUILLEMET_VERSION);
    jsonw_key(&w, "links");
    jsonw_object(&w);
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        jsonw_key(&w, links[i][0]);
        jsonw_string(&w, arena_printf(call->arena, "%.*s%s", SLICE_ARG(call->base), links[i][1]));
    }
    jsonw_end(&w);
    jsonw_end(&w);
    return RC_OK;
}
