/* What a handler may ask of a request, and how it postpones the answer.
 *
 * Shape:   the path parameters ({id}) and query parameters are decoded UTF-8. Unknown query names are the
 *          handler's business: walk them with request_query_count/_at.
 * Memory:  the request's arena and everything reached from here die when the reply is sent. Headers taken
 *          before request_defer must be taken again (or copied) after it.
 * Threads: one thread at a time: the event thread, or the worker that runs the handler, or whoever the
 *          handler handed the request to after request_defer. request_complete is safe from any thread.
 */
#ifndef GUILLEMET_HTTP_REQUEST_H
#define GUILLEMET_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "http/router.h"

struct arena *request_arena(struct http_request *request);
void *request_context(const struct http_request *request); /* server_options.context */
/* This thread's state, made by server_options.thread_open on first use (a store reader, say). NULL with `e`
 * filled when it can't be made. Ask again after a change of thread. */
void *request_thread_state(struct http_request *request, struct err *e);

const struct http_route *request_route(const struct http_request *request);
const char *request_method(const struct http_request *request);     /* "HEAD" stays "HEAD" */
struct slice request_path(const struct http_request *request);      /* as sent */
struct slice request_query_raw(const struct http_request *request); /* as sent, absent when none */
/* True when the path came with server_options.base_path still on it. */
bool request_has_base_path(const struct http_request *request);

struct slice request_path_parameter(const struct http_request *request, const char *name);
/* The format that the address ends in, without the dot and no longer a part of the path; absent when none. */
struct slice request_suffix(const struct http_request *request);
size_t request_query_count(const struct http_request *request);
struct http_parameter request_query_at(const struct http_request *request, size_t index);
/* The first one so named; absent when there is none. */
struct slice request_query(const struct http_request *request, const char *name);

/* Case-insensitive; the first one; absent when there is none. */
struct slice request_header(const struct http_request *request, const char *name);
struct slice request_body(const struct http_request *request);
/* The most that the body may hold: what it unpacks to as well. */
size_t request_body_limit(const struct http_request *request);
/* "text/plain" in lower case without parameters, and its charset in lower case; absent when not given. */
struct slice request_content_type(struct http_request *request);
struct slice request_charset(struct http_request *request);

/* X-Request-Id: the client's if sane, else made. Sent back when the client gave one, when it is logged, when a
 * handler asked for it, and with every refusal. */
const char *request_id(struct http_request *request);
/* The trace id of a traceparent header (W3C Trace Context), 32 hexadecimal digits; absent when there is none that is
 * well-formed. */
struct slice request_trace(const struct http_request *request);
/* "192.0.2.7" or "unix": the peer of the connection, or, when that is one of server_options.trusted_proxies, the client
 * that it names. */
const char *request_client(struct http_request *request);
/* What every link in a reply starts with: "", "/prefix" or "https://host/prefix", without a slash at its end.
 * server_options.public_url, else what a trusted proxy says (Forwarded, X-Forwarded-Proto, -Host, -Prefix), else the base
 * path when the request came with it. */
struct slice request_base(const struct http_request *request);
/* Who the caller proved to be (a token's name), for the audit log; absent when nobody asked. server_options.authorise
 * sets it; `name` must live in the request's arena. */
void request_set_caller(struct http_request *request, struct slice name);
struct slice request_caller(const struct http_request *request);
/* An Origin header that names another host than the Host header does. */
bool request_is_cross_origin(const struct http_request *request);
bool request_is_head(const struct http_request *request);

/* The steady-clock time (clock_steady_ms) by which a worker's handler must be done, and what is left. */
int64_t request_deadline_ms(const struct http_request *request);
bool request_is_expired(const struct http_request *request);

/* ---- answering later
 *
 *   request_defer(request);
 *   if (writer_submit(…, done, request, e) != RC_OK) return e->rc;   // done will never be called
 *   return RC_OK;                                                    // done will be called, once
 *
 *   static void done(…, struct http_request *request) {
 *       … fill request_reply(request) … ;
 *       request_complete(request, RC_OK, NULL);
 *   }
 *
 * A handler that deferred and returns another rc than RC_OK takes the deferral back. Between the hand-over
 * and request_complete the request belongs to the other thread; after request_complete to nobody. It may be
 * completed before the handler has returned. */
void request_defer(struct http_request *request);
struct http_reply *request_reply(struct http_request *request);
/* `rc` other than RC_OK sends the problem document of `e`. */
void request_complete(struct http_request *request, enum rc rc, const struct err *e);

#endif
