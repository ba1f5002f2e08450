/* Who is let in: by a place for the connection, by what its client has asked already, by its token. */
#include "http/internal.h"

static void refuse_limited(struct http_request *request)
{
    struct err e;
    const struct limits_verdict *limit = &request->limit;
    struct http_thread *thread = thread_here(request->server);
    if (thread) {
        metrics_limited(thread);
    }
    recall_let_go(request);
    if (limit->too_many_at_once) {
        err_set(&e, RC_BUSY,
                "This client has %u requests under way, as many as it may: wait for their replies.",
                limit->at_once);
    } else {
        err_set(&e, RC_BUSY, "This client asks more than %u times a second: wait %u s.",
                limit->limit, limit->reset_s);
    }
    reply_header(&request->reply, "Retry-After", "%u", limit->reset_s);
    dispatch_refuse(request, "rate_limited", RC_BUSY, &e);
}

/* A guest's connection (watch.h) is there so that whoever watches over the service is answered when all others are taken. */
static void check_place(struct http_request *request)
{
    if (!watch_is_guest(request->watched) || request->refused ||
        request->match.route->flags & HTTP_PROBE) {
        return;
    }
    struct err e;
    struct http_thread *thread = thread_here(request->server);
    if (thread) {
        metrics_turned_away(thread);
    }
    recall_let_go(request);
    err_set(&e, RC_BUSY, "All connections are at work; try again in a moment.");
    reply_header(&request->reply, "Retry-After", "1");
    dispatch_refuse(request, NULL, RC_BUSY, &e);
}

/* Probes are never refused: whoever watches over the service must not be kept from it. */
static void check_limits(struct http_request *request)
{
    struct limits *limits = atomic_load_explicit(&request->server->limits, memory_order_acquire);
    if (!limits || request->refused || request->match.route->flags & HTTP_PROBE) {
        return;
    }
    request->limit =
        limits_begin(limits, slice_cstr(request_client(request)), request->started_us / 1000);
    request->limited = request->limit.granted;
    if (!request->limited) {
        refuse_limited(request);
    }
}

void admit_check_access(struct http_request *request)
{
    const struct server_options *options = &request->server->options;
    enum http_auth auth = request->match.route->auth;
    if (auth == HTTP_AUTH_NONE || !options->authorise) {
        return;
    }
    struct err e = {.rc = RC_INVALID};
    switch (options->authorise(options->context, request, auth, &e)) {
    case HTTP_GRANTED:
        return;
    case HTTP_UNAUTHENTICATED:
        reply_header(&request->reply, "WWW-Authenticate", "Bearer");
        dispatch_refuse(request, "unauthenticated", RC_INVALID, &e);
        return;
    case HTTP_FORBIDDEN:
        dispatch_refuse(request, "forbidden", RC_INVALID, &e);
        return;
    }
}

void admit_check(struct http_request *request)
{
    check_place(request);
    check_limits(request);
}
