#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "http/internal.h"
#include "http/negotiate.h"
#include "http/stream.h"

static const char cors_exposed[] =
    "Link, ETag, Location, Retry-After, X-Request-Id, RateLimit-Limit, "
    "RateLimit-Remaining, RateLimit-Reset";

/* How a header reaches its destination: libmicrohttpd's response or a text of our own. */
typedef void add_header(void *to, const char *name, const char *value);

static void add_to_response(void *to, const char *name, const char *value)
{
    (void)MHD_add_response_header(to, name, value);
}

static void add_to_text(void *to, const char *name, const char *value)
{
    buf_text(to, name);
    buf_text(to, ": ");
    buf_text(to, value);
    buf_text(to, "\r\n");
}

/* ---- CORS */

bool cors_is_allowed(const struct http_server *server, struct slice origin)
{
    struct slice rest = slice_cstr(server->options.cors_origins);
    if (server->cors_allow_any) {
        return true;
    }
    while (rest.len > 0 && origin.len > 0) {
        size_t len = 0;
        while (len < rest.len && rest.ptr[len] != ' ' && rest.ptr[len] != ',') {
            len++;
        }
        if (slice_equal(slice_of(rest.ptr, len), origin)) {
            return true;
        }
        size_t step = len < rest.len ? len + 1 : len;
        rest = slice_of(rest.ptr + step, rest.len - step);
    }
    return false;
}

static void add_cors(const struct http_request *request, add_header *add, void *to)
{
    const struct http_server *server = request->server;
    if (!server->options.cors_origins) {
        return;
    }
    if (server->cors_allow_any) {
        add(to, "Access-Control-Allow-Origin", "*");
        add(to, "Access-Control-Expose-Headers", cors_exposed);
        return;
    }
    struct slice origin = request_header(request, "Origin");
    char value[256];
    if (origin.len < sizeof value && cors_is_allowed(server, origin)) {
        memcpy(value, origin.ptr, origin.len);
        value[origin.len] = '\0';
        add(to, "Access-Control-Allow-Origin", value);
        add(to, "Access-Control-Expose-Headers", cors_exposed);
    }
}

/* ---- headers */

static void add_vary(const struct http_request *request, const struct http_reply *reply,
                     add_header *add, void *to)
{
    const struct server_options *options = &request->server->options;
    const char *parts[3];
    size_t count = 0;
    if (reply->vary) {
        parts[count++] = reply->vary;
    }
    if (options->gzip_min_bytes > 0) {
        parts[count++] = "Accept-Encoding";
    }
    if (options->cors_origins && !request->server->cors_allow_any) {
        parts[count++] = "Origin";
    }
    if (count == 1) {
        add(to, "Vary", parts[0]);
    } else if (count > 1) {
        char value[256];
        size_t len = 0;
        for (size_t i = 0; i < count && len + strlen(parts[i]) + 3 < sizeof value; i++) {
            size_t part = strlen(parts[i]);
            memcpy(value + len, ", ", 2);
            len += i > 0 ? 2 : 0;
            memcpy(value + len, parts[i], part);
            len += part;
        }
        value[len] = '\0';
        add(to, "Vary", value);
    }
}

static const char *cache_control_of(const struct http_request *request,
                                    const struct http_reply *reply)
{
    if (reply->cache_control) {
        return reply->cache_control[0] != '\0' ? reply->cache_control : NULL;
    }
    bool revalidated = reply->status == 200 || reply->status == 304 || reply->status == 300;
    bool is_get = request->match.route && strcmp(request->match.route->method, "GET") == 0;
    return revalidated && is_get ? HTTP_REVALIDATE : NULL;
}

/* An id that stands in no log and wasn't sent by the client would tell nobody anything. */
bool send_needs_id(const struct http_request *request, int status)
{
    return request->id[0] != '\0' || status >= 400 ||
           atomic_load_explicit(&request->server->access_log, memory_order_relaxed) ||
           slice_present(request_header(request, "X-Request-Id"));
}

/* IETF draft "RateLimit header fields for HTTP", in the form that clients know. */
static void add_limit(const struct http_request *request, add_header *add, void *to)
{
    const struct limits_verdict *limit = &request->limit;
    const struct {
        const char *name;
        uint32_t value;
    } headers[] = {{"RateLimit-Limit", limit->limit},
                   {"RateLimit-Remaining", limit->remaining},
                   {"RateLimit-Reset", limit->reset_s}};
    for (size_t i = 0; limit->limit > 0 && i < sizeof headers / sizeof headers[0]; i++) {
        char text[16];
        (void)snprintf(text, sizeof text, "%u", headers[i].value);
        add(to, headers[i].name, text);
    }
}

static void add_headers(struct http_request *request, const struct http_reply *reply,
                        add_header *add, void *to)
{
    const char *cache_control = cache_control_of(request, reply);
    if (reply->content_type && reply->status != 204 && reply->status != 304) {
        add(to, "Content-Type", reply->content_type);
    }
    if (reply->etag) {
        add(to, "ETag", reply->etag);
    }
    if (cache_control) {
        add(to, "Cache-Control", cache_control);
    }
    add_vary(request, reply, add, to);
    add_cors(request, add, to);
    add_limit(request, add, to);
    if (send_needs_id(request, reply->status)) {
        add(to, "X-Request-Id", request_id(request));
    }
    if (request->server->options.server_name) {
        add(to, "Server", request->server->options.server_name);
    }
    for (size_t i = 0; i < reply->header_count; i++) {
        add(to, reply->headers[i].name, reply->headers[i].value);
    }
}

/* ---- bodies */

static bool wants_gzip(const struct http_request *request, const struct http_reply *reply)
{
    size_t least = request->server->options.gzip_min_bytes;
    const struct http_route *route = request->match.route;
    return least > 0 && !reply->no_gzip && !slice_present(reply->stored) && reply->status == 200 &&
           reply->body.len >= least && route && !(route->flags & HTTP_NO_GZIP) &&
           reply->header_count < REPLY_MAX_HEADERS &&
           negotiate_gzip(request_header(request, "Accept-Encoding"));
}

/* Bytes that are stored compressed go out as they are; a client that takes no gzip gets them unpacked. */
static void send_stored_gzip(struct http_request *request, struct http_reply *reply)
{
    if (request->server->options.gzip_min_bytes > 0 && reply->header_count < REPLY_MAX_HEADERS &&
        negotiate_gzip(request_header(request, "Accept-Encoding"))) {
        reply->headers[reply->header_count++] = (struct http_header){"Content-Encoding", "gzip"};
        return;
    }
    struct err e;
    if (gunzip_stored(reply->stored, &reply->body)) {
        reply->stored = SLICE_NONE;
    } else {
        reply_refuse(request, reply, err_nomem(&e), &e);
    }
}

void send_prepare(struct http_request *request)
{
    struct http_reply *reply = &request->reply;
    if (reply->body.failed) {
        struct err e;
        reply->problem_code = NULL;
        reply_refuse(request, reply, err_nomem(&e), &e);
        return;
    }
    if (reply->stream) {
        stream_prepare(request, reply);
        return;
    }
    if (slice_present(reply->stored) && reply->stored_is_gzip) {
        send_stored_gzip(request, reply);
        return;
    }
    struct http_thread *thread = wants_gzip(request, reply) ? thread_here(request->server) : NULL;
    if (thread && gzip_body(thread, &reply->body, request->server->options.gzip_level)) {
        reply->headers[reply->header_count++] = (struct http_header){"Content-Encoding", "gzip"};
    }
}

static struct slice body_of(const struct http_reply *reply)
{
    return slice_present(reply->stored) ? reply->stored : buf_view(&reply->body);
}

/* The body's memory passes to the response, which frees it once sent. libmicrohttpd gives a 304 a
 * "Content-Length: 0" that RFC 9110 doesn't want (clients and caches ignore it there) and offers no way to leave
 * it out: a body of unknown length would put a chunk's end after the headers. */
static struct MHD_Response *response_new(struct http_reply *reply)
{
    struct slice body = body_of(reply);
    if (slice_present(reply->stored) || body.len == 0) {
        return MHD_create_response_from_buffer(body.len, (void *)(uintptr_t)body.ptr,
                                               MHD_RESPMEM_PERSISTENT);
    }
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body.len, reply->body.data, MHD_RESPMEM_MUST_FREE);
    if (response) {
        buf_init(&reply->body);
    }
    return response;
}

static void note_sent(struct http_request *request, int status, size_t body_len)
{
    const struct server_options *options = &request->server->options;
    bool has_body = !request->is_head && status != 204 && status != 304;
    request->status_sent = status;
    request->bytes_sent = has_body ? body_len : 0;
    request->stage = STAGE_SENT;
    /* An inline handler is quick: the time of the request's arrival saves a look at the clock. */
    int64_t now_ms = request->suspended ? clock_steady_ms() : request->started_us / 1000;
    int64_t grace_ms = (int64_t)(body_len / options->slow_bytes_per_s) * 1000;
    if (!request->suspended) {
        grace_ms += options->request_timeout_ms;
    }
    watch_set(request->watched, now_ms + options->send_timeout_ms + grace_ms);
}

void send_headers(struct http_request *request, const struct http_reply *reply,
                  struct MHD_Response *response)
{
    add_headers(request, reply, add_to_response, response);
}

enum MHD_Result send_response(struct http_request *request, int status,
                              struct MHD_Response *response, size_t body_len)
{
    note_sent(request, status, body_len);
    return MHD_queue_response(request->connection, (unsigned)status, response);
}

enum MHD_Result send_reply(struct http_request *request, struct http_reply *reply)
{
    size_t body_len = body_of(reply).len;
    /* libmicrohttpd ends the chunks of a body of unknown length even where HEAD has none: the next reply on this connection
     * would begin with that. */
    bool closes = (request->is_head && reply->stream) || watch_is_guest(request->watched) ||
                  atomic_load_explicit(&request->server->draining, memory_order_relaxed);
    struct MHD_Response *response =
        reply->stream ? stream_response(request, reply) : response_new(reply);
    if (!response) {
        return MHD_NO;
    }
    send_headers(request, reply, response);
    if (closes) {
        (void)MHD_add_response_header(response, "Connection", "close");
    }
    enum MHD_Result queued = send_response(request, reply->status, response, body_len);
    MHD_destroy_response(response);
    return queued;
}

void send_raw(struct http_request *request, struct http_reply *reply)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct slice body = body_of(reply);
    struct buf text;
    buf_init(&text);
    buf_printf(&text, "HTTP/1.1 %d %s\r\n", reply->status,
               MHD_get_reason_phrase_for((unsigned)reply->status));
    add_headers(request, reply, add_to_text, &text);
    buf_printf(&text, "Connection: close\r\nContent-Length: %zu\r\n\r\n", body.len);
    buf_slice(&text, body);
    note_sent(request, reply->status, body.len);
    /* A few hundred bytes into an empty send buffer: they fit, or the client is gone. */
    if (info && !text.failed) {
        (void)!send(info->connect_fd, text.data, text.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    buf_done(&text);
}
