#include "http/reply.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "http/internal.h"
#include "http/negotiate.h"
#include "http/stream.h"

void reply_init(struct http_reply *reply, struct arena *arena)
{
    reply->arena = arena;
    buf_init(&reply->body);
    reply->stream = NULL;
    reply_reset(reply);
}

void reply_reset(struct http_reply *reply)
{
    reply->status = 200;
    reply->content_type = "application/json";
    reply->cache_control = NULL;
    reply->etag = NULL;
    reply->vary = NULL;
    buf_clear(&reply->body);
    reply->stored = SLICE_NONE;
    reply->stored_is_gzip = false;
    reply->header_count = 0;
    reply->no_gzip = false;
    reply->passing = false;
    stream_release(reply->stream);
    reply->stream = NULL;
    reply->problem_code = NULL;
    reply->nearest = NULL;
}

static bool is_sendable(const char *value)
{
    for (const char *c = value; *c != '\0'; c++) {
        if (((unsigned char)*c < 0x20 && *c != '\t') || *c == 0x7f) {
            return false;
        }
    }
    return true;
}

static bool has_header(const struct http_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        if (negotiate_equal_nocase(slice_cstr(reply->headers[i].name), name)) {
            return true;
        }
    }
    return false;
}

static void push_header(struct http_reply *reply, const char *name, const char *value)
{
    assert(reply->header_count < REPLY_MAX_HEADERS);
    if (reply->header_count < REPLY_MAX_HEADERS) {
        reply->headers[reply->header_count++] = (struct http_header){name, value};
    }
}

void reply_header_text(struct http_reply *reply, const char *name, struct slice value)
{
    char *text = arena_alloc(reply->arena, value.len + 1);
    if (text) {
        memcpy(text, value.ptr, value.len);
        text[value.len] = '\0';
        if (is_sendable(text)) {
            push_header(reply, name, text);
        }
    }
}

void reply_header(struct http_reply *reply, const char *name, const char *value, ...)
{
    va_list args, again;
    va_start(args, value);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, value, args);
    char *text = len >= 0 ? arena_alloc(reply->arena, (size_t)len + 1) : NULL;
    if (text) {
        (void)vsnprintf(text, (size_t)len + 1, value, again);
        if (is_sendable(text)) {
            push_header(reply, name, text);
        }
    }
    va_end(again);
    va_end(args);
}

struct jsonw reply_jsonw(struct http_reply *reply)
{
    struct jsonw w;
    jsonw_init(&w, &reply->body, 0);
    return w;
}

void reply_stored(struct http_reply *reply, const char *content_type, struct slice bytes)
{
    reply->content_type = content_type;
    reply->stored = bytes;
}

bool reply_not_modified(struct http_request *request, struct http_reply *reply, const char *etag)
{
    reply->etag = etag;
    struct slice known = request_header(request, "If-None-Match");
    if (!slice_present(known) || !negotiate_etag(known, slice_cstr(etag))) {
        return false;
    }
    reply->status = 304;
    return true;
}

bool reply_if_match(struct http_request *request, const char *etag)
{
    struct slice wanted = request_header(request, "If-Match");
    return !slice_present(wanted) || negotiate_etag(wanted, slice_cstr(etag));
}

void reply_problem(struct http_reply *reply, const char *code, const char *nearest)
{
    assert(problem_find(code));
    reply->problem_code = code;
    reply->nearest = nearest;
}

static void log_failure(struct http_request *request, const struct problem_kind *kind, enum rc rc,
                        const struct err *e)
{
    if (rc == RC_INTERNAL || rc == RC_NOMEM || rc == RC_UNAVAILABLE || rc == RC_FULL ||
        rc == RC_READ_ONLY) {
        log_write(LOG_ERROR, "request failed", "code", kind->code, "error", e ? e->message : "",
                  "route", request->match.route ? request->match.route->operation_id : "-",
                  "request_id", request_id(request), NULL);
    }
}

void reply_refuse(struct http_request *request, struct http_reply *reply, enum rc rc,
                  const struct err *e)
{
    const struct problem_kind *kind =
        reply->problem_code ? problem_find(reply->problem_code) : NULL;
    if (!kind) {
        kind = problem_of(rc);
    }
    reply->status = kind->status;
    reply->content_type = PROBLEM_CONTENT_TYPE;
    reply->cache_control = "no-store";
    reply->etag = NULL;
    reply->stored = SLICE_NONE;
    reply->no_gzip = true;
    stream_release(reply->stream);
    reply->stream = NULL;
    buf_clear(&reply->body);
    char path[256];
    (void)snprintf(path, sizeof path, "%.*s", SLICE_ARG(request->target.path));
    problem_write(&reply->body, kind, e, request->base, reply->nearest, path);
    if ((kind->status == 503 || kind->status == 429) && !has_header(reply, "Retry-After") &&
        reply->header_count < REPLY_MAX_HEADERS) {
        push_header(reply, "Retry-After", "1");
    }
    log_failure(request, kind, rc, e);
}
