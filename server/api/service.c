#include "api/service.h"

#include <stdio.h>

#include "analyse/analyse.h"
#include "api/api_private.h"
#include "api/assets.h"
#include "base/config.h"
#include "http/problem.h"
#include "text/digest.h"

static const struct asset *find(const char *folder, struct slice name, const char *suffix)
{
    char path[96];
    int len = snprintf(path, sizeof path, "%s%.*s%s", folder, SLICE_ARG(name), suffix);
    if (len < 0 || (size_t)len >= sizeof path) {
        return NULL;
    }
    for (size_t i = 0; i < asset_count; i++) {
        if (strcmp(assets[i].path, path) == 0) {
            return &assets[i];
        }
    }
    return NULL;
}

static struct slice bytes_of(const struct asset *asset)
{
    return slice_of(asset->start, (size_t)(asset->end - asset->start));
}

/* Tagged by content: these change with the program, not with the archive. */
static enum rc show(struct call *call, const char *type, struct slice bytes, struct err *e)
{
    struct digest digest = digest_sha256(&bytes, 1);
    char id[DIGEST_ID_CHARS + 1];
    digest_format_id(digest_id(&digest), id);
    struct slice etag = arena_printf(call->arena, "W/\"%s\"", id);
    if (!slice_present(etag)) {
        return err_nomem(e);
    }
    if (!reply_not_modified(call->request, call->reply, etag.ptr)) {
        reply_stored(call->reply, type, bytes);
    }
    return RC_OK;
}

static enum rc show_asset(struct call *call, const char *type, const char *name, struct err *e)
{
    const struct asset *asset = find("", slice_cstr(name), "");
    if (!asset) {
        return err_set(e, RC_INTERNAL, "%s is missing from this build", name);
    }
    return show(call, type, bytes_of(asset), e);
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
    const struct asset *asset = find("schema/", name, "");
    if (!asset) {
        return err_field(e, RC_NOT_FOUND, "name",
                         "there is no schema of that name: /openapi.yaml "
                         "refers to all of them");
    }
    return show(call, "application/schema+json", bytes_of(asset), e);
}

/* The codes whose spelling is close, for a mistyped address. */
static const char *nearest_code(struct arena *arena, struct slice code)
{
    size_t count;
    const struct problem_kind *kinds = problem_kinds(&count);
    const char **names = ARENA_ARRAY(arena, const char *, count);
    struct slice given = arena_printf(arena, "%.*s", SLICE_ARG(code));
    if (!names || !slice_present(given)) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        names[i] = kinds[i].code;
    }
    return config_nearest(given.ptr, names, count);
}

enum rc service_problem(struct call *call, struct err *e)
{
    struct slice code = request_path_parameter(call->request, "code");
    const struct asset *asset = find("problems/", code, ".md");
    if (!asset) {
        reply_problem(call->reply, "not_found", nearest_code(call->arena, code));
        return err_field(e, RC_NOT_FOUND, "code", "no problem has this code");
    }
    return show(call, "text/plain; charset=utf-8", bytes_of(asset), e);
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
    static const char *const links[][2] = {{"articles", "/articles"},
                                           {"entities", "/entities"},
                                           {"quotes", "/quotes"},
                                           {"health", "/healthz"},
                                           {"openapi", "/openapi.yaml"}};
    (void)e;
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
