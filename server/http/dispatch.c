/* From libmicrohttpd's callbacks to a handler: begin, headers, body, answer, end. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "http/internal.h"
#include "http/suffix.h"

/* A refused body up to this size is read and dropped, so that the connection lives on; of a larger one not a
 * byte is read. */
enum { DROPPED_BODY_BYTES = 64 * 1024, FIRST_BODY_RESERVE_BYTES = 1024 * 1024 };

/* ---- begin: the request line has been read */

static void request_start(struct http_request *request, struct http_server *server,
                          struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    request->server = server;
    request->connection = connection;
    request->recalled = NULL;
    request->raw_target = request->target.path = request->recall_key = SLICE_NONE;
    request->suffix = SLICE_NONE;
    request->watched = info ? info->socket_context : NULL;
    request->method = "";
    request->match.outcome = ROUTER_NO_PATH;
    request->match.route = NULL;
    request->match.allow = NULL;
    request->match.parameter_count = 0;
    request->header_count = 0;
    request->framing = (struct guard_framing){0, false, false};
    request->body_limit_bytes = request->body_reserved_bytes = 0;
    request->content_type = request->charset = request->caller = SLICE_NONE;
    request->base = SLICE("");
    request->started_us = metrics_now_us();
    request->deadline_ms = 0;
    request->stage = STAGE_HEADERS;
    request->has_base_path = request->is_head = request->refused = false;
    request->content_type_known = request->headers_are_copied = request->linger = false;
    request->trust_known = request->trusted = request->limited = false;
    request->limit.limit = 0;
    request->suspended = request->deferred = request->abandoned = false;
    request->status_sent = 0;
    request->bytes_sent = 0;
    request->id[0] = request->client[0] = '\0';
    request->next = request->previous = NULL;
    atomic_init(&request->pending, 0);
    atomic_init(&request->references, 1);
    reply_reset(&request->reply);
}

void dispatch_refuse(struct http_request *request, const char *code, enum rc rc,
                     const struct err *e)
{
    request->refused = true;
    request->reply.problem_code = code;
    reply_refuse(request, &request->reply, rc, e);
}

/* libmicrohttpd cuts the line at the blank before the version. When something else follows the target's NUL, the
 * target held a raw NUL and what we see of it is only its beginning. */
static bool has_raw_nul(const char *target, size_t len)
{
    return strncmp(target + len + 1, "HTTP/", 5) != 0;
}

/* The request's body has served, or never will. */
static void release_body(struct http_request *request)
{
    if (request->body_reserved_bytes > 0) {
        atomic_fetch_sub(&request->server->body_bytes, request->body_reserved_bytes);
        request->body_reserved_bytes = 0;
    }
}

static enum MHD_Result answer(struct http_request *request)
{
    enum MHD_Result queued;
    release_body(request);
    return recall_keep(request, &queued) ? queued : send_reply(request, &request->reply);
}

/* libmicrohttpd would go on to parse the query into records of its own. Some 400 of them fill its memory for a connection, and
 * then it neither answers nor closes. The text is its own buffer: with nothing behind the '?' there is nothing to parse. */
static void hide_query(const char *text)
{
    char *query = strchr((char *)(uintptr_t)text, '?');
    if (query) {
        query[1] = '\0';
    }
}

static enum rc keep_target(struct http_request *request, const char *text, const char **code,
                           struct err *e)
{
    size_t len = strlen(text), most = request->server->options.header_limit_bytes;
    if (len > most) {
        *code = "uri_too_long";
        return err_set(e, RC_INVALID, "The address is longer than %zu bytes.", most);
    }
    request->raw_target = arena_copy(request->arena, slice_of(text, len));
    if (!slice_present(request->raw_target)) {
        return err_nomem(e);
    }
    if (has_raw_nul(text, len)) {
        return err_set(e, RC_INVALID, "The request line contains a NUL byte.");
    }
    return RC_OK;
}

void *dispatch_begin(void *cls, const char *target, struct MHD_Connection *connection)
{
    struct http_server *server = cls;
    struct http_thread *thread = thread_here(server);
    struct http_request *request = thread && target ? thread_request_new(thread) : NULL;
    if (!request) {
        return NULL;
    }
    request_start(request, server, connection);
    metrics_begin(thread);
    watch_hold(request->watched, request);
    watch_set(request->watched, request->started_us / 1000 + server->options.request_timeout_ms);
    struct err e;
    const char *code = NULL;
    enum rc rc = keep_target(request, target, &code, &e);
    if (rc != RC_OK) {
        dispatch_refuse(request, code, rc, &e);
    }
    hide_query(target);
    return request;
}

/* ---- headers */

static size_t base_path_length(const struct http_request *request)
{
    const struct http_server *server = request->server;
    size_t count = server->base_segment_count;
    if (request->target.segment_count < count) {
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (!slice_equal(server->base_segments[i], request->target.segments[i])) {
            return 0;
        }
    }
    return count;
}

static void answer_options(struct http_request *request)
{
    struct http_reply *reply = &request->reply;
    request->refused = true; /* no handler runs */
    reply->status = 204;
    reply_header(reply, "Allow", "%s", request->match.allow);
    struct slice origin = request_header(request, "Origin");
    if (slice_present(request_header(request, "Access-Control-Request-Method")) &&
        request->server->options.cors_origins && cors_is_allowed(request->server, origin)) {
        reply_header(reply, "Access-Control-Allow-Methods", "%s", request->match.allow);
        reply_header(reply, "Access-Control-Allow-Headers",
                     "Authorization, Content-Type, If-Match, If-None-Match, X-Request-Id");
        reply_header(reply, "Access-Control-Max-Age", "600");
    }
}

static void refuse_path(struct http_request *request, size_t skip)
{
    struct err e;
    const char *nearest = NULL;
    if (suffix_guess(request, skip, &nearest)) {
        request->reply.nearest = nearest;
        err_set(&e, RC_NOT_FOUND, "There is no such format of what is at this path%s%s.",
                nearest ? "; did you mean ." : "", nearest ? nearest : "");
    } else {
        err_set(&e, RC_NOT_FOUND, "Nothing is at this path.");
    }
    dispatch_refuse(request, NULL, RC_NOT_FOUND, &e);
}

static void route(struct http_request *request)
{
    struct err e;
    struct router_match *match = &request->match;
    enum rc rc = target_parse(request->arena, request->raw_target, &request->target, &e);
    if (rc != RC_OK) {
        dispatch_refuse(request, NULL, rc, &e);
        return;
    }
    size_t skip = base_path_length(request);
    request->has_base_path = skip > 0;
    origin_find_base(request);
    router_match(request->server->router, request->method, &request->target, skip, match);
    suffix_match(request, skip);
    switch (match->outcome) {
    case ROUTER_FOUND:
        return;
    case ROUTER_OPTIONS:
        answer_options(request);
        return;
    case ROUTER_NO_METHOD:
        reply_header(&request->reply, "Allow", "%s", match->allow);
        err_set(&e, RC_INVALID, "%.16s is not possible here; possible: %s.", request->method,
                match->allow);
        dispatch_refuse(request, "method_not_allowed", RC_INVALID, &e);
        return;
    case ROUTER_NO_PATH:
        refuse_path(request, skip);
        return;
    }
}

/* All bodies together have a budget too: 1,024 connections may not each bring their 16 MiB at once. */
static bool reserve_body(struct http_request *request, size_t bytes)
{
    struct http_server *server = request->server;
    size_t before = atomic_fetch_add(&server->body_bytes, bytes);
    request->body_reserved_bytes += bytes;
    return before + bytes <= server->options.body_memory_bytes;
}

static enum rc check_body_length(struct http_request *request, uint64_t length, struct err *e)
{
    if (length > request->body_limit_bytes) {
        return request->body_limit_bytes == 0
                   ? err_set(e, RC_TOO_LARGE, "%s takes no body here.", request->method)
                   : err_set(e, RC_TOO_LARGE, "The body is larger than the limit of %zu bytes.",
                             request->body_limit_bytes);
    }
    return RC_OK;
}

static enum rc reserve_checked(struct http_request *request, size_t bytes, struct err *e)
{
    return bytes == 0 || reserve_body(request, bytes)
               ? RC_OK
               : err_set(e, RC_BUSY, "Too many large requests are being received; try again.");
}

static void check_body(struct http_request *request)
{
    struct err e;
    size_t limit = request->match.route->body_limit_bytes;
    request->body_limit_bytes =
        limit == HTTP_BODY_DEFAULT ? request->server->options.body_limit_bytes : limit;
    uint64_t length = request->framing.content_length;
    enum rc rc = check_body_length(request, length, &e);
    if (rc == RC_OK) {
        rc = reserve_checked(request, (size_t)length, &e);
    }
    if (rc != RC_OK) {
        dispatch_refuse(request, NULL, rc, &e);
    }
}

static enum MHD_Result refuse_framing(struct http_request *request, const char *code,
                                      const struct err *e)
{
    struct http_thread *thread = thread_here(request->server);
    if (thread) {
        metrics_refused_framing(thread);
    }
    request->reply.header_count = 0;
    dispatch_refuse(request, code, RC_INVALID, e);
    request->linger = true;
    return answer(request);
}

static int64_t deadline_of(const struct http_request *request)
{
    uint32_t own_ms = request->match.route->deadline_ms;
    return request->started_us / 1000 +
           (own_ms ? own_ms : request->server->options.worker_deadline_ms);
}

static enum rc check_headers(struct http_request *request, struct err *e)
{
    size_t bytes = 0, most = request->server->options.header_limit_bytes;
    if (request->header_count > REQUEST_MAX_HEADERS) {
        request->header_count = REQUEST_MAX_HEADERS;
        return err_set(e, RC_INVALID, "The request has more than %d headers.", REQUEST_MAX_HEADERS);
    }
    for (size_t i = 0; i < request->header_count; i++) {
        bytes += request->headers[i].name.len + request->headers[i].value.len;
    }
    return bytes <= most
               ? RC_OK
               : err_set(e, RC_INVALID, "The request's headers have more than %zu bytes.", most);
}

/* The guard first; then whether the request can be answered at all, so that a refusal needs no body. */
static enum MHD_Result on_headers(struct http_request *request, const char *method,
                                  const char *version)
{
    struct err e;
    request->stage = STAGE_BODY;
    watch_busy(request->watched);
    request->method = method;
    request->is_head = strcmp(method, "HEAD") == 0;
    request_read_headers(request);
    if (check_headers(request, &e) != RC_OK) {
        return refuse_framing(request, "headers_too_large", &e);
    }
    if (guard_check(request->headers, request->header_count, version, &request->framing, &e) !=
        RC_OK) {
        return refuse_framing(request, "bad_framing", &e);
    }
    if (!recall_find(request) && !request->refused) {
        route(request);
    }
    admit_check(request);
    if (request->recalled) {
        return MHD_YES;
    }
    if (!request->refused) {
        request->deadline_ms = deadline_of(request);
        admit_check_access(request);
    }
    if (!request->refused) {
        check_body(request);
    }
    bool unread_body = request->framing.chunked ||
                       request->framing.content_length > DROPPED_BODY_BYTES ||
                       slice_present(request_header(request, "Expect"));
    if (request->refused && unread_body) {
        request->linger = true;
        return answer(request);
    }
    return MHD_YES;
}

/* ---- body */

static enum rc keep_body(struct http_request *request, const char *bytes, size_t len, struct err *e)
{
    struct buf *body = &request->body;
    enum rc rc = check_body_length(request, (uint64_t)body->len + len, e);
    if (rc == RC_OK && request->framing.chunked) {
        rc = reserve_checked(request, len, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    if (body->len == 0 && request->framing.content_length > 0) {
        uint64_t length = request->framing.content_length;
        (void)buf_reserve(body, length < FIRST_BODY_RESERVE_BYTES ? (size_t)length
                                                                  : FIRST_BODY_RESERVE_BYTES);
    }
    buf_append(body, bytes, len);
    return body->failed ? err_nomem(e) : RC_OK;
}

static enum MHD_Result on_body(struct http_request *request, const char *bytes, size_t *len)
{
    struct err e;
    enum rc rc = request->refused ? RC_OK : keep_body(request, bytes, *len, &e);
    *len = 0;
    if (rc == RC_OK) {
        return MHD_YES;
    }
    dispatch_refuse(request, NULL, rc, &e);
    send_raw(request, &request->reply);
    request->linger = true;
    return MHD_NO;
}

/* ---- answer */

static enum MHD_Result on_complete(struct http_request *request)
{
    if (request->refused) {
        return answer(request);
    }
    if (request->recalled) {
        return recall_send(request);
    }
    watch_set(request->watched, 0); /* a handler's time is not the client's */
    bool ready = request->match.route->flags & HTTP_WORKER ? defer_run_worker(request)
                                                           : defer_run_inline(request);
    return ready ? answer(request) : MHD_YES;
}

/* Whoever still works on the request keeps its reply: the client gets one of our own. */
static enum MHD_Result answer_abandoned(struct http_request *request)
{
    struct http_reply reply;
    struct err e;
    reply_init(&reply, NULL);
    reply.problem_code = "shutting_down";
    err_set(&e, RC_BUSY, "The server is shutting down; try again on another or in a moment.");
    reply_refuse(request, &reply, RC_BUSY, &e);
    enum MHD_Result sent = send_reply(request, &reply);
    buf_done(&reply.body);
    return sent;
}

enum MHD_Result dispatch_run(void *cls, struct MHD_Connection *connection, const char *url,
                             const char *method, const char *version, const char *upload,
                             size_t *upload_len, void **context)
{
    (void)cls;
    (void)connection;
    (void)url;
    struct http_request *request = *context;
    if (!request) {
        return MHD_NO;
    }
    switch (request->stage) {
    case STAGE_HEADERS:
        return on_headers(request, method, version);
    case STAGE_BODY:
        return *upload_len > 0 ? on_body(request, upload, upload_len) : on_complete(request);
    case STAGE_SUSPENDED:
        return request->abandoned ? answer_abandoned(request) : answer(request);
    case STAGE_SENT:
        break;
    }
    return MHD_NO;
}

/* ---- end */

static void log_access(struct http_request *request, int64_t took_us)
{
    const struct http_route *routed = request->match.route;
    bool quiet = routed && (routed->flags & HTTP_PROBE) && request->status_sent < 400;
    if (quiet) {
        return;
    }
    char path[256], status[16], bytes[24], took[32], trace[40];
    (void)snprintf(trace, sizeof trace, "%.*s", SLICE_ARG(request_trace(request)));
    (void)snprintf(path, sizeof path, "%.*s", SLICE_ARG(request->target.path));
    (void)snprintf(status, sizeof status, "%d", request->status_sent);
    (void)snprintf(bytes, sizeof bytes, "%zu", request->bytes_sent);
    (void)snprintf(took, sizeof took, "%.3f", (double)took_us / 1000.0);
    log_write(request->server->options.access_log_level, "request", "method", request->method,
              "path", path, "route", routed ? routed->operation_id : "-", "status", status, "bytes",
              bytes, "ms", took, "client", request_client(request), "request_id",
              request_id(request), trace[0] ? "trace" : NULL, trace, NULL);
}

void dispatch_end(void *cls, struct MHD_Connection *connection, void **context,
                  enum MHD_RequestTerminationCode code)
{
    (void)code;
    struct http_server *server = cls;
    struct http_request *request = *context;
    *context = NULL;
    if (!request) {
        return;
    }
    int64_t now_us = metrics_now_us();
    if (atomic_load_explicit(&server->access_log, memory_order_relaxed)) {
        log_access(request, now_us - request->started_us);
    }
    if (request->linger) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        if (info) {
            watch_linger(server->watch, info->connect_fd);
        }
    }
    watch_hold(request->watched, NULL);
    watch_idle(request->watched, now_us / 1000);
    watch_set(request->watched,
              now_us / 1000 + server->options.idle_timeout_ms + server->options.request_timeout_ms);
    release_body(request);
    recall_let_go(request);
    if (request->limited) {
        limits_end(server->limits, request->limit.place);
    }
    struct http_thread *thread = thread_here(server);
    if (thread) {
        metrics_end(thread, request, now_us - request->started_us);
    }
    defer_release(request);
}
