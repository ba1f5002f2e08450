/* Answering again what was answered before: each event thread keeps its replies in a cache (cache.h) by request and
 * version (server_options.version), and sends one again without parsing, routing or running a handler.
 *
 * Kept are 200s of GET and HEAD with an ETag: a handler that sets one says that the reply changes with the version
 * alone, unless it says that it is passing. The version is read before the handler runs, so a reply is at least as new as the version that it is filed
 * under, and is found while that is still the version: no answer is older than the last commit.
 *
 * A request with credentials neither fills nor asks the cache, so whatever is in it was granted to someone without.
 * Memory of a reply is held by its references: the cache's, each libmicrohttpd response's, and the request's from the
 * headers, where it is found, to its end: libmicrohttpd closes connections that are answered before. */
#include <stdlib.h>
#include <string.h>

#include "http/cache.h"
#include "http/internal.h"
#include "http/negotiate.h"

struct recalled {
    _Atomic int references;
    const struct http_route *route;
    size_t route_index, body_len;
    char *body;              /* owned; NULL: `stored` */
    struct http_reply reply; /* status, headers and stored; its strings follow this struct */
    struct MHD_Response *whole, *unchanged; /* 200 and 304 for requests without an id, made once */
    char strings[];
};

/* What a reply may depend on beside its address. Whoever makes one depend on another header, adds it. Nobody's word
 * but a trusted proxy's makes a difference: what such a proxy says reaches the reply through request_base alone. */
static const char *const varying[] = {"Accept", "Accept-Encoding", "Origin", "Host"};
enum {
    VARYING_COUNT = sizeof varying / sizeof varying[0],
    KEY_PARTS, /* and the base */
    LONGEST_KEY_BYTES = 4096
};
/* Response, headers and their allocations in libmicrohttpd, about. */
enum { RESPONSE_BYTES = 1536, LEAST_SPARE_BYTES = 512 };

/* ---- the key */

static bool is_askable(const struct http_request *request)
{
    const struct server_options *options = &request->server->options;
    return options->cache_bytes > 0 && options->version && !request->refused &&
           (request->is_head || strcmp(request->method, "GET") == 0) && !request->framing.chunked &&
           request->framing.content_length == 0 &&
           !atomic_load_explicit(&request->server->draining, memory_order_relaxed);
}

/* False: this request must be answered afresh. */
static bool read_varying(const struct http_request *request, struct slice values[VARYING_COUNT])
{
    for (size_t i = 0; i < request->header_count; i++) {
        const struct request_header *header = &request->headers[i];
        if (negotiate_equal_nocase(header->name, "Authorization") ||
            negotiate_equal_nocase(header->name, "Expect")) {
            return false;
        }
        for (size_t v = 0; v < VARYING_COUNT; v++) {
            if (!slice_present(values[v]) && negotiate_equal_nocase(header->name, varying[v])) {
                values[v] = header->value;
                break;
            }
        }
    }
    return true;
}

/* Target, varying headers and base, each ended by a NUL, which none of them holds; \1 tells an empty one from none. */
static struct slice make_key(struct http_request *request)
{
    struct slice values[KEY_PARTS] = {{NULL, 0}};
    if (!read_varying(request, values)) {
        return SLICE_NONE;
    }
    if (origin_is_trusted(request)) {
        origin_find_base(request);
        values[VARYING_COUNT] = request->base;
    }
    size_t len = request->raw_target.len + 1;
    for (size_t i = 0; i < KEY_PARTS; i++) {
        len += values[i].len + 2;
    }
    char *key = len <= LONGEST_KEY_BYTES ? arena_alloc(request->arena, len) : NULL;
    if (!key) {
        return SLICE_NONE;
    }
    size_t used = 0;
    memcpy(key, request->raw_target.ptr, request->raw_target.len);
    used += request->raw_target.len + 1; /* the arena's memory is zeroed */
    for (size_t i = 0; i < KEY_PARTS; i++) {
        if (slice_present(values[i])) {
            key[used++] = 1;
            memcpy(key + used, values[i].ptr, values[i].len);
            used += values[i].len;
        }
        used++;
    }
    return slice_of(key, used);
}

/* ---- one reply */

static void release(void *arg)
{
    struct recalled *recalled = arg;
    if (atomic_fetch_sub(&recalled->references, 1) == 1) {
        free(recalled->body);
        free(recalled);
    }
}

static void drop(void *arg)
{
    struct recalled *recalled = arg;
    if (recalled->whole) {
        MHD_destroy_response(recalled->whole);
        recalled->whole = NULL;
    }
    if (recalled->unchanged) {
        MHD_destroy_response(recalled->unchanged);
        recalled->unchanged = NULL;
    }
    release(recalled);
}

static size_t string_bytes(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

static const char *keep_string(char **at, const char *text)
{
    if (!text) {
        return NULL;
    }
    size_t size = strlen(text) + 1;
    char *copy = memcpy(*at, text, size);
    *at += size;
    return copy;
}

static void keep_strings(struct recalled *recalled, const struct http_reply *from)
{
    struct http_reply *reply = &recalled->reply;
    char *at = recalled->strings;
    reply->content_type = keep_string(&at, from->content_type);
    reply->cache_control = keep_string(&at, from->cache_control);
    reply->etag = keep_string(&at, from->etag);
    reply->vary = keep_string(&at, from->vary);
    for (size_t i = 0; i < from->header_count; i++) {
        reply->headers[i].name = keep_string(&at, from->headers[i].name);
        reply->headers[i].value = keep_string(&at, from->headers[i].value);
    }
}

static size_t all_strings_bytes(const struct http_reply *reply)
{
    size_t bytes = string_bytes(reply->content_type) + string_bytes(reply->cache_control) +
                   string_bytes(reply->etag) + string_bytes(reply->vary);
    for (size_t i = 0; i < reply->header_count; i++) {
        bytes += string_bytes(reply->headers[i].name) + string_bytes(reply->headers[i].value);
    }
    return bytes;
}

static void shrink(char **data, size_t len)
{
    char *less = realloc(*data, len > 0 ? len : 1);
    if (less) {
        *data = less;
    }
}

/* The buffer grew in leaps: what is kept shall not hold twice its size. */
static void take_body(struct recalled *recalled, struct http_reply *reply)
{
    if (slice_present(reply->stored)) {
        recalled->reply.stored = reply->stored;
        recalled->body_len = reply->stored.len;
        return;
    }
    recalled->body = reply->body.data;
    recalled->body_len = reply->body.len;
    if (reply->body.capacity - reply->body.len > LEAST_SPARE_BYTES) {
        shrink(&recalled->body, recalled->body_len);
    }
    recalled->reply.stored = slice_of(recalled->body, recalled->body_len);
    buf_init(&reply->body);
}

static struct recalled *recalled_new(const struct http_request *request,
                                     const struct http_reply *reply)
{
    struct recalled *recalled = malloc(sizeof *recalled + all_strings_bytes(reply));
    if (!recalled) {
        return NULL;
    }
    atomic_init(&recalled->references, 1);
    recalled->route = request->match.route;
    recalled->route_index = request->match.route_index;
    recalled->body = NULL;
    recalled->whole = recalled->unchanged = NULL;
    reply_init(&recalled->reply, NULL);
    recalled->reply.header_count = reply->header_count;
    keep_strings(recalled, reply);
    return recalled;
}

/* ---- sending */

/* The reply's body stays where it is; the response holds a reference to it. */
static struct MHD_Response *response_of(struct http_request *request, struct recalled *recalled,
                                        bool unchanged)
{
    struct http_reply reply = recalled->reply;
    struct slice body = unchanged ? SLICE("") : reply.stored;
    reply.status = unchanged ? 304 : 200;
    if (unchanged) {
        reply.header_count = 0; /* as when a handler finds the tag: none added yet */
    }
    atomic_fetch_add(&recalled->references, 1);
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
        body.len, (void *)(uintptr_t)body.ptr, release, recalled);
    if (!response) {
        release(recalled);
        return NULL;
    }
    send_headers(request, &reply, response);
    return response;
}

static bool is_known(const struct http_request *request, const struct recalled *recalled)
{
    struct slice known = request_header(request, "If-None-Match");
    return slice_present(known) && negotiate_etag(known, slice_cstr(recalled->reply.etag));
}

static enum MHD_Result send_recalled(struct http_request *request, struct recalled *recalled)
{
    bool unchanged = is_known(request, recalled);
    int status = unchanged ? 304 : 200;
    size_t body_len = unchanged ? 0 : recalled->body_len;
    if (send_needs_id(request, status) || request->limit.limit > 0) {
        struct MHD_Response *own = response_of(request, recalled, unchanged);
        enum MHD_Result queued = own ? send_response(request, status, own, body_len) : MHD_NO;
        if (own) {
            MHD_destroy_response(own);
        }
        return queued;
    }
    struct MHD_Response **shared = unchanged ? &recalled->unchanged : &recalled->whole;
    if (!*shared) {
        *shared = response_of(request, recalled, unchanged);
    }
    return *shared ? send_response(request, status, *shared, body_len) : MHD_NO;
}

/* ---- asked from dispatch.c */

static struct cache *cache_here(struct http_thread *thread)
{
    const struct server_options *options = &thread->server->options;
    if (!thread->cache) {
        thread->cache = cache_new(options->cache_bytes / options->threads, thread->random, drop);
    }
    return thread->cache;
}

bool recall_find(struct http_request *request)
{
    struct err e;
    struct http_server *server = request->server;
    if (!is_askable(request)) {
        return false;
    }
    struct slice key = make_key(request);
    struct http_thread *thread = slice_present(key) ? thread_here(server) : NULL;
    struct cache *cache = thread ? cache_here(thread) : NULL;
    void *state = cache ? request_thread_state(request, &e) : NULL;
    if (!cache || (server->options.thread_open && !state) ||
        !server->options.version(server->options.context, state, &request->recall_version)) {
        return false;
    }
    struct recalled *recalled = cache_find(cache, request->recall_version, key);
    if (!recalled) {
        request->recall_key = key;
        return false;
    }
    request->match.outcome = ROUTER_FOUND;
    request->match.route = recalled->route;
    request->match.route_index = recalled->route_index;
    struct slice rest = request->raw_target;
    request->target.path = slice_cut(&rest, '?'); /* for the log */
    atomic_fetch_add(&recalled->references, 1);
    request->recalled = recalled;
    return true;
}

enum MHD_Result recall_send(struct http_request *request)
{
    struct http_thread *thread = thread_here(request->server);
    if (thread) {
        metrics_recalled(thread);
    }
    return send_recalled(request, request->recalled);
}

void recall_let_go(struct http_request *request)
{
    if (request->recalled) {
        release(request->recalled);
        request->recalled = NULL;
    }
}

bool recall_keep(struct http_request *request, enum MHD_Result *queued)
{
    struct http_reply *reply = &request->reply;
    bool has_body = slice_present(reply->stored) || reply->body.len > 0;
    if (!slice_present(request->recall_key) || request->refused || reply->status != 200 ||
        !reply->etag || reply->passing || !has_body || reply->stream ||
        atomic_load_explicit(&request->server->draining, memory_order_relaxed)) {
        return false;
    }
    struct http_thread *thread = thread_here(request->server);
    struct recalled *recalled = thread && thread->cache ? recalled_new(request, reply) : NULL;
    if (!recalled) {
        return false;
    }
    size_t owned = slice_present(reply->stored) ? 0 : reply->body.len;
    if (!cache_put(thread->cache, request->recall_version, request->recall_key, recalled,
                   owned + RESPONSE_BYTES + sizeof *recalled)) {
        release(recalled);
        return false;
    }
    take_body(recalled, reply);
    *queued = send_recalled(request, recalled);
    return true;
}

void recall_done(struct http_thread *thread)
{
    cache_free(thread->cache);
    thread->cache = NULL;
}
