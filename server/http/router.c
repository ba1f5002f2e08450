#include "http/router.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum { MAX_TEMPLATE_SEGMENTS = 8 };

/* In the order of the Allow header. HEAD and OPTIONS are never in a table. */
enum method {
    METHOD_DELETE,
    METHOD_GET,
    METHOD_HEAD,
    METHOD_OPTIONS,
    METHOD_PATCH,
    METHOD_POST,
    METHOD_PUT,
    METHOD_COUNT
};
static const char *const method_names[METHOD_COUNT] = {"DELETE", "GET",  "HEAD", "OPTIONS",
                                                       "PATCH",  "POST", "PUT"};

struct segment {
    struct slice text; /* the literal, or the parameter's name */
    bool is_parameter;
};

struct path {
    struct segment segments[MAX_TEMPLATE_SEGMENTS];
    size_t count;
    int routes[METHOD_COUNT]; /* index in the table, -1: none */
    char allow[64];
};

struct router {
    const struct http_route *routes;
    struct path *paths; /* by segment count, then literals before parameters */
    size_t path_count;
    size_t first_of[MAX_TEMPLATE_SEGMENTS +
                    2]; /* paths of n segments: [first_of[n], first_of[n + 1]) */
    char allow_any[64];
};

static int method_find(const char *name)
{
    for (int m = 0; m < METHOD_COUNT; m++) {
        if (strcmp(method_names[m], name) == 0) {
            return m;
        }
    }
    return -1;
}

static enum rc parse_template(const char *template, struct path *out, struct err *e)
{
    struct slice rest = slice_cstr(template);
    if (rest.len == 0 || rest.ptr[0] != '/') {
        return err_set(e, RC_INTERNAL, "route %s doesn't start with '/'", template);
    }
    rest = rest.len > 1 ? slice_of(rest.ptr + 1, rest.len - 1) : SLICE_NONE;
    while (slice_present(rest)) {
        struct slice piece = slice_cut(&rest, '/');
        if (piece.len == 0 || out->count == MAX_TEMPLATE_SEGMENTS) {
            return err_set(e, RC_INTERNAL, "route %s has an empty or too many segments", template);
        }
        struct segment *segment = &out->segments[out->count++];
        segment->is_parameter = piece.ptr[0] == '{' && piece.ptr[piece.len - 1] == '}';
        segment->text = segment->is_parameter ? slice_of(piece.ptr + 1, piece.len - 2) : piece;
    }
    return RC_OK;
}

/* Orders paths: by length, then literals first, then by text. Parameters of any name are equal. */
static int path_compare(const void *left, const void *right)
{
    const struct path *a = left, *b = right;
    if (a->count != b->count) {
        return a->count < b->count ? -1 : 1;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (a->segments[i].is_parameter != b->segments[i].is_parameter) {
            return a->segments[i].is_parameter ? 1 : -1;
        }
        int order = a->segments[i].is_parameter
                        ? 0
                        : slice_compare(a->segments[i].text, b->segments[i].text);
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

static struct path *path_intern(struct router *router, const struct path *wanted)
{
    for (size_t i = 0; i < router->path_count; i++) {
        if (path_compare(&router->paths[i], wanted) == 0) {
            return &router->paths[i];
        }
    }
    router->paths[router->path_count] = *wanted;
    return &router->paths[router->path_count++];
}

static enum rc add_route(struct router *router, size_t index, struct err *e)
{
    const struct http_route *route = &router->routes[index];
    struct path parsed = {.routes = {-1, -1, -1, -1, -1, -1, -1}};
    enum rc rc = parse_template(route->path, &parsed, e);
    if (rc != RC_OK) {
        return rc;
    }
    int method = method_find(route->method);
    if (method < 0 || method == METHOD_HEAD || method == METHOD_OPTIONS || !route->handler) {
        return err_set(e, RC_INTERNAL, "route %s %s has a bad method or no handler", route->method,
                       route->path);
    }
    struct path *path = path_intern(router, &parsed);
    if (path->routes[method] >= 0) {
        return err_set(e, RC_INTERNAL, "route %s %s stands twice in the table", route->method,
                       route->path);
    }
    path->routes[method] = (int)index;
    if (method == METHOD_GET) {
        path->routes[METHOD_HEAD] = (int)index;
    }
    return RC_OK;
}

static void allow_write(const bool allowed[METHOD_COUNT], char *out, size_t size)
{
    size_t used = 0;
    for (int m = 0; m < METHOD_COUNT; m++) {
        if (allowed[m] || m == METHOD_OPTIONS) {
            used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "",
                                     method_names[m]);
            assert(used < size);
        }
    }
}

static void finish_paths(struct router *router)
{
    qsort(router->paths, router->path_count, sizeof *router->paths, path_compare);
    bool any[METHOD_COUNT] = {false};
    size_t next = 0;
    for (size_t n = 0; n <= MAX_TEMPLATE_SEGMENTS; n++) {
        router->first_of[n] = next;
        for (; next < router->path_count && router->paths[next].count == n; next++) {
            bool here[METHOD_COUNT] = {false};
            for (int m = 0; m < METHOD_COUNT; m++) {
                here[m] = router->paths[next].routes[m] >= 0;
                any[m] = any[m] || here[m];
            }
            allow_write(here, router->paths[next].allow, sizeof router->paths[next].allow);
        }
    }
    router->first_of[MAX_TEMPLATE_SEGMENTS + 1] = next;
    allow_write(any, router->allow_any, sizeof router->allow_any);
}

CLEANUP_DEFINE(router_free, struct router)

struct router *router_new(const struct http_route *routes, size_t count, struct err *e)
{
    CLEANUP(router_free_p) struct router *router = calloc(1, sizeof *router);
    if (!router || !(router->paths = calloc(count + 1, sizeof *router->paths))) {
        err_nomem(e);
        return NULL;
    }
    router->routes = routes;
    for (size_t i = 0; i < count; i++) {
        if (add_route(router, i, e) != RC_OK) {
            return NULL;
        }
    }
    finish_paths(router);
    return take(router);
}

void router_free(struct router *router)
{
    if (router) {
        free(router->paths);
        free(router);
    }
}

/* Fills the parameters as it goes; an empty segment is never a parameter's value. */
static bool path_matches(const struct path *path, const struct slice *segments,
                         struct router_match *out)
{
    out->parameter_count = 0;
    for (size_t i = 0; i < path->count; i++) {
        const struct segment *expected = &path->segments[i];
        if (!expected->is_parameter) {
            if (!slice_equal(expected->text, segments[i])) {
                return false;
            }
            continue;
        }
        if (segments[i].len == 0 || out->parameter_count == ROUTER_MAX_PARAMETERS) {
            return false;
        }
        out->parameters[out->parameter_count++] =
            (struct http_parameter){expected->text, segments[i]};
    }
    return true;
}

static void match_method(const struct router *router, const struct path *path, const char *method,
                         struct router_match *out)
{
    out->allow = path->allow;
    int m = method_find(method);
    if (m == METHOD_OPTIONS) {
        out->outcome = ROUTER_OPTIONS;
    } else if (m < 0 || path->routes[m] < 0) {
        out->outcome = ROUTER_NO_METHOD;
    } else {
        out->outcome = ROUTER_FOUND;
        out->route_index = (size_t)path->routes[m];
        out->route = &router->routes[out->route_index];
    }
}

void router_match(const struct router *router, const char *method, const struct target *target,
                  size_t skip, struct router_match *out)
{
    out->outcome = ROUTER_NO_PATH;
    out->route = NULL;
    out->route_index = 0;
    out->allow = NULL;
    out->parameter_count = 0;
    if (target->asterisk) {
        out->outcome = strcmp(method, "OPTIONS") == 0 ? ROUTER_OPTIONS : ROUTER_NO_PATH;
        out->allow = router->allow_any;
        return;
    }
    assert(skip <= target->segment_count);
    size_t count = target->segment_count - skip;
    if (count > MAX_TEMPLATE_SEGMENTS) {
        return;
    }
    for (size_t i = router->first_of[count]; i < router->first_of[count + 1]; i++) {
        if (path_matches(&router->paths[i], target->segments + skip, out)) {
            match_method(router, &router->paths[i], method, out);
            return;
        }
    }
    out->parameter_count = 0;
}
